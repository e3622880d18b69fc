namespace Sluice.Protocol.Canonical;

/// <summary>What an upstream's broken or failed answer becomes for the client.</summary>
internal static class UpstreamErrors
{
    /// <summary>The answer breaks its own grammar.</summary>
    /// <param name="how">For the sentence <c>The upstream's answer could not be read: …</c></param>
    public static GatewayError Broken(string how) =>
        new(ErrorKind.UpstreamFailed, TranslationErrors.InvalidUpstreamAnswer, $"The upstream's answer could not be read: {how}.");

    /// <summary>The arguments of a tool call do not parse.</summary>
    /// <param name="tool">The tool's name.</param>
    public static GatewayError BrokenArguments(string tool) =>
        new(ErrorKind.UpstreamFailed, TranslationErrors.InvalidUpstreamAnswer, $"The upstream's arguments for the tool '{tool}' are not JSON.");

    /// <summary>
    /// The upstream said inside its answer that it failed. Its own words may name our account, so only the kind is told.
    /// </summary>
    /// <param name="type">The vendor's type or code of the failure, such as <c>overloaded_error</c> or <c>UNAVAILABLE</c>.</param>
    public static GatewayError Reported(string type) => new(KindOf(type), TranslationErrors.UpstreamFailedInStream, MessageOf(KindOf(type)));

    private static ErrorKind KindOf(string type) => type switch
    {
        "rate_limit_error" or "rate_limit_exceeded" or "RESOURCE_EXHAUSTED" or "429" => ErrorKind.RateLimited,
        "overloaded_error" or "UNAVAILABLE" or "503" or "529" => ErrorKind.Unavailable,
        "timeout_error" or "DEADLINE_EXCEEDED" or "504" => ErrorKind.UpstreamTimeout,
        "invalid_request_error" or "INVALID_ARGUMENT" or "FAILED_PRECONDITION" or "400" => ErrorKind.InvalidRequest,
        _ => ErrorKind.UpstreamFailed,
    };

    private static string MessageOf(ErrorKind kind) => kind switch
    {
        ErrorKind.RateLimited => "The upstream's rate limit was reached during the answer. Try again later.",
        ErrorKind.Unavailable => "The upstream became overloaded during the answer. Try again later.",
        ErrorKind.UpstreamTimeout => "The upstream took too long during the answer. Try again.",
        ErrorKind.InvalidRequest => "The upstream refused the request during the answer.",
        _ => "The upstream failed during the answer. Try again.",
    };
}
