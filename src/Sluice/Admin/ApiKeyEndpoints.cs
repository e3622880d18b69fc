using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary><c>/api/admin/api-keys</c>: every key that calls may come with, those of the file read-only at the end.</summary>
internal sealed class ApiKeyEndpoints(ApiKeyStore keys, IConfigurationSource configuration, TimeProvider time)
{
    private const string AdministratorScope = "admin";

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/api-keys", "API keys", operatorsRead: false);
        group.MapOperation("GET", "", "List the API keys, newest first", ListAsync).Takes(OperationMetadata.Paging).Answers<Page<ApiKeyItem>>();
        group.MapOperation("POST", "", "Make an API key; its text is shown this once", CreateAsync)
            .Takes<CreateApiKeyBody>().Answers<CreatedApiKeyItem>(StatusCodes.Status201Created);
        group.MapOperation("GET", "/{id}", "Show an API key", GetAsync).Answers<ApiKeyItem>();
        group.MapOperation("PUT", "/{id}", "Change an API key", ChangeAsync).Takes<ChangeApiKeyBody>().Answers<ApiKeyItem>();
        group.MapOperation("PATCH", "/{id}", "Change an API key", ChangeAsync).Takes<ChangeApiKeyBody>().Answers<ApiKeyItem>();
        group.MapOperation("DELETE", "/{id}", "Revoke an API key, effective at once", RevokeAsync).Answers(StatusCodes.Status204NoContent);
    }

    private async Task ListAsync(HttpContext context)
    {
        var query = new Query(context.Request);
        var (before, limit) = (query.CursorPosition(), query.Limit());
        if (query.Error is { } error)
        {
            await context.WriteProblemAsync(error, query.Errors);
            return;
        }

        var items = keys.List(before, limit + 1).ConvertAll(Item);
        if (items.Count <= limit)
        {
            items.AddRange(FileKeys().Where(item => item.Position < (before ?? long.MaxValue)).Take(limit + 1 - items.Count));
        }

        await context.WriteJsonAsync(Page<ApiKeyItem>.From(items, limit), AdminJson.Default.PageApiKeyItem);
    }

    private async Task CreateAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.CreateApiKeyBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var scopes = check.KeyScopes(body.Scopes);
        var key = new NewApiKey(
            check.Name("name", body.Name),
            check.ModelPatterns("models", body.Models),
            check.Limits(body.Limits),
            check.Budget(body.Budget),
            check.Future("expires_at", body.ExpiresAt, time.GetUtcNow()),
            scopes.Contains(AdministratorScope))
        {
            Mcp = check.ModelPatterns("mcp", body.Mcp),
        };
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var created = await keys.CreateAsync(key, context.RequestAborted);
        await context.WriteJsonAsync(
            new CreatedApiKeyItem(created.Id, created.Key, created.Prefix, key.Name), AdminJson.Default.CreatedApiKeyItem, StatusCodes.Status201Created);
    }

    private Task GetAsync(HttpContext context)
        => Find(context.Id()) is { } item
            ? context.WriteJsonAsync(item, AdminJson.Default.ApiKeyItem)
            : context.WriteProblemAsync(AdminErrors.NotFound);

    private async Task ChangeAsync(HttpContext context)
    {
        var id = context.Id();
        if (await context.ReadJsonAsync(AdminJson.Default.ChangeApiKeyBody) is not { } body || !await IsOursAsync(context, id))
        {
            return;
        }

        var check = new BodyCheck();
        var change = new ApiKeyChange
        {
            Name = body.Name is null ? null : check.Name("name", body.Name),
            Models = check.ModelPatterns("models", body.Models),
            Mcp = check.ModelPatterns("mcp", body.Mcp),
            Limits = check.Limits(body.Limits),
            Budget = check.Budget(body.Budget),
            ExpiresAt = check.Future("expires_at", body.ExpiresAt, time.GetUtcNow()),
            ChangesBudget = body.HasBudget,
            ChangesExpiry = body.HasExpiresAt,
        };
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        if (await keys.UpdateAsync(id, change, context.RequestAborted))
        {
            await GetAsync(context);
        }
        else
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }
    }

    private async Task RevokeAsync(HttpContext context)
    {
        var id = context.Id();
        if (!await IsOursAsync(context, id))
        {
            return;
        }

        await keys.RevokeAsync(id, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Answers the problem when the key is unknown or belongs to the file.</summary>
    private async Task<bool> IsOursAsync(HttpContext context, string id)
    {
        var error = Find(id) switch
        {
            null => AdminErrors.NotFound,
            { Origin: "file" } => AdminErrors.ReadOnly("API key", ConfigOrigin.File),
            _ => null,
        };
        if (error is not null)
        {
            await context.WriteProblemAsync(error);
        }

        return error is null;
    }

    private ApiKeyItem? Find(string id) => keys.Find(id) is { } row ? Item(row) : FileKeys().FirstOrDefault(item => item.Id == id);

    /// <summary>The file's keys, in its order, below every row of the database.</summary>
    private IEnumerable<ApiKeyItem> FileKeys() => configuration.Current.Config.Keys.Select((key, i) => new ApiKeyItem
    {
        Id = RandomId.Derive("key_", "file", key.Name),
        Name = key.Name,
        Scopes = ["inference"],
        Models = key.Models,
        Mcp = key.Mcp,
        Limits = Limits(key.Limits),
        Budget = Budget(key.Budget),
        Origin = Spelling.Of(ConfigOrigin.File),
        Position = -1 - i,
    });

    internal static ApiKeyItem Item(StoredKey row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Prefix = row.Prefix,
        Scopes = row.Administrator ? [.. row.Scopes, AdministratorScope] : row.Scopes,
        Models = row.Models,
        Mcp = row.Mcp,
        Limits = Limits(row.Limits),
        Budget = Budget(row.Budget),
        Origin = Spelling.Of(ConfigOrigin.Database),
        CreatedAt = row.CreatedAt,
        ExpiresAt = row.ExpiresAt,
        LastUsedAt = row.LastUsedAt,
        Revoked = row.RevokedAt is not null,
        UserId = row.UserId,
        Position = row.Position,
    };

    private static LimitsBody Limits(LimitsConfig limits) => new(limits.Rpm, limits.Tpm, limits.Concurrency);

    private static BudgetBody? Budget(BudgetConfig? budget) => budget is null ? null : new BudgetBody(budget.Usd, budget.Per);
}
