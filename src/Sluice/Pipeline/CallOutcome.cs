using Sluice.Protocol.Canonical;
using Sluice.Usage;

namespace Sluice.Pipeline;

/// <summary>How a call ended, as the account has it.</summary>
/// <param name="Status">What the account calls it.</param>
/// <param name="Tokens">What was used.</param>
/// <param name="CostNanoUsd">What it costs, in nano-USD; null where no price is known.</param>
/// <param name="LatencyMicros">From the request's arrival until the outcome was known, in microseconds.</param>
/// <param name="FirstTokenMicros">Until the answer's first body byte, in microseconds; 0 when there was none.</param>
/// <param name="Durable">False when the journal could not keep it: the client must not be told of a clean end.</param>
internal sealed record CallOutcome(
    UsageStatus Status, TokenUsage Tokens, long? CostNanoUsd, long LatencyMicros, long FirstTokenMicros, bool Durable);
