using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Protocol.Canonical;
using Sluice.Routing;

namespace Sluice.Admin;

/// <summary><c>/api/admin/prices</c>: what each model costs now, and who says so.</summary>
internal sealed class PriceEndpoints(IServiceProvider services)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/prices", "Prices");
        group.MapOperation("GET", "", "List the prices in force with their origin", ListAsync)
            .Takes(new QueryParameter("model", "Only this model, also one that is offered through a pattern; every offered model when absent."))
            .Answers<PriceTable>();
    }

    private Task ListAsync(HttpContext context)
    {
        var query = new Query(context.Request);
        var name = query.Text("model");
        if (query.Error is { } error)
        {
            return context.WriteProblemAsync(error, query.Errors);
        }

        var snapshot = services.GetRequiredService<GatewayRuntime>().Current;
        var found = name is null ? snapshot.Routes.Offered : snapshot.Routes.Find(name) is { } route ? [route] : [];
        var items = from offered in found
                    orderby offered.Name
                    from target in offered.Targets
                    select Item(offered.Name, target);
        return context.WriteJsonAsync(new PriceTable([.. items], snapshot.Config.Pricing.Unpriced), AdminJson.Default.PriceTable);
    }

    private static PriceItem Item(string name, RouteTarget target)
    {
        var price = target.Price;
        return new PriceItem
        {
            Model = name,
            Provider = target.Provider.Name,
            UpstreamModel = target.Model,
            Origin = price is null ? "unpriced" : price.Id[..price.Id.IndexOf(':', StringComparison.Ordinal)],
            PriceId = price?.Id,
            Price = ModelAdministrationEndpoints.Price(price?.Price),
            LongContextAbove = price?.Price.LongContext?.AboveInputTokens,
            Tiers = [.. Enum.GetValues<ServiceTier>().Where(tier => price?.Price.Of(tier) is not null).Select(tier => Spelling.Of(tier))],
        };
    }
}
