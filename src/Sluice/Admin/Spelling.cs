using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Limits.Budgets;
using Sluice.Protocol.Canonical;
using Sluice.Usage;

namespace Sluice.Admin;

/// <summary>Enumerations as <c>/api</c> spells them.</summary>
internal static class Spelling
{
    public static IReadOnlyDictionary<string, UsageGrouping> Groupings { get; } = new Dictionary<string, UsageGrouping>
    {
        ["model"] = UsageGrouping.Model,
        ["key"] = UsageGrouping.Key,
        ["provider"] = UsageGrouping.Provider,
        ["credential"] = UsageGrouping.Credential,
        ["user"] = UsageGrouping.User,
    };

    public static string Of(ConfigOrigin origin) => origin switch
    {
        ConfigOrigin.File => "file",
        ConfigOrigin.Environment => "environment",
        ConfigOrigin.Database => "database",
        ConfigOrigin.CommandLine => "command_line",
        _ => "default",
    };

    public static string Of(BudgetScope scope) => scope switch
    {
        BudgetScope.Global => "global",
        BudgetScope.Team => "team",
        BudgetScope.User => "user",
        BudgetScope.Key => "key",
        _ => "model",
    };

    public static string Of(CredentialState state) => state switch
    {
        CredentialState.Ready => "ready",
        CredentialState.Cooling => "cooling",
        CredentialState.Limited => "limited",
        CredentialState.Expired => "expired",
        CredentialState.Draining => "draining",
        _ => "disabled",
    };

    public static string Of(ServiceTier tier) => tier switch
    {
        ServiceTier.Batch => "batch",
        ServiceTier.Flex => "flex",
        ServiceTier.Priority => "priority",
        ServiceTier.Fast => "fast",
        _ => "standard",
    };

    public static string Of(UsageStatus status) => status switch
    {
        UsageStatus.Settled => "settled",
        UsageStatus.Recovered => "recovered",
        UsageStatus.Estimated => "estimated",
        UsageStatus.Failed => "failed",
        _ => "void",
    };
}
