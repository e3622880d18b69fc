namespace Sluice.Protocol.Canonical;

/// <summary>What went wrong, independent of dialect. One table per dialect turns it into status, type and code.</summary>
public enum ErrorKind
{
    /// <summary>400: the request must be changed.</summary>
    InvalidRequest,

    /// <summary>401: no credential, or an unknown one.</summary>
    Unauthenticated,

    /// <summary>403: known caller, not allowed (model, scope, budget).</summary>
    Forbidden,

    /// <summary>404: unknown model or path.</summary>
    NotFound,

    /// <summary>405: the path exists, the method does not.</summary>
    MethodNotAllowed,

    /// <summary>409: in conflict with a call in flight.</summary>
    Conflict,

    /// <summary>413: the body is over the limit.</summary>
    TooLarge,

    /// <summary>415: the body's media type or content encoding is not accepted.</summary>
    UnsupportedMedia,

    /// <summary>422: well formed, and contrary to what was said before.</summary>
    Unprocessable,

    /// <summary>429: a rate; <see cref="GatewayError.RetryAfter"/> says when to come back.</summary>
    RateLimited,

    /// <summary>500: a defect of the gateway.</summary>
    Internal,

    /// <summary>502: the upstream failed, or its credential is not accepted.</summary>
    UpstreamFailed,

    /// <summary>503: nothing can serve the call now.</summary>
    Unavailable,

    /// <summary>504: the upstream took too long.</summary>
    UpstreamTimeout,

    /// <summary>529: the vendor is overloaded, in Anthropic's own status; other dialects say <see cref="Unavailable"/>.</summary>
    Overloaded,
}

/// <summary>An expected failure as a value: which kind, a stable code that docs/errors.md explains, and words for a person.</summary>
/// <param name="Kind">Decides the status and the dialect's error type.</param>
/// <param name="Code">Stable, lower case with underscores, such as <c>model_not_found</c>; an anchor of docs/errors.md.</param>
/// <param name="Message">What happened, why, and what to do next. Never names an upstream account or secret.</param>
public sealed record GatewayError(ErrorKind Kind, string Code, string Message)
{
    /// <summary>The request member at fault, such as <c>model</c>; null when none is.</summary>
    public string? Param { get; init; }

    /// <summary>When to try again; null when that would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The HTTP status of <see cref="Kind"/>.</summary>
    public int Status => Kind switch
    {
        ErrorKind.InvalidRequest => 400,
        ErrorKind.Unauthenticated => 401,
        ErrorKind.Forbidden => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.MethodNotAllowed => 405,
        ErrorKind.Conflict => 409,
        ErrorKind.TooLarge => 413,
        ErrorKind.UnsupportedMedia => 415,
        ErrorKind.Unprocessable => 422,
        ErrorKind.RateLimited => 429,
        ErrorKind.UpstreamFailed => 502,
        ErrorKind.Unavailable => 503,
        ErrorKind.UpstreamTimeout => 504,
        ErrorKind.Overloaded => 529,
        _ => 500,
    };
}
