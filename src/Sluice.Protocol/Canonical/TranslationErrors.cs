namespace Sluice.Protocol.Canonical;

/// <summary>The codes of errors that translation gives, all explained in docs/errors.md.</summary>
public static class TranslationErrors
{
    /// <summary>400: a member of the request has a form that its dialect does not know.</summary>
    public const string InvalidMember = "invalid_member";

    /// <summary>400: the request asks for something that the model's dialect cannot do at all.</summary>
    public const string Unsupported = "unsupported_translation";

    /// <summary>502: the upstream's answer breaks its own grammar beyond repair.</summary>
    public const string InvalidUpstreamAnswer = "invalid_upstream_answer";

    /// <summary>502: the upstream reported a failure inside its answer.</summary>
    public const string UpstreamFailedInStream = "upstream_failed_in_stream";

    /// <summary>502: the upstream's stream ended before its answer was complete.</summary>
    public const string IncompleteUpstreamAnswer = "incomplete_upstream_answer";
}
