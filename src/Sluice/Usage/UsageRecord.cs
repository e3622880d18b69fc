using Sluice.Protocol.Canonical;

namespace Sluice.Usage;

/// <summary>How a call ended, for the account.</summary>
internal enum UsageStatus : byte
{
    /// <summary>The upstream said what was used.</summary>
    Settled,

    /// <summary>Settled at start from the journal, after a crash.</summary>
    Recovered,

    /// <summary>The upstream did not say; Sluice counted.</summary>
    Estimated,

    /// <summary>No answer was had; costs nothing.</summary>
    Failed,

    /// <summary>Nothing was sent upstream; costs nothing.</summary>
    Void,
}

/// <summary>What a record corrects.</summary>
/// <param name="RecordId">The id of the record of a call.</param>
/// <param name="Reason">In the administrator's words.</param>
/// <param name="MadeBy">The name of the administrator's key.</param>
internal sealed record UsageCorrection(long RecordId, string Reason, string MadeBy);

/// <summary>One call's account, written once when it ends; or a correction of one, whose cost is the difference.</summary>
internal sealed record UsageRecord : ICallIdentity
{
    /// <summary>The value of <c>x-request-id</c>.</summary>
    public required string RequestId { get; init; }

    public string? ClientRequestId { get; init; }
    public required string KeyId { get; init; }
    public required string KeyName { get; init; }
    public string? User { get; init; }

    /// <summary>The model as the client asked for it.</summary>
    public required string Model { get; init; }

    public string Provider { get; init; } = "";
    public string UpstreamModel { get; init; } = "";

    /// <summary>The credential's name; never its secret.</summary>
    public string Credential { get; init; } = "";

    /// <summary>The operation's name, such as <c>chat</c>.</summary>
    public required string Operation { get; init; }

    public UsageStatus Status { get; init; }
    public TokenUsage Tokens { get; init; }

    /// <summary>Integer nano-USD; null where no price is known.</summary>
    public long? CostNanoUsd { get; init; }

    /// <summary>From the request's arrival to the answer's last byte, in microseconds.</summary>
    public long LatencyMicros { get; init; }

    /// <summary>From the request's arrival to the answer's first body byte, in microseconds; 0 when there was none.</summary>
    public long FirstTokenMicros { get; init; }

    /// <summary>How many upstream attempts were made.</summary>
    public int Attempts { get; init; }

    /// <summary>The HTTP status that the client saw, or would have seen.</summary>
    public int HttpStatus { get; init; }

    /// <summary>When the call arrived, in microseconds since the Unix epoch.</summary>
    public long AtMicros { get; init; }

    /// <summary>By which price the cost was counted; null when none is known.</summary>
    public string? PriceId { get; init; }

    /// <summary>The sequence number of the record in the journal, and its id in the database; 0 until it is durable.</summary>
    public long JournalSequence { get; set; }

    /// <summary>The budgets that the call was under; empty for most.</summary>
    public IReadOnlyList<BudgetCharge> Charges { get; init; } = [];

    /// <summary>How the call came to its answer, for the one who made the call's trace; null for most.</summary>
    public byte[]? Detail { get; init; }

    /// <summary>True when the upstream reported more than was reserved.</summary>
    public bool Overrun { get; init; }

    /// <summary>Null for the record of a call.</summary>
    public UsageCorrection? Correction { get; init; }
}
