using System.Text.Json.Serialization;
using Sluice.Admin.Http;

namespace Sluice.Admin;

/// <summary>A budget with how it stands. Where each subject has its own, the amounts are null and stand in its balances.</summary>
internal sealed record BudgetItem : IListItem
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>global, team, user, key or model.</summary>
    public required string Scope { get; init; }

    /// <summary>Which names count; <c>*</c> stands for any run of characters.</summary>
    public required string Match { get; init; }

    /// <summary>True where each subject that matches has a budget of its own.</summary>
    public required bool Each { get; init; }

    /// <summary>minute, hour, day, week, month or total.</summary>
    public required string Per { get; init; }

    public required string TimeZone { get; init; }

    /// <summary>enforce or shadow.</summary>
    public required string Mode { get; init; }

    /// <summary>refuse or clamp.</summary>
    public required string OnExceed { get; init; }

    /// <summary>Parts of the limit whose use is told.</summary>
    public required IReadOnlyList<decimal> Alerts { get; init; }

    public required long LimitNanoUsd { get; init; }
    public long? SpentNanoUsd { get; init; }
    public long? HeldNanoUsd { get; init; }

    /// <summary>The limit less what is spent and held; never below 0.</summary>
    public long? RemainingNanoUsd { get; init; }

    /// <summary>When the current period ends; null where it never does.</summary>
    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>Parts that were reached in the current period; null where each subject has its own.</summary>
    public IReadOnlyList<ReachedAlertItem>? Reached { get; init; }

    /// <summary>Where it is defined.</summary>
    public required string Origin { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

/// <param name="Part">The part of the limit.</param>
/// <param name="At">When it was noticed.</param>
internal sealed record ReachedAlertItem(decimal Part, DateTimeOffset At);

/// <summary>How one subject of a budget stands.</summary>
internal sealed record BudgetBalanceItem : IListItem
{
    public required string Id { get; init; }

    /// <summary>A key's id, the name of a user, team or model, or <c>*</c> where all share one.</summary>
    public required string Subject { get; init; }

    public required long LimitNanoUsd { get; init; }
    public required long SpentNanoUsd { get; init; }
    public required long HeldNanoUsd { get; init; }
    public required long RemainingNanoUsd { get; init; }
    public DateTimeOffset? ResetsAt { get; init; }
    public required IReadOnlyList<ReachedAlertItem> Reached { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}

internal record ReplaceBudgetBody
{
    /// <summary>global, team, user, key or model; global when absent.</summary>
    public string? Scope { get; init; }

    /// <summary>Which names count; all when absent.</summary>
    public string? Match { get; init; }

    /// <summary>True gives each subject that matches a budget of its own; false when absent.</summary>
    public bool? Each { get; init; }

    /// <summary>The most that may be spent, in US dollars.</summary>
    public decimal? Usd { get; init; }

    /// <summary>minute, hour, day, week, month or total; total when absent.</summary>
    public string? Per { get; init; }

    /// <summary>Where days, weeks and months begin; UTC when absent.</summary>
    public string? TimeZone { get; init; }

    /// <summary>enforce or shadow; enforce when absent.</summary>
    public string? Mode { get; init; }

    /// <summary>Parts of the limit, above 0 and up to 1; 0.5, 0.8 and 1 when absent.</summary>
    public IReadOnlyList<decimal>? Alerts { get; init; }

    /// <summary>refuse or clamp; refuse when absent.</summary>
    public string? OnExceed { get; init; }
}

internal sealed record CreateBudgetBody : ReplaceBudgetBody
{
    /// <summary>Unique; its counts belong to it.</summary>
    public string? Name { get; init; }
}
