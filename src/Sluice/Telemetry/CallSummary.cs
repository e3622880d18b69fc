using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Telemetry;

/// <summary>
/// One ended call, as metrics and traces see it. Provider and model are those of the <see cref="TargetSeries"/> that the
/// summary is recorded with, so that a label can only be a name of the configuration.
/// </summary>
internal readonly record struct CallSummary
{
    public required Operation Operation { get; init; }

    /// <summary>The status that the client saw, or would have seen.</summary>
    public required int HttpStatus { get; init; }

    /// <summary>The <see cref="GatewayError.Code"/> of a failed call, after the commit too; null for a success.</summary>
    public string? ErrorCode { get; init; }

    public TokenUsage Tokens { get; init; }

    /// <summary>True when the upstream did not say what was used and Sluice counted.</summary>
    public bool Estimated { get; init; }

    /// <summary>Integer nano-USD; null where no price is known.</summary>
    public long? CostNanoUsd { get; init; }

    /// <summary>From the request's arrival to the answer's last byte, in microseconds.</summary>
    public long LatencyMicros { get; init; }

    /// <summary>From the request's arrival to the answer's first body byte, in microseconds; 0 when there was none.</summary>
    public long FirstTokenMicros { get; init; }

    /// <summary>How many upstream attempts were made; 0 when the call was refused before the first.</summary>
    public int Attempts { get; init; }
}
