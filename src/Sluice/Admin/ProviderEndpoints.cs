using Sluice.Admin.Http;
using Sluice.Admin.Overlay;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Configuration.Schema;
using Sluice.Protocol;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary><c>/api/admin/providers</c>: those of the database, which can be changed here, and those of the file, which cannot.</summary>
internal sealed class ProviderEndpoints(
    ConfigurationChanges changes, ConfigurationStore store, IConfigurationSource configuration, AdministrationOptions options, TimeProvider time)
{
    private const string What = "provider";

    private readonly string[] _types = [.. options.ProviderTypes.Select(type => type.Name)];

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/providers", "Providers");
        group.MapOperation("GET", "", "List the providers", ListAsync).Takes(OperationMetadata.Paging).Answers<Page<ProviderItem>>();
        group.MapOperation("POST", "", "Add a provider", CreateAsync).Takes<CreateProviderBody>().Answers<ProviderItem>(StatusCodes.Status201Created);
        group.MapOperation("GET", "/{id}", "Show a provider", GetAsync).Answers<ProviderItem>();
        group.MapOperation("PUT", "/{id}", "Replace a provider's settings", ReplaceAsync).Takes<ReplaceProviderBody>().Answers<ProviderItem>();
        group.MapOperation("DELETE", "/{id}", "Delete a provider with its credentials", DeleteAsync).Answers(StatusCodes.Status204NoContent);
    }

    private Task ListAsync(HttpContext context) => context.WritePageAsync(Items(), AdminJson.Default.PageProviderItem);

    private async Task CreateAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.CreateProviderBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var name = check.ProviderName("name", body.Name);
        var provider = Checked(check, new StoredProvider(0, RandomId.Create("prv_"), name, time.GetUtcNow()) { Type = "" },
            body.Type, body.BaseUrl, body.Location, body.Dialects, body.Timeouts);
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var isTaken = configuration.Current.Config.Providers.Any(other => other.Name == name);
        var errors = isTaken ? null : await changes.ApplyAsync(
            rows => rows.Providers.Any(other => other.Name == name) ? null : rows with { Providers = [provider, .. rows.Providers] },
            connection => store.Insert(connection, provider),
            context.RequestAborted);
        if (errors is null)
        {
            await context.WriteProblemAsync(AdminErrors.NameTaken(What, name));
            return;
        }

        if (!await context.IsRefusedAsync(errors))
        {
            await context.WriteJsonAsync(Items().First(item => item.Id == provider.Id), AdminJson.Default.ProviderItem, StatusCodes.Status201Created);
        }
    }

    private Task GetAsync(HttpContext context) => context.WriteItemAsync(Items(), AdminJson.Default.ProviderItem);

    private async Task ReplaceAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.ReplaceProviderBody) is not { } body || await OursAsync(context) is not { } old)
        {
            return;
        }

        var check = new BodyCheck();
        var provider = Checked(check, old, body.Type ?? old.Type, body.BaseUrl, body.Location, body.Dialects, body.Timeouts);
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var errors = await changes.ApplyAsync(
            rows => rows.Providers.Any(row => row.Id == old.Id) ? rows with { Providers = [.. rows.Providers.Select(row => row.Id == old.Id ? provider : row)] } : null,
            connection => store.Update(connection, provider),
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

        var users = configuration.Current.Config.Models
            .Where(model => model.Targets.Any(target => target.Provider == old.Name)).Select(model => model.Name).ToList();
        if (users.Count > 0)
        {
            await context.WriteProblemAsync(AdminErrors.InUse(What, old.Name, users));
            return;
        }

        var errors = await changes.ApplyAsync(
            rows => rows.Providers.All(row => row.Id != old.Id) ? null : rows with
            {
                Providers = [.. rows.Providers.Where(row => row.Id != old.Id)],
                Credentials = [.. rows.Credentials.Where(credential => credential.Provider != old.Name)],
            },
            connection => ConfigurationStore.Delete(connection, old),
            context.RequestAborted);
        if (!await context.IsRefusedAsync(errors))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private StoredProvider Checked(
        BodyCheck check, StoredProvider provider, string? type, string? baseUrl, string? location, IReadOnlyList<string>? dialects, TimeoutsBody? timeouts)
    {
        var name = check.OneOf("type", type, _types);
        var url = check.Url("base_url", baseUrl, "http", "https");
        if (url.Length == 0 && options.ProviderTypes.Any(known => known.Name == name && known.RequiresBaseUrl))
        {
            check.Refuse("base_url", $"is missing; the type {name} has no default");
        }

        return provider with
        {
            Type = name,
            BaseUrl = url,
            Location = string.IsNullOrEmpty(location) ? "" : check.Name("location", location),
            Dialects = check.OneOrMoreOf("dialects", dialects, DialectNames.All),
            Timeouts = check.Timeouts(timeouts),
        };
    }

    /// <summary>The database's provider of the path's id; otherwise answers why not.</summary>
    private async Task<StoredProvider?> OursAsync(HttpContext context)
    {
        var id = context.Id();
        var row = changes.Rows.Providers.FirstOrDefault(provider => provider.Id == id);
        if (row is null)
        {
            var other = configuration.Current.Config.Providers.FirstOrDefault(provider => IdOf(provider.Name) == id);
            await context.WriteProblemAsync(other is null ? AdminErrors.NotFound : AdminErrors.ReadOnly(What, other.Origin));
        }

        return row;
    }

    private List<ProviderItem> Items()
    {
        var inForce = configuration.Current.Config.Providers;
        var credentials = inForce.ToDictionary(provider => provider.Name, provider => provider.Credentials.Count, StringComparer.Ordinal);
        var items = changes.Rows.Providers.Select(row => Item(row.Id, row.ToConfig(), row.Position, row.CreatedAt)).ToList();
        items.AddRange(inForce.Where(provider => provider.Origin != ConfigOrigin.Database)
            .Select((provider, i) => Item(IdOf(provider.Name), provider, -1 - i, createdAt: null)));
        return items;

        ProviderItem Item(string id, ProviderConfig provider, long position, DateTimeOffset? createdAt) => new()
        {
            Id = id,
            Name = provider.Name,
            Type = provider.Type,
            BaseUrl = provider.BaseUrl.Length > 0 ? provider.BaseUrl : options.DefaultBaseUrl(provider.Type, provider.Location),
            Location = provider.Location,
            Dialects = provider.Dialects,
            Timeouts = new TimeoutsBody(
                DurationText.Format(provider.Timeouts.Connect), DurationText.Format(provider.Timeouts.FirstToken),
                DurationText.Format(provider.Timeouts.Idle), DurationText.Format(provider.Timeouts.Total)),
            Credentials = credentials.GetValueOrDefault(provider.Name),
            Origin = Spelling.Of(provider.Origin),
            CreatedAt = createdAt,
            Position = position,
        };
    }

    /// <summary>Providers that have no row are known by their name.</summary>
    private static string IdOf(string name) => RandomId.Derive("prv_", name);
}
