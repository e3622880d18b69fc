namespace Sluice.Routing;

/// <summary>Tries a route dry: says where a call would go, in which order, and why.</summary>
internal interface IRouteExplainer
{
    RouteExplanation Explain(RouteQuestion question);
}

/// <summary>A call that is not made.</summary>
/// <param name="Model">The model as a client asks for it.</param>
/// <param name="Key">The name or id of the key that asks; null leaves permissions out.</param>
/// <param name="Dialect">The client's dialect by its configuration name, such as <c>openai-chat</c>; null for any.</param>
internal sealed record RouteQuestion(string Model, string? Key, string? Dialect);

/// <summary>Where a call would go.</summary>
internal sealed record RouteExplanation
{
    /// <summary>Empty when the call would be sent; else why it would be refused, such as an unknown model or key.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>What in the configuration matched, such as <c>models[0] "gpt-*"</c> or <c>provider/model</c>.</summary>
    public string MatchedBy { get; init; } = "";

    public string Strategy { get; init; } = "";

    /// <summary>In the order in which they would be tried.</summary>
    public IReadOnlyList<RouteCandidate> Candidates { get; init; } = [];

    /// <summary>Targets that would not be tried.</summary>
    public IReadOnlyList<RouteLeftOut> LeftOut { get; init; } = [];
}

/// <summary>A target that would be tried.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The vendor's model id.</param>
/// <param name="Credentials">The names of the credentials that are ready, in order of preference.</param>
/// <param name="Relay">True when the upstream speaks the client's dialect, so that bytes go through unchanged; false when the call is translated.</param>
/// <param name="Reason">Why it stands at this place.</param>
internal sealed record RouteCandidate(string Provider, string Model, IReadOnlyList<string> Credentials, bool Relay, string Reason);

/// <summary>A target that would not be tried, and why.</summary>
internal sealed record RouteLeftOut(string Provider, string Model, string Reason);
