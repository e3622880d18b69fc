using Sluice.Admin.Http;
using Sluice.Admin.Overlay;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Credentials.Tokens;
using Sluice.Protocol.Canonical;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary>
/// <c>/api/admin/credentials</c>: what calls go out with, never the secret. Credentials of the file cannot be changed here, but
/// enabled, disabled, drained and tested like those of the database.
/// </summary>
internal sealed class CredentialEndpoints(
    ConfigurationChanges changes, ConfigurationStore store, IConfigurationSource configuration, ICredentialRuntime runtime, ITokenRefresher tokens, TimeProvider time)
{
    private const string What = "credential";
    private const string ByHand = "set by an administrator";

    private static readonly GatewayError IsDisabled = new(
        ErrorKind.Conflict, "credential_disabled", "The credential is disabled or draining. Enable it instead.");

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/credentials", "Credentials");
        group.MapOperation("GET", "", "List the credentials with their states", ListAsync).Takes(OperationMetadata.Paging).Answers<Page<CredentialItem>>();
        group.MapOperation("POST", "", "Add a credential to a provider", CreateAsync)
            .Takes<CreateCredentialBody>().Answers<CredentialItem>(StatusCodes.Status201Created);
        group.MapOperation("GET", "/{id}", "Show a credential", GetAsync).Answers<CredentialItem>();
        group.MapOperation("PUT", "/{id}", "Change a credential or its secret", ChangeAsync).Takes<ChangeCredentialBody>().Answers<CredentialItem>();
        group.MapOperation("DELETE", "/{id}", "Delete a credential", DeleteAsync).Answers(StatusCodes.Status204NoContent);
        group.MapOperation("POST", "/{id}/test", "Send a smallest call with this credential alone", TestAsync)
            .Takes<TestCredentialBody>().Answers<CredentialTestItem>();
        group.MapOperation("POST", "/{id}/enable", "Let calls use the credential", context => SwitchAsync(context, null)).Answers<CredentialItem>();
        group.MapOperation("POST", "/{id}/disable", "Let no call use the credential", context => SwitchAsync(context, CredentialSwitch.Disabled))
            .Answers<CredentialItem>();
        group.MapOperation("POST", "/{id}/drain", "Let running calls end and no new one begin", context => SwitchAsync(context, CredentialSwitch.Draining))
            .Answers<CredentialItem>();
        group.MapOperation("POST", "/{id}/refresh", "Forget rests and errors, and fetch a new access token where the credential is exchanged for one", RefreshAsync).Answers<CredentialItem>();
    }

    private Task ListAsync(HttpContext context) => context.WritePageAsync(Items(), AdminJson.Default.PageCredentialItem);

    private Task GetAsync(HttpContext context) => context.WriteItemAsync(Items(), AdminJson.Default.CredentialItem);

    private async Task CreateAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.CreateCredentialBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var providers = configuration.Current.Config.Providers;
        check.Exists("provider", body.Provider, [.. providers.Select(provider => provider.Name)]);
        var credential = new StoredCredential(0, RandomId.Create("cred_"), body.Provider ?? "", check.Name("name", body.Name), time.GetUtcNow())
        {
            ApiKey = check.Secret("api_key", body.ApiKey),
            Weight = check.Number("weight", body.Weight, 1),
            MaxConcurrency = check.Number("max_concurrency", body.MaxConcurrency, 0),
            Proxy = check.Url("proxy", body.Proxy, "http", "https", "socks5"),
        };
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var isTaken = providers.Any(provider => provider.Name == credential.Provider && provider.Credentials.Any(other => other.Name == credential.Name));
        var errors = isTaken ? null : await changes.ApplyAsync(
            rows => rows.Credentials.Any(other => other.Provider == credential.Provider && other.Name == credential.Name)
                ? null
                : rows with { Credentials = [credential, .. rows.Credentials] },
            connection => store.Insert(connection, credential),
            context.RequestAborted);
        if (errors is null)
        {
            await context.WriteProblemAsync(AdminErrors.NameTaken(What, credential.Name));
        }
        else if (!await context.IsRefusedAsync(errors))
        {
            await context.WriteJsonAsync(Items().First(item => item.Id == credential.Id), AdminJson.Default.CredentialItem, StatusCodes.Status201Created);
        }
    }

    private async Task ChangeAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.ChangeCredentialBody) is not { } body || await OursAsync(context) is not { } old)
        {
            return;
        }

        var check = new BodyCheck();
        var credential = old with
        {
            Version = old.Version + 1,
            ApiKey = body.ApiKey is null ? old.ApiKey : check.Secret("api_key", body.ApiKey),
            Weight = check.Number("weight", body.Weight, old.Weight),
            MaxConcurrency = check.Number("max_concurrency", body.MaxConcurrency, old.MaxConcurrency),
            Proxy = body.Proxy is null ? old.Proxy : check.Url("proxy", body.Proxy, "http", "https", "socks5"),
        };
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var errors = await changes.ApplyAsync(
            rows => rows.Credentials.Any(row => row.Id == old.Id && row.Version == old.Version)
                ? rows with { Credentials = [.. rows.Credentials.Select(row => row.Id == old.Id ? credential : row)] }
                : null,
            connection => store.Update(connection, credential),
            context.RequestAborted);
        if (!await context.IsRefusedAsync(errors))
        {
            await GetAsync(context);
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        if (await OursAsync(context) is not { } old)
        {
            return;
        }

        var errors = await changes.ApplyAsync(
            rows => rows.Credentials.Any(row => row.Id == old.Id) ? rows with { Credentials = [.. rows.Credentials.Where(row => row.Id != old.Id)] } : null,
            connection => ConfigurationStore.Delete(connection, old),
            context.RequestAborted);
        if (!await context.IsRefusedAsync(errors))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task TestAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.TestCredentialBody) is not { } body || await FoundAsync(context) is not { } item)
        {
            return;
        }

        var check = new BodyCheck();
        var model = check.Name("model", body.Model);
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var result = await runtime.TestAsync(item.Provider, item.Name, model, context.RequestAborted);
        await context.WriteJsonAsync(
            new CredentialTestItem(result.Ok, result.Status, result.Message, result.LatencyMilliseconds), AdminJson.Default.CredentialTestItem);
    }

    private async Task SwitchAsync(HttpContext context, CredentialSwitch? state)
    {
        if (await FoundAsync(context) is not { } item)
        {
            return;
        }

        // First what is running, then what is stored: a credential that leaks must stop now, whatever the disk does.
        var runtimeState = state switch
        {
            null => CredentialState.Ready,
            CredentialSwitch.Draining => CredentialState.Draining,
            _ => CredentialState.Disabled,
        };
        runtime.SetState(item.Provider, item.Name, runtimeState, state is null ? null : ByHand);
        await changes.ForceAsync(connection => ConfigurationStore.Set(connection, item.Provider, item.Name, state), CancellationToken.None);

        // The reload knows only enabled and disabled.
        runtime.SetState(item.Provider, item.Name, runtimeState, state is null ? null : ByHand);
        await GetAsync(context);
    }

    private async Task RefreshAsync(HttpContext context)
    {
        if (await FoundAsync(context) is not { } item)
        {
            return;
        }

        if (changes.Rows.Switches.ContainsKey((item.Provider, item.Name)))
        {
            await context.WriteProblemAsync(IsDisabled);
            return;
        }

        runtime.SetState(item.Provider, item.Name, CredentialState.Ready, null);
        var refreshed = await tokens.RefreshAsync(item.Provider, item.Name, context.RequestAborted);
        if (refreshed.Failure is { } failure)
        {
            await context.WriteProblemAsync(new GatewayError(ErrorKind.UpstreamFailed, "token_refresh_failed", failure.Message));
            return;
        }

        await GetAsync(context);
    }

    /// <summary>Any credential of the path's id; otherwise answers that there is none.</summary>
    private async Task<CredentialItem?> FoundAsync(HttpContext context)
    {
        var item = Items().FirstOrDefault(item => item.Id == context.Id());
        if (item is null)
        {
            await context.WriteProblemAsync(AdminErrors.NotFound);
        }

        return item;
    }

    /// <summary>The database's credential of the path's id; otherwise answers why not.</summary>
    private async Task<StoredCredential?> OursAsync(HttpContext context)
    {
        var id = context.Id();
        var row = changes.Rows.Credentials.FirstOrDefault(credential => credential.Id == id);
        if (row is null)
        {
            var origins = from provider in configuration.Current.Config.Providers
                          from credential in provider.Credentials
                          where IdOf(provider.Name, credential.Name) == id
                          select (ConfigOrigin?)credential.Origin;
            await context.WriteProblemAsync(origins.FirstOrDefault() is { } origin ? AdminErrors.ReadOnly(What, origin) : AdminErrors.NotFound);
        }

        return row;
    }

    private List<CredentialItem> Items()
    {
        var rows = changes.Rows;
        var items = rows.Credentials.Select(row => Item(row.Id, row.Provider, row.ToConfig(), rows, row.Position, row.CreatedAt)).ToList();
        var others = from provider in configuration.Current.Config.Providers
                     from credential in provider.Credentials
                     where credential.Origin != ConfigOrigin.Database
                     select (provider.Name, credential);
        items.AddRange(others.Select(
            (other, i) => Item(IdOf(other.Name, other.credential.Name), other.Name, other.credential, rows, -1 - i, createdAt: null)));
        return items;
    }

    private CredentialItem Item(
        string id, string provider, CredentialConfig credential, StoredConfiguration rows, long position, DateTimeOffset? createdAt)
    {
        var status = runtime.Find(provider, credential.Name);
        var state = rows.Switches.TryGetValue((provider, credential.Name), out var byHand)
            ? byHand == CredentialSwitch.Draining ? CredentialState.Draining : CredentialState.Disabled
            : status?.State ?? CredentialState.Disabled;
        return new CredentialItem
        {
            Id = id,
            Name = credential.Name,
            Provider = provider,
            State = Spelling.Of(state),
            Until = status?.Until,
            Reason = status is null ? "its provider is not configured" : status.Reason,
            Weight = credential.Weight,
            MaxConcurrency = credential.MaxConcurrency,
            Proxy = WithoutUser(credential.Proxy),
            InFlight = status?.InFlight ?? 0,
            ConsecutiveErrors = status?.ConsecutiveErrors ?? 0,
            LastError = status?.LastError,
            Origin = Spelling.Of(credential.Origin),
            CreatedAt = createdAt,
            Position = position,
        };
    }

    private static string WithoutUser(string proxy)
        => Uri.TryCreate(proxy, UriKind.Absolute, out var url) && url.UserInfo.Length > 0
            ? new UriBuilder(url) { UserName = "", Password = "" }.Uri.ToString().TrimEnd('/')
            : proxy;

    /// <summary>Credentials that have no row are known by their provider's name and their own.</summary>
    private static string IdOf(string provider, string name) => RandomId.Derive("cred_", provider, name);
}
