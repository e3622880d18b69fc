using Sluice.Admin.Http;
using Sluice.Auth;

namespace Sluice.Admin.Accounts;

/// <summary>The API keys of the caller's account. A key of another account is as unknown as one that never was.</summary>
internal sealed class OwnKeyEndpoints(ApiKeyStore keys, TimeProvider time)
{
    private const int MostKeys = 100;
    private const int LongestOverlap = 30 * 24 * 3600;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/auth/api-keys");
        group.WithTags("Accounts").WithAccess(Access.Account);
        group.MapOperation("GET", "", "List the own API keys, newest first", ListAsync).Takes(OperationMetadata.Paging).Answers<Page<ApiKeyItem>>();
        group.MapOperation("POST", "", "Make an API key; its text is shown this once", context => CreateAsync(context, context.AccountId()))
            .Takes<CreateOwnKeyBody>().Answers<CreatedApiKeyItem>(StatusCodes.Status201Created);
        group.MapOperation("DELETE", "/{id}", "Revoke an API key, effective at once", RevokeAsync).Answers(StatusCodes.Status204NoContent);
        group.MapOperation("POST", "/{id}/rotate", "Give an API key a new text, shown this once; the old one may hold on for a while", RotateAsync)
            .Takes<RotateApiKeyBody>().Answers<CreatedApiKeyItem>();
    }

    /// <summary>Makes a key for an account, whoever asks.</summary>
    internal async Task CreateAsync(HttpContext context, string userId)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.CreateOwnKeyBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var key = new NewApiKey(
            check.Name("name", body.Name),
            check.ModelPatterns("models", body.Models),
            check.Limits(body.Limits),
            check.Budget(body.Budget),
            check.Future("expires_at", body.ExpiresAt, time.GetUtcNow()),
            Administrator: false)
        {
            UserId = userId,
            Scopes = check.OneOrMoreOf("scopes", body.Scopes ?? ["inference"], KeyScopeNames.All),
        };
        if (key.Scopes.Count == 0)
        {
            check.Refuse("scopes", "must have at least one scope");
        }

        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var created = await keys.CreateAsync(key, connection => ApiKeyStore.CountOf(connection, userId) < MostKeys, context.RequestAborted);
        await (created is null
            ? context.WriteProblemAsync(AccountErrors.TooManyKeys)
            : context.WriteJsonAsync(
                new CreatedApiKeyItem(created.Id, created.Key, created.Prefix, key.Name), AccountJson.Default.CreatedApiKeyItem, StatusCodes.Status201Created));
    }

    private Task ListAsync(HttpContext context)
        => context.WritePageAsync(keys.ListOf(context.AccountId()).ConvertAll(ApiKeyEndpoints.Item), AccountJson.Default.PageApiKeyItem);

    private async Task RevokeAsync(HttpContext context)
    {
        if (await keys.RevokeOfAsync(context.AccountId(), context.Id()))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }
    }

    private async Task RotateAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AccountJson.Default.RotateApiKeyBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        if (body.OverlapSeconds is < 0 or > LongestOverlap)
        {
            check.Refuse("overlap_seconds", $"must be from 0 to {LongestOverlap}");
        }

        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var (user, id) = (context.AccountId(), context.Id());
        if (await keys.RotateOfAsync(user, id, TimeSpan.FromSeconds(body.OverlapSeconds ?? 0)) is { } rotated)
        {
            await context.WriteJsonAsync(
                new CreatedApiKeyItem(rotated.Id, rotated.Key, rotated.Prefix, keys.Find(id)?.Name ?? ""), AccountJson.Default.CreatedApiKeyItem);
        }
        else
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }
    }
}
