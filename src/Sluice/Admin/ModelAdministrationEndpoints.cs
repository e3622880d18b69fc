using Sluice.Admin.Http;
using Sluice.Admin.Overlay;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Providers;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin;

/// <summary><c>/api/admin/models</c>: the names that clients ask for and where each is served.</summary>
internal sealed class ModelAdministrationEndpoints(
    ConfigurationChanges changes, ConfigurationStore store, IConfigurationSource configuration, TimeProvider time)
{
    private const string What = "model";

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/models", "Models");
        group.MapOperation("GET", "", "List the models", ListAsync).Takes(OperationMetadata.Paging).Answers<Page<ModelItem>>();
        group.MapOperation("POST", "", "Add a model", CreateAsync).Takes<CreateModelBody>().Answers<ModelItem>(StatusCodes.Status201Created);
        group.MapOperation("GET", "/{id}", "Show a model", GetAsync).Answers<ModelItem>();
        group.MapOperation("PUT", "/{id}", "Replace a model's strategy and targets", ReplaceAsync).Takes<ReplaceModelBody>().Answers<ModelItem>();
        group.MapOperation("DELETE", "/{id}", "Delete a model", DeleteAsync).Answers(StatusCodes.Status204NoContent);
    }

    private Task ListAsync(HttpContext context) => context.WritePageAsync(Items(), AdminJson.Default.PageModelItem);

    private async Task CreateAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.CreateModelBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var model = new StoredModel(0, RandomId.Create("mdl_"), check.Name("name", body.Name), time.GetUtcNow())
        {
            Strategy = check.Strategy(body.Strategy),
            Targets = check.Targets(body.Targets, ProviderNames()),
        };
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var isTaken = configuration.Current.Config.Models.Any(other => other.Name == model.Name);
        var errors = isTaken ? null : await changes.ApplyAsync(
            rows => rows.Models.Any(other => other.Name == model.Name) ? null : rows with { Models = [model, .. rows.Models] },
            connection => store.Insert(connection, model),
            context.RequestAborted);
        if (errors is null)
        {
            await context.WriteProblemAsync(AdminErrors.NameTaken(What, model.Name));
            return;
        }

        if (!await context.IsRefusedAsync(errors))
        {
            await context.WriteJsonAsync(Items().First(item => item.Id == model.Id), AdminJson.Default.ModelItem, StatusCodes.Status201Created);
        }
    }

    private Task GetAsync(HttpContext context) => context.WriteItemAsync(Items(), AdminJson.Default.ModelItem);

    private async Task ReplaceAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.ReplaceModelBody) is not { } body || await OursAsync(context) is not { } old)
        {
            return;
        }

        var check = new BodyCheck();
        var model = old with { Strategy = check.Strategy(body.Strategy), Targets = check.Targets(body.Targets, ProviderNames()) };
        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var errors = await changes.ApplyAsync(
            rows => rows.Models.Any(row => row.Id == old.Id) ? rows with { Models = [.. rows.Models.Select(row => row.Id == old.Id ? model : row)] } : null,
            connection => store.Update(connection, model),
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
            rows => rows.Models.Any(row => row.Id == old.Id) ? rows with { Models = [.. rows.Models.Where(row => row.Id != old.Id)] } : null,
            connection => ConfigurationStore.Delete(connection, old),
            context.RequestAborted);
        if (!await context.IsRefusedAsync(errors))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private IEnumerable<string> ProviderNames() => configuration.Current.Config.Providers.Select(provider => provider.Name);

    /// <summary>The database's model of the path's id; otherwise answers why not.</summary>
    private async Task<StoredModel?> OursAsync(HttpContext context)
    {
        var id = context.Id();
        var row = changes.Rows.Models.FirstOrDefault(model => model.Id == id);
        if (row is null)
        {
            var other = configuration.Current.Config.Models.FirstOrDefault(model => IdOf(model.Name) == id);
            await context.WriteProblemAsync(other is null ? AdminErrors.NotFound : AdminErrors.ReadOnly(What, other.Origin));
        }

        return row;
    }

    private List<ModelItem> Items()
    {
        var items = changes.Rows.Models.Select(row => Item(row.Id, row.ToConfig(), row.Position, row.CreatedAt)).ToList();
        items.AddRange(configuration.Current.Config.Models.Where(model => model.Origin != ConfigOrigin.Database)
            .Select((model, i) => Item(IdOf(model.Name), model, -1 - i, createdAt: null)));
        return items;
    }

    private static ModelItem Item(string id, ModelConfig model, long position, DateTimeOffset? createdAt) => new()
    {
        Id = id,
        Name = model.Name,
        Strategy = model.Strategy,
        Targets =
        [
            .. model.Targets.Select(target => new TargetBody
            {
                Provider = target.Provider,
                Model = target.Model,
                Priority = target.Priority,
                Weight = target.Weight,
                Price = Price(target.Price),
            }),
        ],
        Origin = Spelling.Of(model.Origin),
        CreatedAt = createdAt,
        Position = position,
    };

    internal static PriceBody? Price(ModelPrice? price) => price is null ? null : new PriceBody
    {
        Input = price.Input,
        Output = price.Output,
        CacheRead = price.CacheRead,
        CacheWrite5m = price.CacheWrite5m,
        CacheWrite1h = price.CacheWrite1h,
        Reasoning = price.Reasoning,
        AudioInput = price.AudioInput,
        AudioOutput = price.AudioOutput,
        ImageInput = price.ImageInput,
        ImageOutput = price.ImageOutput,
        Image = price.Image,
        Images = price.Images.Count == 0 ? null : [.. price.Images.Select(image => new ImagePriceBody(image.Size, image.Quality, image.Usd))],
        Second = price.Second,
        Page = price.Page,
        Character = price.Character,
        Request = price.Request,
        WebSearch = price.WebSearch,
    };

    /// <summary>Models that have no row are known by their name.</summary>
    private static string IdOf(string name) => RandomId.Derive("mdl_", name);
}
