using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Limits.Budgets;

/// <summary>What a budget bounds, in the order in which calls are reserved.</summary>
internal enum BudgetScope
{
    Global,
    Team,
    User,
    Key,
    Model,
}

/// <summary>A budget as it is configured, checked and ready to apply. Its counts belong to <see cref="Id"/>, whatever else changes.</summary>
internal sealed record BudgetPolicy
{
    /// <summary>The subject of a budget that all who match share.</summary>
    public const string SharedSubject = "*";

    private const decimal NanoPerUsd = 1_000_000_000m;
    private const decimal Millionths = 1_000_000m;

    public required string Id { get; init; }

    /// <summary>As administrators see it; a key's own budget has the key's name.</summary>
    public required string Name { get; init; }

    public required BudgetScope Scope { get; init; }

    /// <summary>The pattern of names that count.</summary>
    public string Match { get; init; } = SharedSubject;

    /// <summary>True gives each subject an account of its own.</summary>
    public bool IsEach { get; init; }

    public required long LimitNano { get; init; }
    public required BudgetPer Per { get; init; }
    public required TimeZoneInfo Zone { get; init; }

    /// <summary>True counts and refuses nothing.</summary>
    public bool IsShadow { get; init; }

    /// <summary>True lets the pipeline cut a call's output to what is left, where it would not fit otherwise.</summary>
    public bool ClampsOutput { get; init; }

    /// <summary>Thresholds in millionths of the limit, rising.</summary>
    public IReadOnlyList<int> Alerts { get; init; } = [];

    public ConfigOrigin Origin { get; init; }

    /// <summary>The id of a budget that has no row of its own.</summary>
    public static string IdOfFile(string name) => RandomId.Derive("bud_", "file", name);

    /// <summary>The id of a key's own budget.</summary>
    public static string IdOfKey(string keyId) => RandomId.Derive("bud_", "key", keyId);

    public static BudgetPolicy Of(SharedBudgetConfig config, string id) => Of(config.Budget, id, config.Name, Enum.Parse<BudgetScope>(config.Scope, ignoreCase: true)) with
    {
        Match = config.Match,
        IsEach = config.Each && config.Scope != "global",
        Origin = config.Origin,
    };

    /// <summary>A key's own budget.</summary>
    public static BudgetPolicy OfKey(string keyId, string keyName, BudgetConfig config)
        => Of(config, IdOfKey(keyId), keyName, BudgetScope.Key) with { Origin = keyId.StartsWith("key_", StringComparison.Ordinal) ? ConfigOrigin.Database : ConfigOrigin.File };

    /// <summary>True when a name counts.</summary>
    public bool Matches(string name) => NamePattern.Matches(Match, name);

    /// <summary>True when money that was granted under the other policy is good under this one.</summary>
    public bool GrantsLike(BudgetPolicy other)
        => LimitNano == other.LimitNano && Per == other.Per && IsShadow == other.IsShadow && Zone.Id == other.Zone.Id;

    private static BudgetPolicy Of(BudgetConfig config, string id, string name, BudgetScope scope) => new()
    {
        Id = id,
        Name = name,
        Scope = scope,
        LimitNano = (long)decimal.Round(config.Usd * NanoPerUsd),
        Per = Enum.Parse<BudgetPer>(config.Per, ignoreCase: true),
        Zone = TimeZoneInfo.FindSystemTimeZoneById(config.TimeZone),
        IsShadow = config.Mode == "shadow",
        ClampsOutput = config.OnExceed == "clamp",
        Alerts = [.. config.Alerts.Select(part => (int)(part * Millionths)).Distinct().Order()],
    };
}
