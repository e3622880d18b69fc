using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Limits.Budgets;
using Sluice.Protocol.Canonical;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary><c>/api/admin/budgets</c>: every budget with how it stands; those of the file and of keys are changed where they are defined.</summary>
internal sealed class BudgetEndpoints(
    BudgetPolicyStore store, BudgetReader reader, ApiKeyStore keys, IConfigurationSource configuration)
{
    private const string What = "budget";

    /// <summary>The file's budgets, then its keys', then the database's keys': each range of positions lies below the one before.</summary>
    private const long FileKeys = -1_000_000;

    private const long StoredKeys = -1_000_000_000_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/budgets", "Budgets");
        group.MapOperation("GET", "", "List the budgets with how they stand", ListAsync).Takes(OperationMetadata.Paging).Answers<Page<BudgetItem>>();
        group.MapOperation("POST", "", "Add a budget", CreateAsync).Takes<CreateBudgetBody>().Answers<BudgetItem>(StatusCodes.Status201Created);
        group.MapOperation("GET", "/{id}", "Show a budget", GetAsync).Answers<BudgetItem>();
        group.MapOperation("PUT", "/{id}", "Replace a budget's settings; what was counted stays", ReplaceAsync).Takes<ReplaceBudgetBody>().Answers<BudgetItem>();
        group.MapOperation("DELETE", "/{id}", "Take a budget out of force", DeleteAsync).Answers(StatusCodes.Status204NoContent);
        group.MapOperation("GET", "/{id}/balances", "List how each subject of a budget stands", ListBalancesAsync)
            .Takes(OperationMetadata.Paging).Answers<Page<BudgetBalanceItem>>();
    }

    private async Task ListAsync(HttpContext context)
    {
        // The request's thread serves sockets, and what follows reads the database.
        await Task.Yield();
        var query = new Query(context.Request);
        var (before, limit) = (query.CursorPosition() ?? long.MaxValue, query.Limit());
        if (query.Error is { } error)
        {
            await context.WriteProblemAsync(error, query.Errors);
            return;
        }

        var page = Budgets().Where(budget => budget.Position < before).Take(limit + 1).Select(Item).ToList();
        await context.WriteJsonAsync(Page<BudgetItem>.From(page, limit), AdminJson.Default.PageBudgetItem);
    }

    private async Task CreateAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.CreateBudgetBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var config = Read(check, body) with { Name = check.Name("name", body.Name) };
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var id = RandomId.Create("bud_");
        var isTaken = configuration.Current.Config.Budgets.Any(other => other.Name == config.Name);
        if (isTaken || !await store.InsertAsync(id, config))
        {
            await context.WriteProblemAsync(AdminErrors.NameTaken(What, config.Name));
            return;
        }

        await context.WriteJsonAsync(Item(Find(id)!.Value), AdminJson.Default.BudgetItem, StatusCodes.Status201Created);
    }

    private async Task GetAsync(HttpContext context)
    {
        await Task.Yield();
        if (Find(context.Id()) is { } budget)
        {
            await context.WriteJsonAsync(Item(budget), AdminJson.Default.BudgetItem);
        }
        else
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }
    }

    private async Task ReplaceAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.ReplaceBudgetBody) is not { } body || await OursAsync(context) is not { } old)
        {
            return;
        }

        var check = new BodyCheck();
        var config = Read(check, body) with { Name = old.Config.Name };
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        if (await store.UpdateAsync(old.Id, config))
        {
            await GetAsync(context);
        }
        else
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (await OursAsync(context) is { } old)
        {
            await store.DeleteAsync(old.Id);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task ListBalancesAsync(HttpContext context)
    {
        await Task.Yield();
        var query = new Query(context.Request);
        var (before, limit) = (query.CursorPosition(), query.Limit());
        if (query.Error is { } error)
        {
            await context.WriteProblemAsync(error, query.Errors);
        }
        else if (Find(context.Id()) is not { } budget)
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }
        else
        {
            var items = reader.OfEach(budget.Policy, before, limit + 1).ConvertAll(balance => BalanceItem(budget.Policy, balance));
            await context.WriteJsonAsync(Page<BudgetBalanceItem>.From(items, limit), AdminJson.Default.PageBudgetBalanceItem);
        }
    }

    /// <summary>The database's budget of the path's id; otherwise answers why not.</summary>
    private async Task<StoredBudget?> OursAsync(HttpContext context)
    {
        var row = store.Rows.FirstOrDefault(budget => budget.Id == context.Id());
        if (row is null)
        {
            await context.WriteProblemAsync(Find(context.Id()) is { } other ? ReadOnly(other.Policy) : AdminErrors.NotFound);
        }

        return row;
    }

    private static GatewayError ReadOnly(BudgetPolicy policy) => policy.Origin == ConfigOrigin.Database
        ? new GatewayError(ErrorKind.Conflict, "read_only", $"The budget belongs to the API key '{policy.Name}' and is changed with it: PUT /api/admin/api-keys/ID.")
        : AdminErrors.ReadOnly(What, policy.Origin);

    private Entry? Find(string id)
    {
        foreach (var budget in Budgets())
        {
            if (budget.Policy.Id == id)
            {
                return budget;
            }
        }

        return null;
    }

    /// <summary>All budgets, going down in position.</summary>
    private IEnumerable<Entry> Budgets()
    {
        var config = configuration.Current.Config;
        var ofDatabase = store.Rows.Select(row => new Entry(BudgetPolicy.Of(row.Config, row.Id), BudgetPolicy.SharedSubject, row.Position, row.CreatedAt));
        var ofFile = config.Budgets.Select((budget, i) => new Entry(BudgetPolicy.Of(budget, BudgetPolicy.IdOfFile(budget.Name)), BudgetPolicy.SharedSubject, -1 - i, null));
        var ofFileKeys = config.Keys.Where(key => key.Budget is not null)
            .Select((key, i) => OfKey("file:" + key.Name, key.Name, key.Budget!, FileKeys - i, null));
        var ofStoredKeys = keys.List(before: null, int.MaxValue).Where(key => key is { Budget: not null, RevokedAt: null })
            .Select(key => OfKey(key.Id, key.Name, key.Budget!, StoredKeys + key.Position, key.CreatedAt));
        return [.. ofDatabase, .. ofFile, .. ofFileKeys, .. ofStoredKeys];
    }

    private static Entry OfKey(string keyId, string name, BudgetConfig budget, long position, DateTimeOffset? createdAt)
        => new(BudgetPolicy.OfKey(keyId, name, budget), keyId, position, createdAt);

    private static SharedBudgetConfig Read(BodyCheck check, ReplaceBudgetBody body) => new()
    {
        Scope = check.OneOf("scope", body.Scope ?? "global", ["global", "team", "user", "key", "model"]),
        Match = body.Match is null ? BudgetPolicy.SharedSubject : check.Name("match", body.Match),
        Each = body.Each ?? false,
        Budget = check.SharedBudget(body),
    };

    private BudgetItem Item(Entry entry)
    {
        var policy = entry.Policy;
        var balance = policy.IsEach ? null : reader.Of(policy, entry.Subject);
        return new BudgetItem
        {
            Id = policy.Id,
            Name = policy.Name,
            Scope = Spelling.Of(policy.Scope),
            Match = policy.Match,
            Each = policy.IsEach,
            Per = BudgetStore.Name(policy.Per),
            TimeZone = policy.Zone.Id,
            Mode = policy.IsShadow ? "shadow" : "enforce",
            OnExceed = policy.ClampsOutput ? "clamp" : "refuse",
            Alerts = [.. policy.Alerts.Select(threshold => threshold / 1_000_000m)],
            LimitNanoUsd = policy.LimitNano,
            SpentNanoUsd = balance?.SpentNano,
            HeldNanoUsd = balance?.HeldNano,
            RemainingNanoUsd = balance is null ? null : Remaining(policy, balance),
            ResetsAt = balance?.ResetsAt,
            Reached = balance is null ? null : Reached(balance),
            Origin = Spelling.Of(policy.Origin),
            CreatedAt = entry.CreatedAt,
            Position = entry.Position,
        };
    }

    private static BudgetBalanceItem BalanceItem(BudgetPolicy policy, BudgetBalance balance) => new()
    {
        Id = RandomId.Derive("bal_", policy.Id, balance.Subject),
        Subject = balance.Subject,
        LimitNanoUsd = policy.LimitNano,
        SpentNanoUsd = balance.SpentNano,
        HeldNanoUsd = balance.HeldNano,
        RemainingNanoUsd = Remaining(policy, balance),
        ResetsAt = balance.ResetsAt,
        Reached = Reached(balance),
        Position = balance.Position,
    };

    private static long Remaining(BudgetPolicy policy, BudgetBalance balance)
        => Math.Max(0, NanoUsd.Subtract(NanoUsd.Subtract(policy.LimitNano, balance.SpentNano), balance.HeldNano));

    private static List<ReachedAlertItem> Reached(BudgetBalance balance)
        => [.. balance.Reached.Select(threshold => new ReachedAlertItem(threshold.Part, threshold.At))];

    /// <param name="Policy">The budget.</param>
    /// <param name="Subject">Whose it is, where it is not each one's own.</param>
    /// <param name="Position">Where it stands in the list.</param>
    /// <param name="CreatedAt">Null for what the file defines.</param>
    private readonly record struct Entry(BudgetPolicy Policy, string Subject, long Position, DateTimeOffset? CreatedAt);
}
