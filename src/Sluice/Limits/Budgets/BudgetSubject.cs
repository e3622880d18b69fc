using Sluice.Configuration;

namespace Sluice.Limits.Budgets;

/// <summary>Whose budgets a call is under, as the caller knows it; one instance per key and generation. Remembers the accounts it was given.</summary>
/// <param name="keyId">The key's id, to which its counts belong.</param>
/// <param name="keyName">The key's name, by which patterns find it.</param>
/// <param name="user">The owner; null for keys without one.</param>
/// <param name="team">The owner's team; null for none.</param>
/// <param name="budget">The key's own budget; null for none.</param>
/// <param name="version">Rises with every instance: of two that speak for one key, the higher one is right.</param>
internal sealed class BudgetSubject(string keyId, string keyName, string? user, string? team, BudgetConfig? budget, long version)
{
    public string KeyId => keyId;

    public string KeyName => keyName;

    public string? User => user;

    public string? Team => team;

    public BudgetConfig? Budget => budget;

    public long Version => version;

    /// <summary>What <see cref="BudgetDirectory"/> found last; replaced when the policies change.</summary>
    internal SubjectAccounts? Accounts { get; set; }
}
