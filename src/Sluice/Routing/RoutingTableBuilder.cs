using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Pricing;
using Sluice.Protocol;
using Sluice.Providers;
using Sluice.Telemetry;

namespace Sluice.Routing;

/// <summary>Makes the routing table of a configuration snapshot.</summary>
internal sealed class RoutingTableBuilder(
    ProviderRegistry registry, CredentialDirectory credentials, SimulatorAddress simulator, GatewayMetrics metrics, IPriceFeed prices, TimeProvider time)
{
    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    public RoutingTable Build(ConfigSnapshot snapshot)
    {
        var providers = new Dictionary<string, ProviderRuntime>(StringComparer.Ordinal);
        foreach (var config in snapshot.Config.Providers)
        {
            // A type of a later version is accepted by the configuration, which says so; its targets are left out here.
            if (registry.Find(config.Type) is { } provider && BaseUrlOf(config, provider) is { } baseUrl)
            {
                var slots = credentials.Slots(config, provider, baseUrl);
                providers[config.Name] = new ProviderRuntime(config, provider, baseUrl, slots);
            }
        }

        var exact = new Dictionary<string, ModelRoute>(StringComparer.Ordinal);
        var patterns = new List<RoutingTable.PatternRoute>();
        foreach (var model in snapshot.Config.Models)
        {
            if (model.Name.Contains('*', StringComparison.Ordinal))
            {
                patterns.Add(new RoutingTable.PatternRoute(model.Name, name => RouteOf(model, name, providers)));
                foreach (var known in KnownModels(model, providers))
                {
                    // A pattern further up may match the name too, and then it is the one that routes it.
                    exact.TryAdd(known, patterns.First(pattern => NamePattern.Matches(pattern.Pattern, known)).Make(known));
                }
            }
            else
            {
                exact[model.Name] = RouteOf(model, model.Name, providers);
            }
        }

        if (snapshot.Config.Models.Count == 0)
        {
            OfferOwnLists(providers.Values, exact, patterns);
        }

        return new RoutingTable(
            snapshot.Generation, exact.Values, patterns, providers.Values, DirectRoute, ImpliedRoutes(exact, patterns, providers.Values));
    }

    private static RoutingStrategy StrategyOf(string name) => name switch
    {
        "weighted" => RoutingStrategy.Weighted,
        "round_robin" => RoutingStrategy.RoundRobin,
        "least_busy" => RoutingStrategy.LeastBusy,
        "cost" => RoutingStrategy.Cost,
        "quality" => RoutingStrategy.Quality,
        "speed" => RoutingStrategy.Speed,
        "adaptive" => RoutingStrategy.Adaptive,
        _ => RoutingStrategy.Priority,
    };

    private ModelRoute RouteOf(ModelConfig model, string name, Dictionary<string, ProviderRuntime> providers)
    {
        var targets = new List<RouteTarget>(model.Targets.Count);
        foreach (var target in model.Targets)
        {
            if (providers.TryGetValue(target.Provider, out var provider))
            {
                var upstream = target.Model is "" or "*" ? name : target.Model;
                targets.Add(TargetOf(provider, upstream, target, model.Name));
            }
        }

        return new ModelRoute(name, StrategyOf(model.Strategy), [.. targets])
        {
            Info = targets.Count > 0 ? targets[0].Provider.Descriptor.FindModel(targets[0].Model) : null,
        };
    }

    /// <param name="provider">Who serves.</param>
    /// <param name="model">The vendor's model id.</param>
    /// <param name="target">The configuration's row; null where a provider is reached without one.</param>
    /// <param name="label">The model's name in metrics: a name of the configuration or of a catalogue, never a client's text.</param>
    private RouteTarget TargetOf(ProviderRuntime provider, string model, TargetConfig? target, string label)
    {
        model = provider.Descriptor.Spelling(model);
        var priced = new PricedModel(provider.Name, provider.Descriptor.Type, model);
        var price = PriceBook.Resolve(in priced, target, provider.Descriptor.FindModel(model), prices.Imported, Today);
        return new RouteTarget(
            provider, model, target?.Priority ?? 1, target?.Weight ?? 1, price, metrics.Target(provider.Name, label, provider.Identity))
        {
            Info = provider.Descriptor.FindModel(model),
        };
    }

    /// <summary>The vendor's own servers refuse a model that the vendor has retired; a server that only speaks its dialect may have it.</summary>
    private ModelRoute DirectRoute(ProviderRuntime provider, string name, string model)
    {
        var info = provider.Descriptor.FindModel(model);
        var isRetired = info?.IsRetired(Today) == true && provider.IsAtVendor;
        return new ModelRoute(name, RoutingStrategy.Priority, isRetired ? [] : [TargetOf(provider, model, null, LabelOf(provider, model))])
        {
            Info = info,
            IsRetired = isRetired,
        };
    }

    /// <summary>
    /// For each model that requests may leave unsaid: where nothing that is configured serves it, every provider that has
    /// models for the operation, in their order. The body names no model, so each vendor takes its own default.
    /// </summary>
    private List<ModelRoute> ImpliedRoutes(
        Dictionary<string, ModelRoute> exact, List<RoutingTable.PatternRoute> patterns, IReadOnlyCollection<ProviderRuntime> providers)
    {
        var routes = new List<ModelRoute>();
        foreach (var operation in Operation.All.Where(operation => operation.ImpliedModel.Length > 0))
        {
            var name = operation.ImpliedModel;
            var configured = exact.GetValueOrDefault(name)
                ?? patterns.FirstOrDefault(pattern => NamePattern.Matches(pattern.Pattern, name))?.Make(name);
            if (configured is null || configured.Order(operation, takesTurn: false).Length == 0)
            {
                var targets = providers
                    .Select(provider => (Provider: provider, Model: ModelFor(operation, provider)))
                    .Where(serving => serving.Model is not null)
                    .Select((serving, at) => TargetOf(
                        serving.Provider,
                        serving.Model!,
                        new TargetConfig { Provider = serving.Provider.Name, Model = serving.Model!, Priority = at + 1 },
                        LabelOf(serving.Provider, serving.Model!)))
                    .ToArray();
                if (targets.Length > 0)
                {
                    routes.Add(new ModelRoute(name, RoutingStrategy.Priority, targets) { Info = targets[0].Provider.Descriptor.FindModel(targets[0].Model) });
                }
            }
        }

        return routes;
    }

    /// <summary>The provider's model for an operation whose request names none; null when it does not serve it.</summary>
    private string? ModelFor(Operation operation, ProviderRuntime provider)
    {
        if (!provider.Serves(operation))
        {
            return null;
        }

        var known = Current(provider.Descriptor).Where(info => info.Operations.Contains(operation.Name)).ToList();
        return known.Exists(info => info.IsNamed(operation.ImpliedModel)) || provider.Descriptor.Models.Count == 0
            ? operation.ImpliedModel
            : known.FirstOrDefault()?.Id;
    }

    /// <summary>The names of a pattern's providers that match it, so that they can be listed.</summary>
    private IEnumerable<string> KnownModels(ModelConfig model, Dictionary<string, ProviderRuntime> providers)
        => from target in model.Targets
           where target.Model is "" or "*" && providers.ContainsKey(target.Provider)
           from info in Current(providers[target.Provider].Descriptor)
           where NamePattern.Matches(model.Name, info.Id)
           select info.Id;

    /// <summary>With no models configured, each provider's own list is offered; a name that two providers share fails over in their order.</summary>
    private void OfferOwnLists(
        IEnumerable<ProviderRuntime> providers, Dictionary<string, ModelRoute> exact, List<RoutingTable.PatternRoute> patterns)
    {
        var byName = new Dictionary<string, List<ProviderRuntime>>(StringComparer.Ordinal);
        var open = new List<ProviderRuntime>();
        foreach (var provider in providers)
        {
            foreach (var info in Current(provider.Descriptor))
            {
                (byName.TryGetValue(info.Id, out var list) ? list : byName[info.Id] = []).Add(provider);
            }

            // A vendor without a catalogue (a local server, an aggregator) knows its own names: they are passed on as asked.
            if (provider.Descriptor.Models.Count == 0)
            {
                open.Add(provider);
            }

            foreach (var pattern in provider.Descriptor.AlsoServes)
            {
                patterns.Add(new RoutingTable.PatternRoute(pattern, name => OwnRoute(name, [provider])));
            }
        }

        foreach (var (name, serving) in byName)
        {
            exact[name] = OwnRoute(name, serving);
        }

        if (open.Count > 0)
        {
            patterns.Add(new RoutingTable.PatternRoute("*", name => OwnRoute(name, open)));
        }

        ModelRoute OwnRoute(string name, List<ProviderRuntime> serving)
        {
            var targets = serving.Select((provider, at)
                => TargetOf(provider, name, new TargetConfig { Provider = provider.Name, Model = name, Priority = at + 1 }, LabelOf(provider, name)));
            return new ModelRoute(name, RoutingStrategy.Priority, [.. targets]) { Info = serving[0].Descriptor.FindModel(name) };
        }
    }

    private static string LabelOf(ProviderRuntime provider, string model) => provider.Descriptor.FindModel(model)?.Id ?? "other";

    private IEnumerable<ModelInfo> Current(ProviderDescriptor descriptor)
    {
        var today = Today;
        return descriptor.Models.Where(info => !info.IsRetired(today));
    }

    private string? BaseUrlOf(ProviderConfig config, IProvider provider)
    {
        if (config.BaseUrl.Length > 0)
        {
            return config.BaseUrl;
        }

        return config.Type == "simulator" ? simulator.Url ?? SimulatorAddress.NotStarted
            : provider.Descriptor.Platform?.BaseUrlOf(config.Location) ?? provider.Descriptor.DefaultBaseUrl;
    }
}
