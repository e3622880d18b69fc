using Sluice.Admin.Http;
using Sluice.Admin.Overlay;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary>
/// <c>/api/admin/credentials</c>: what calls go out with, never the secret. Credentials of the file are shown and cannot be
/// changed here.
/// </summary>
internal sealed class CredentialEndpoints(
    CredentialItems items, ConfigurationChanges changes, ConfigurationStore store, IConfigurationSource configuration, TimeProvider time)
{
    private const string What = "credential";
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/credentials", "Credentials");
        group.MapOperation("GET", "", "List the credentials with their states", ListAsync).Takes(OperationMetadata.Paging).Answers<Page<CredentialItem>>();
        group.MapOperation("POST", "", "Add a credential to a provider", CreateAsync)
            .Takes<CreateCredentialBody>().Answers<CredentialItem>(StatusCodes.Status201Created);
        group.MapOperation("GET", "/{id}", "Show a credential", GetAsync).Answers<CredentialItem>();
        group.MapOperation("PATCH", "/{id}", "Change a credential or its secret", ChangeAsync).Takes<ChangeCredentialBody>().Answers<CredentialItem>();
        group.MapOperation("PUT", "/{id}", "Change a credential or its secret; the same as PATCH", ChangeAsync).Takes<ChangeCredentialBody>().Answers<CredentialItem>();
        group.MapOperation("DELETE", "/{id}", "Delete a credential", DeleteAsync).Answers(StatusCodes.Status204NoContent);
    }

    private Task ListAsync(HttpContext context) => context.WritePageAsync(items.All(), AdminJson.Default.PageCredentialItem);

    private Task GetAsync(HttpContext context) => context.WriteItemAsync(items.All(), AdminJson.Default.CredentialItem);

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
            ImageConcurrency = check.Number("image_concurrency", body.ImageConcurrency, 0),
            VideoConcurrency = check.Number("video_concurrency", body.VideoConcurrency, 0),
            Tags = check.Tags(body.Tags) ?? [],
            Proxy = check.Proxy(body.Proxy),
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
            await context.WriteJsonAsync(items.All().First(item => item.Id == credential.Id), AdminJson.Default.CredentialItem, StatusCodes.Status201Created);
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
            ApiKey = body.ApiKey is null && !old.IsUnreadable ? old.ApiKey : check.Secret("api_key", body.ApiKey),
            ServiceAccountJson = body.ApiKey is null ? old.ServiceAccountJson : default,
            Weight = check.Number("weight", body.Weight, old.Weight),
            MaxConcurrency = check.Number("max_concurrency", body.MaxConcurrency, old.MaxConcurrency),
            ImageConcurrency = check.Number("image_concurrency", body.ImageConcurrency, old.ImageConcurrency),
            VideoConcurrency = check.Number("video_concurrency", body.VideoConcurrency, old.VideoConcurrency),
            Tags = check.Tags(body.Tags) ?? old.Tags,
            Proxy = body.Proxy is null ? old.Proxy : check.Proxy(body.Proxy),
            IsUnreadable = false,
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

    /// <summary>The database's credential of the path's id; otherwise answers why not.</summary>
    private async Task<StoredCredential?> OursAsync(HttpContext context)
    {
        var id = context.Id();
        var row = changes.Rows.Credentials.FirstOrDefault(credential => credential.Id == id);
        if (row is null)
        {
            var origins = from provider in configuration.Current.Config.Providers
                          from credential in provider.Credentials
                          where CredentialItems.IdOf(provider.Name, credential.Name) == id
                          select (ConfigOrigin?)credential.Origin;
            await context.WriteProblemAsync(origins.FirstOrDefault() is { } origin ? AdminErrors.ReadOnly(What, origin) : AdminErrors.NotFound);
        }

        return row;
    }
}
