using Sluice.Protocol.Canonical;
using Sluice.Usage;

namespace Sluice.Tests.Usage;

/// <summary>Builds records with sensible values.</summary>
internal static class UsageRecords
{
    public static UsageRecord Create(
        int number,
        string key = "ci",
        string model = "smart",
        DateTimeOffset? at = null,
        UsageStatus status = UsageStatus.Settled,
        long? cost = 1_000,
        string credential = "k1") => new()
        {
            RequestId = "req_" + number,
            KeyId = "file:" + key,
            KeyName = key,
            Model = model,
            Provider = "openai-main",
            UpstreamModel = "gpt-5.1",
            Credential = credential,
            Operation = "chat",
            Status = status,
            Tokens = new TokenUsage(10, 1, 2, 3, 20, 5),
            CostNanoUsd = cost,
            LatencyMicros = 12_345,
            FirstTokenMicros = 2_345,
            Attempts = 1,
            HttpStatus = 200,
            JournalSequence = number + 1,
            AtMicros = (at ?? new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)).ToUnixTimeMilliseconds() * 1000,
        };
}
