using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Auth.Google;
using Sluice.Credentials;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary><c>/api/admin/virtual-service-accounts</c>: accounts that Google's own libraries take for service accounts.</summary>
internal sealed class VirtualServiceAccountEndpoints(VirtualServiceAccountStore store, IConfigurationSource configuration, TimeProvider time)
{
    private const int LongestOverlap = 30 * 24 * 3600;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/virtual-service-accounts", "Virtual service accounts");
        group.MapOperation("GET", "", "List the virtual service accounts, newest first", ListAsync).Takes(OperationMetadata.Paging).Answers<Page<VirtualServiceAccountItem>>();
        group.MapOperation("POST", "", "Make an account and its Google key file, which is shown this once", CreateAsync)
            .Takes<CreateVirtualServiceAccountBody>().Answers<IssuedVirtualServiceAccountItem>(StatusCodes.Status201Created);
        group.MapOperation("GET", "/{id}", "Show an account", GetAsync).Answers<VirtualServiceAccountItem>();
        group.MapOperation("DELETE", "/{id}", "Delete an account; its tokens end at once", DeleteAsync).Answers(StatusCodes.Status204NoContent);
        group.MapOperation("POST", "/{id}/disable", "Disable an account; its tokens end at once", context => SwitchAsync(context, enabled: false)).Answers<VirtualServiceAccountItem>();
        group.MapOperation("POST", "/{id}/enable", "Enable an account again", context => SwitchAsync(context, enabled: true)).Answers<VirtualServiceAccountItem>();
        group.MapOperation("POST", "/{id}/rotate", "Make a new key file and client secret; the old ones end after the overlap", RotateAsync)
            .Takes<RotateVirtualServiceAccountBody>().Answers<IssuedVirtualServiceAccountItem>();
        group.MapOperation("POST", "/{id}/authorization-codes", "Make a code for the grant authorization_code", CreateCodeAsync)
            .Takes<CreateAuthorizationCodeBody>().Answers<AuthorizationCodeItem>(StatusCodes.Status201Created);
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

        await context.WriteJsonAsync(
            Page<VirtualServiceAccountItem>.From(store.List(before, limit + 1).ConvertAll(Item), limit), AdminJson.Default.PageVirtualServiceAccountItem);
    }

    private async Task CreateAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.CreateVirtualServiceAccountBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var account = new NewVirtualServiceAccount(
            check.Name("name", body.Name),
            check.ModelPatterns("models", body.Models),
            check.Limits(body.Limits),
            check.Budget(body.Budget),
            Bound(check, body.Credentials),
            check.Future("expires_at", body.ExpiresAt, time.GetUtcNow()));
        if (!await context.IsRefusedAsync(check))
        {
            await WriteIssuedAsync(context, await store.CreateAsync(account, Origin(context)), StatusCodes.Status201Created);
        }
    }

    private async Task GetAsync(HttpContext context)
    {
        if (await FoundAsync(context) is { } account)
        {
            await context.WriteJsonAsync(Item(account), AdminJson.Default.VirtualServiceAccountItem);
        }
    }

    private async Task SwitchAsync(HttpContext context, bool enabled)
    {
        await store.SetEnabledAsync(context.Id(), enabled);
        await GetAsync(context);
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (await store.DeleteAsync(context.Id()))
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
        var body = HasNoBody(context) ? new RotateVirtualServiceAccountBody() : await context.ReadJsonAsync(AdminJson.Default.RotateVirtualServiceAccountBody);
        if (body is null || await FoundAsync(context) is not { } account)
        {
            return;
        }

        var check = new BodyCheck();
        var overlap = body.OverlapSeconds ?? 0;
        if (overlap is < 0 or > LongestOverlap)
        {
            check.Refuse("overlap_seconds", $"must be from 0 to {LongestOverlap}");
        }

        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        if (await store.RotateAsync(account, Origin(context), TimeSpan.FromSeconds(overlap)) is { } issued)
        {
            await WriteIssuedAsync(context, issued, StatusCodes.Status200OK);
        }
        else
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }
    }

    private async Task CreateCodeAsync(HttpContext context)
    {
        var body = HasNoBody(context) ? new CreateAuthorizationCodeBody() : await context.ReadJsonAsync(AdminJson.Default.CreateAuthorizationCodeBody);
        if (body is null || await FoundAsync(context) is not { } account)
        {
            return;
        }

        var (code, lifetime) = await store.CreateCodeAsync(account.Id, body.RedirectUri ?? "");
        await context.WriteJsonAsync(new AuthorizationCodeItem(code, (long)lifetime.TotalSeconds), AdminJson.Default.AuthorizationCodeItem, StatusCodes.Status201Created);
    }

    private async Task<VirtualServiceAccount?> FoundAsync(HttpContext context)
    {
        var account = store.Find(context.Id());
        if (account is null)
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }

        return account;
    }

    private async Task WriteIssuedAsync(HttpContext context, IssuedKey issued, int status)
    {
        // Deleted in the same moment: then the key is of no use to anybody.
        if (store.Find(issued.Account) is not { } account)
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
            return;
        }

        var item = Item(account);
        await context.WriteJsonAsync(
            new IssuedVirtualServiceAccountItem
            {
                Id = item.Id,
                Name = item.Name,
                State = item.State,
                Email = item.Email,
                ClientId = item.ClientId,
                Models = item.Models,
                Limits = item.Limits,
                Budget = item.Budget,
                Credentials = item.Credentials,
                Keys = item.Keys,
                CreatedAt = item.CreatedAt,
                ExpiresAt = item.ExpiresAt,
                KeyFile = issued.File,
                ClientSecret = issued.ClientSecret,
            },
            AdminJson.Default.IssuedVirtualServiceAccountItem,
            status);
    }

    /// <summary>Where clients reach Sluice: as it is configured, or else as this request has reached it.</summary>
    private string Origin(HttpContext context)
        => configuration.Current.Config.Server.PublicUrl is { Length: > 0 } url ? url : $"{context.Request.Scheme}://{context.Request.Host.ToUriComponent()}";

    private static bool HasNoBody(HttpContext context) => context.Request.ContentLength is 0 || (context.Request.ContentLength is null && context.Request.ContentType is null);

    /// <summary>Each entry must match a credential that exists: a binding with a misspelt name would refuse every call.</summary>
    private List<BoundCredential>? Bound(BodyCheck check, IReadOnlyList<BoundCredentialBody?>? bodies)
    {
        if (bodies is null)
        {
            return null;
        }

        var providers = configuration.Current.Config.Providers;
        var bound = new List<BoundCredential>(bodies.Count);
        for (var i = 0; i < bodies.Count; i++)
        {
            var field = $"credentials[{i}]";
            var body = bodies[i] ?? new BoundCredentialBody();
            if (body is { Provider: null, Credential: null, Location: null })
            {
                check.Refuse(field, "must name a provider, a credential or a location");
                continue;
            }

            var entry = new BoundCredential(body.Provider, body.Credential, body.Location, check.Number(field + ".weight", body.Weight, 1));
            if (!providers.Any(provider => provider.Credentials.Any(credential => entry.Matches(provider.Name, credential.Name, provider.Location))))
            {
                check.Refuse(field, "matches no credential that is configured");
            }

            bound.Add(entry);
        }

        return bound;
    }

    private VirtualServiceAccountItem Item(VirtualServiceAccount account)
    {
        var now = time.GetUtcNow();
        return new VirtualServiceAccountItem
        {
            Id = account.Id,
            Name = account.Name,
            State = account.DisabledAt is not null ? "disabled" : account.IsEnabled(now) ? "enabled" : "expired",
            Email = account.Email,
            ClientId = account.ClientId,
            Models = account.Models,
            Limits = new LimitsBody(account.Limits.Rpm, account.Limits.Tpm, account.Limits.Concurrency),
            Budget = account.Budget is { } budget ? new BudgetBody(budget.Usd, budget.Per) : null,
            Credentials = [.. account.Credentials.Select(one => new BoundCredentialBody(one.Provider, one.Credential, one.Location, one.Weight))],
            Keys = [.. account.Keys.Where(key => !key.IsSecret && key.IsLive(now)).Select(key => new VirtualKeyItem(key.Id, key.EndsAt))],
            CreatedAt = account.CreatedAt,
            ExpiresAt = account.ExpiresAt,
            Position = account.Position,
        };
    }
}
