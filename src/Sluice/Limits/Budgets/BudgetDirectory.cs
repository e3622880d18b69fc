using System.Collections.Concurrent;
using Sluice.Configuration;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Limits.Budgets;

/// <summary>
/// Finds the accounts of a call. The policies of file and database are one table that a change replaces; accounts stay, so
/// that a reload forgets nothing. Finding what was found before takes no lock and allocates nothing.
/// </summary>
internal sealed class BudgetDirectory : IDisposable
{
    /// <summary>Names of models come from clients where a route has a pattern: beyond this many accounts new ones share one.</summary>
    private const int MostAccounts = 100_000;

    private const int MostModelsPerSubject = 1_024;

    private readonly IConfigurationSource _configuration;
    private readonly BudgetPolicyStore _store;
    private readonly BudgetTeller _teller;
    private readonly Lock _changes = new();
    private readonly ConcurrentDictionary<(string Policy, string Subject), BudgetAccount> _accounts = new();
    private volatile PolicyTable _table;

    public BudgetDirectory(IConfigurationSource configuration, BudgetPolicyStore store, BudgetTeller teller)
    {
        (_configuration, _store, _teller) = (configuration, store, teller);
        _table = new PolicyTable(Policies(configuration.Current.Config), 1);
        configuration.Changed += OnConfiguration;
        store.Changed += Rebuild;
    }

    /// <summary>The budgets that are no key's own, in the order in which calls are reserved.</summary>
    public IReadOnlyList<BudgetPolicy> SharedPolicies => _table.Policies;

    /// <summary>The accounts of a call, in the order global, team, user, key, model.</summary>
    /// <param name="subject">Who calls.</param>
    /// <param name="model">The model as the client asked for it; known to be served.</param>
    public BudgetAccount[] For(BudgetSubject subject, string model)
    {
        var table = _table;
        if (subject.Accounts is not { } known || known.Table != table)
        {
            subject.Accounts = known = new SubjectAccounts(table, WithoutModels(table, subject));
        }

        if (!table.HasModels)
        {
            return known.Fixed;
        }

        if (known.ByModel.TryGetValue(model, out var accounts))
        {
            return accounts;
        }

        if (known.ByModel.Count >= MostModelsPerSubject)
        {
            known.ByModel.Clear();
        }

        return known.ByModel.GetOrAdd(model, [.. known.Fixed, .. OfModel(table, model)]);
    }

    public void Dispose()
    {
        _configuration.Changed -= OnConfiguration;
        _store.Changed -= Rebuild;
    }

    private void OnConfiguration(ConfigSnapshot snapshot) => Rebuild();

    private void Rebuild()
    {
        lock (_changes)
        {
            var table = new PolicyTable(Policies(_configuration.Current.Config), _table.Version + 1);
            _table = table;
            var policies = table.Policies.ToDictionary(policy => policy.Id, StringComparer.Ordinal);
            foreach (var (identity, account) in _accounts)
            {
                if (policies.TryGetValue(identity.Policy, out var policy))
                {
                    Update(account, policy, table.Version);
                }
            }
        }
    }

    private List<BudgetPolicy> Policies(SluiceConfig config)
    {
        var ofFile = config.Budgets.Select(budget => BudgetPolicy.Of(budget, BudgetPolicy.IdOfFile(budget.Name))).ToList();
        var names = ofFile.Select(policy => policy.Name).ToHashSet(StringComparer.Ordinal);

        // The file wins where both have a name, as it does everywhere.
        var ofDatabase = _store.Rows.Where(row => !names.Contains(row.Config.Name)).Select(row => BudgetPolicy.Of(row.Config, row.Id));
        return [.. ofFile.Concat(ofDatabase).OrderBy(policy => policy.Scope).ThenBy(policy => policy.Name, StringComparer.Ordinal)];
    }

    private BudgetAccount[] WithoutModels(PolicyTable table, BudgetSubject subject)
    {
        var accounts = new List<BudgetAccount>();
        foreach (var policy in table.Policies)
        {
            var (name, identity) = policy.Scope switch
            {
                BudgetScope.Global => (BudgetPolicy.SharedSubject, BudgetPolicy.SharedSubject),
                BudgetScope.Team => (subject.Team, subject.Team),
                BudgetScope.User => (subject.User, subject.User),
                BudgetScope.Key => (subject.KeyName, subject.KeyId),
                _ => (null, null),
            };
            if (name is not null && policy.Matches(name))
            {
                accounts.Add(Account(policy, policy.IsEach ? identity! : BudgetPolicy.SharedSubject, table.Version));
            }
        }

        if (subject.Budget is { } own)
        {
            var policy = BudgetPolicy.OfKey(subject.KeyId, subject.KeyName, own);
            accounts.Add(Account(policy, subject.KeyId, subject.Version));
        }

        return [.. accounts.OrderBy(account => account.Policy.Scope)];
    }

    private IEnumerable<BudgetAccount> OfModel(PolicyTable table, string model)
        => from policy in table.Policies
           where policy.Scope == BudgetScope.Model && policy.Matches(model)
           select Account(policy, policy.IsEach && _accounts.Count < MostAccounts ? model : BudgetPolicy.SharedSubject, table.Version);

    private BudgetAccount Account(BudgetPolicy policy, string subject, long version)
    {
        var account = _accounts.GetOrAdd(
            (policy.Id, subject), static (identity, made) => new BudgetAccount(identity.Subject, made.policy, made.version), (policy, version));
        Update(account, policy, version);
        return account;
    }

    private void Update(BudgetAccount account, BudgetPolicy policy, long version)
    {
        if (account.Update(policy, version))
        {
            _teller.Ask(account);
        }
    }
}

/// <summary>The budgets in force that are no key's own.</summary>
internal sealed class PolicyTable(IReadOnlyList<BudgetPolicy> policies, long version)
{
    public IReadOnlyList<BudgetPolicy> Policies => policies;

    /// <summary>Rises with every change.</summary>
    public long Version => version;

    public bool HasModels { get; } = policies.Any(policy => policy.Scope == BudgetScope.Model);
}

/// <summary>What was found for a subject under one table.</summary>
internal sealed class SubjectAccounts(PolicyTable table, BudgetAccount[] withoutModels)
{
    public PolicyTable Table => table;

    /// <summary>The accounts that do not depend on the model.</summary>
    public BudgetAccount[] Fixed => withoutModels;

    /// <summary>All accounts by model; used where there are budgets of models.</summary>
    public ConcurrentDictionary<string, BudgetAccount[]> ByModel { get; } = new(StringComparer.Ordinal);
}
