using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin;

/// <summary>The account of one call.</summary>
internal sealed record UsageRecordItem : IListItem
{
    public required string Id { get; init; }

    /// <summary>The reply's <c>x-request-id</c>.</summary>
    public required string RequestId { get; init; }

    public string? ClientRequestId { get; init; }

    /// <summary>The key's name.</summary>
    public required string Key { get; init; }

    public string? User { get; init; }

    /// <summary>As the client asked for it.</summary>
    public required string Model { get; init; }

    public string? Provider { get; init; }
    public string? UpstreamModel { get; init; }

    /// <summary>The credential's name.</summary>
    public string? Credential { get; init; }

    public required string Operation { get; init; }

    /// <summary>settled, recovered, estimated, failed or void.</summary>
    public required string Status { get; init; }

    public required TokensBody Tokens { get; init; }

    /// <summary>Billionths of a US dollar; null where no price is known.</summary>
    public long? CostNanoUsd { get; init; }

    public double LatencyMs { get; init; }
    public double FirstTokenMs { get; init; }
    public long Attempts { get; init; }
    public long HttpStatus { get; init; }

    /// <summary>By which price the cost was counted; null where no price is known.</summary>
    public string? PriceId { get; init; }

    /// <summary>True when the upstream reported more than was reserved.</summary>
    public bool Overrun { get; init; }

    /// <summary>The id of the record that this one corrects; its cost is the difference. Null for the record of a call.</summary>
    public string? Corrects { get; init; }

    /// <summary>Why it corrects.</summary>
    public string? Reason { get; init; }

    /// <summary>The name of the key that made the correction.</summary>
    public string? CorrectedBy { get; init; }

    /// <summary>When the call arrived; of a correction, when it was made.</summary>
    public DateTimeOffset At { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

/// <summary>Disjoint buckets; reasoning is a part of output.</summary>
internal sealed record TokensBody
{
    public long Input { get; init; }
    public long CacheRead { get; init; }

    [JsonPropertyName("cache_write_5m")]
    public long CacheWrite5m { get; init; }

    [JsonPropertyName("cache_write_1h")]
    public long CacheWrite1h { get; init; }

    public long Output { get; init; }
    public long Reasoning { get; init; }
}

/// <summary>Sums of a group.</summary>
internal sealed record UsageSummaryItem
{
    /// <summary>What the calls have in common: a value of the member that <c>group_by</c> names.</summary>
    public required string Group { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Provider { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Credential { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? User { get; init; }

    public long Calls { get; init; }

    /// <summary>Calls without an answer; a part of calls.</summary>
    public long FailedCalls { get; init; }

    /// <summary>Answered calls without a known price; a part of calls.</summary>
    public long UnpricedCalls { get; init; }

    public required TokensBody Tokens { get; init; }

    /// <summary>Billionths of a US dollar, of the calls that have a price.</summary>
    public long CostNanoUsd { get; init; }

    public double AverageLatencyMs { get; init; }
}

/// <param name="GroupBy">model, key, provider, credential or user.</param>
/// <param name="Data">Most calls first.</param>
/// <param name="NextCursor">Always null: a summary is one page.</param>
internal sealed record UsageSummary(string GroupBy, IReadOnlyList<UsageSummaryItem> Data, string? NextCursor);

/// <summary>A correction of what a call cost: either what it costs, or the difference.</summary>
internal sealed record CorrectUsageBody
{
    /// <summary>What the call costs, in billionths of a US dollar.</summary>
    public long? CostNanoUsd { get; init; }

    /// <summary>What is to be added to its cost, in billionths of a US dollar; negative takes away.</summary>
    public long? DeltaNanoUsd { get; init; }

    /// <summary>Why; at most 256 characters.</summary>
    public string? Reason { get; init; }
}
