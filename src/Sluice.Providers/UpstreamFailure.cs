namespace Sluice.Providers;

/// <summary>Where in an attempt a failure happened.</summary>
public enum UpstreamStage
{
    Connect,
    Send,
    AwaitHeaders,
    Body,
}

/// <summary>Who is at fault and what follows; the attempt engine's table is keyed by this.</summary>
public enum UpstreamFailureKind
{
    /// <summary>The client's request was refused (400, 404, 413, 422): no retry, the answer goes to the client.</summary>
    BadRequest,

    /// <summary>401, or 403 for the credential: the operator's problem; another credential may serve.</summary>
    CredentialRejected,

    /// <summary>The account has no money left (402, <c>insufficient_quota</c>, spend limit): take it out, no retry on it.</summary>
    OutOfCredit,

    /// <summary>429 with or without a time: cool the credential, try another.</summary>
    RateLimited,

    /// <summary>503, 529: the vendor is overloaded.</summary>
    Overloaded,

    /// <summary>500 and other 5xx.</summary>
    ServerError,

    /// <summary>No connection could be made.</summary>
    ConnectFailed,

    /// <summary>A timeout of connect, first byte, idle or total.</summary>
    Timeout,

    /// <summary>The connection broke, or what came is not HTTP or not the dialect.</summary>
    ProtocolError,

    /// <summary>The credential could not be exchanged for an access token: nothing was asked of the vendor itself.</summary>
    TokenUnavailable,
}

/// <summary>An upstream's failure as a value.</summary>
/// <param name="Kind">Decides retry, cooling and what the client sees.</param>
/// <param name="Stage">Where it happened.</param>
/// <param name="Status">The upstream's HTTP status; 0 when there was none.</param>
/// <param name="Code">The vendor's own code or type, for the trace; empty when none.</param>
public readonly record struct UpstreamFailure(UpstreamFailureKind Kind, UpstreamStage Stage, int Status, string Code)
{
    /// <summary>The vendor's wish, from <c>retry-after-ms</c>, <c>retry-after</c> (seconds or date) or Google's <c>RetryInfo</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when the vendor refuses a signed part of the conversation, which then is another's, or of another account or model.</summary>
    public bool SignatureRefused { get; init; }

    /// <summary>
    /// True when the quota of a day is used up, not the rate of the minute: then <see cref="RetryAfter"/> is the quota's reset.
    /// </summary>
    public bool QuotaUsedUp { get; init; }

    /// <summary>The vendor's word on trying again (<c>x-should-retry</c>), which overrides the status; null when it says nothing.</summary>
    public bool? ShouldRetry { get; init; }
}
