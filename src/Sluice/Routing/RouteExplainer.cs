using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Protocol;

namespace Sluice.Routing;

/// <summary>Explains a route from the snapshot in force, without a call and without taking anybody's turn.</summary>
internal sealed class RouteExplainer(GatewayRuntime runtime, ICallerDirectory callers, TimeProvider time) : IRouteExplainer
{
    public RouteExplanation Explain(RouteQuestion question)
    {
        var snapshot = runtime.Current;
        if (snapshot.Routes.Find(question.Model) is not { } route)
        {
            return new RouteExplanation { Refusal = $"The model '{question.Model}' is not known (404 model_not_found)." };
        }

        if (route.IsRetired)
        {
            return new RouteExplanation { Refusal = $"The vendor has retired the model '{question.Model}' (404 model_not_found)." };
        }

        var refusal = "";
        if (question.Key is { } key)
        {
            var caller = callers.FindByName(key);
            refusal = caller is null ? $"There is no key named '{key}' (401 invalid_api_key)."
                : caller.Models.Allows(route.Name) ? ""
                : $"The key '{key}' may not use this model (403 model_not_allowed).";
        }

        var now = time.GetTimestamp();
        var candidates = new List<RouteCandidate>();
        var leftOut = new List<RouteLeftOut>();
        var operation = OperationFor(route, question.Dialect);
        var serving = operation is null ? [] : route.Order(operation, takesTurn: false);
        foreach (var target in serving)
        {
            var ready = target.Provider.Slots.Where(slot => slot.At(now).State == CredentialState.Ready).Select(slot => slot.Name).ToList();
            if (ready.Count > 0)
            {
                candidates.Add(new RouteCandidate(target.Provider.Name, target.Model, ready, target.Serves(operation!), ReasonOf(route.Strategy, target)));
            }
            else
            {
                leftOut.Add(new RouteLeftOut(target.Provider.Name, target.Model, target.Provider.Slots.Length == 0 ? "it has no credential" : "none of its credentials is ready"));
            }
        }

        leftOut.AddRange(route.Targets.Except(serving).Select(target
            => new RouteLeftOut(target.Provider.Name, target.Model, $"it does not speak {question.Dialect ?? "the dialect of the first target"}, and has no chat model to translate for")));
        if (refusal.Length == 0 && candidates.Count == 0)
        {
            refusal = serving.Length == 0 ? "No target serves this dialect (400 dialect_not_served)." : "No credential is ready (503 no_credential_ready).";
        }

        return new RouteExplanation
        {
            Refusal = refusal,
            MatchedBy = MatchOf(snapshot, route),
            Strategy = ConfigName(route.Strategy),
            Candidates = candidates,
            LeftOut = leftOut,
        };
    }

    /// <summary>The operation that stands for a dialect; without one, the first that any target serves.</summary>
    private static Operation? OperationFor(ModelRoute route, string? dialect)
    {
        if (dialect is not null && DialectNames.TryParse(dialect, out var asked))
        {
            return Operation.All.First(operation => operation.Dialect == asked);
        }

        return Operation.All.FirstOrDefault(operation => route.Targets.Any(target => target.Serves(operation)));
    }

    /// <summary>Why a target stands where it does, in a few words.</summary>
    internal static string ReasonOf(RoutingStrategy strategy, RouteTarget target) => strategy switch
    {
        RoutingStrategy.Weighted => $"weight {target.Weight}",
        RoutingStrategy.RoundRobin => "its turn",
        RoutingStrategy.LeastBusy => $"{target.Provider.InFlight} calls in flight at weight {target.Weight}",
        RoutingStrategy.Cost => target.Price is null ? "unpriced, so last" : "by its price",
        RoutingStrategy.Speed => target.Speed.FirstTokenMicros == 0 ? "not tried yet" : $"{target.Speed.FirstTokenMicros / 1000:F1} ms to the first byte of late",
        RoutingStrategy.Adaptive => $"success {target.Speed.Success:P0}, {target.Speed.FirstTokenMicros / 1000:F1} ms to the first byte of late",
        _ => $"priority {target.Priority}, weight {target.Weight}",
    };

    private static string ConfigName(RoutingStrategy strategy) => strategy switch
    {
        RoutingStrategy.RoundRobin => "round_robin",
        RoutingStrategy.LeastBusy => "least_busy",
        _ => strategy.ToString().ToLowerInvariant(),
    };

    /// <summary>In the order of <see cref="RoutingTable.Find"/>: the name itself, a provider's prefix, the first pattern.</summary>
    private static string MatchOf(RuntimeSnapshot snapshot, ModelRoute route)
    {
        var models = snapshot.Config.Models;
        var at = -1;
        for (var i = models.Count - 1; i >= 0; i--)
        {
            if (models[i].Name == route.Name)
            {
                return Row(i);
            }

            at = NamePattern.Matches(models[i].Name, route.Name) ? i : at;
        }

        var slash = route.Name.IndexOf('/', StringComparison.Ordinal);
        return !snapshot.Routes.Offered.Contains(route) && slash > 0 && snapshot.Routes.Providers.Any(provider => provider.Name == route.Name[..slash])
            ? "provider/model"
            : at < 0 ? "a provider's own list" : Row(at);

        string Row(int index) => $"models[{index}] \"{models[index].Name}\"";
    }
}
