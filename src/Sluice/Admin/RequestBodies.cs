namespace Sluice.Admin;

/// <summary>The trace of a call: who asked, what could serve it, what was tried, what was used, and how the price came about.</summary>
internal sealed record RequestTraceItem
{
    /// <summary>The reply's <c>x-request-id</c>.</summary>
    public required string RequestId { get; init; }

    public string? ClientRequestId { get; init; }

    /// <summary>When the call arrived.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The key's name; null when nobody was identified.</summary>
    public string? Key { get; init; }

    public string? User { get; init; }

    /// <summary>As the client asked for it; empty when the body was not read so far.</summary>
    public required string Model { get; init; }

    public required string Operation { get; init; }

    /// <summary>settled, recovered, estimated, failed, void; refused for a call that came to no account.</summary>
    public required string Status { get; init; }

    public long HttpStatus { get; init; }

    /// <summary>The code of the gateway's refusal, or of the error that ended a translated answer; null for a call that was served.</summary>
    public string? ErrorCode { get; init; }

    public double LatencyMs { get; init; }
    public double FirstTokenMs { get; init; }

    /// <summary>How the caller's limits stood at a refusal; null for a call that was let in.</summary>
    public TraceLimits? Limits { get; init; }

    /// <summary>What a translation into the upstream's dialect left out, in the client's own spelling; empty where nothing was lost.</summary>
    public IReadOnlyList<string> Dropped { get; init; } = [];

    /// <summary>What the upstream did wrong in its answer and translation repaired, as codes; empty where nothing was wrong.</summary>
    public IReadOnlyList<string> Repairs { get; init; } = [];

    /// <summary>What could serve the call, in the order in which it was to be tried.</summary>
    public IReadOnlyList<TraceCandidate> Candidates { get; init; } = [];

    public IReadOnlyList<TraceAttempt> Attempts { get; init; } = [];

    /// <summary>Null for a call that was refused.</summary>
    public TokensBody? Tokens { get; init; }

    public TracePrice? Price { get; init; }

    /// <summary>What the call took from budgets.</summary>
    public IReadOnlyList<TraceCharge> Budgets { get; init; } = [];
}

/// <param name="Refused">requests, tokens or concurrency; null where another reason refused the call.</param>
/// <param name="Scope">Whose limit that was: key, user, address, model or global.</param>
/// <param name="RetryAfterSeconds">When the call would have fitted.</param>
/// <param name="RemainingRequests">Requests left in the minute under the tightest limit; null where there is none.</param>
/// <param name="RemainingTokens">Tokens left in the minute under the tightest limit; null where there is none.</param>
internal sealed record TraceLimits(string? Refused, string? Scope, int RetryAfterSeconds, long? RemainingRequests, long? RemainingTokens);

/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The vendor's model id.</param>
/// <param name="Reason">Why it stands at this place.</param>
internal sealed record TraceCandidate(string Provider, string Model, string Reason);

/// <summary>One attempt; the last one of a call that was served is the one that answered.</summary>
internal sealed record TraceAttempt
{
    public required string Provider { get; init; }
    public required string Model { get; init; }
    public required string Credential { get; init; }

    /// <summary>From the request's arrival.</summary>
    public double StartedMs { get; init; }

    public double EndedMs { get; init; }

    /// <summary>answered, or what went wrong, such as rate_limited.</summary>
    public required string Outcome { get; init; }

    /// <summary>How far a failed attempt had come.</summary>
    public string? Stage { get; init; }

    /// <summary>The upstream's status of a failed attempt; null where it gave none.</summary>
    public int? Status { get; init; }

    /// <summary>The upstream's error code; null where it gave none.</summary>
    public string? Code { get; init; }
}

/// <param name="Id">Which price list: whose, which model, since when; null where the model is unpriced.</param>
/// <param name="Lines">The computation, as the price list stands now.</param>
/// <param name="CostNanoUsd">What was booked, in billionths of a US dollar; null where no price was known.</param>
internal sealed record TracePrice(string? Id, IReadOnlyList<TracePriceLine> Lines, long? CostNanoUsd);

/// <param name="Bucket">Such as input or cache_read.</param>
/// <param name="Units">How many.</param>
/// <param name="NanoUsdPerMillion">The rate; null where the bucket has none.</param>
/// <param name="NanoUsd">What the line comes to, rounded on its own.</param>
internal sealed record TracePriceLine(string Bucket, long Units, long? NanoUsdPerMillion, long? NanoUsd);

/// <param name="Budget">The budget's id.</param>
/// <param name="Subject">Whose it is.</param>
/// <param name="PeriodStart">The period that was charged.</param>
/// <param name="NanoUsd">What was charged.</param>
internal sealed record TraceCharge(string Budget, string Subject, DateTimeOffset PeriodStart, long NanoUsd);
