using Sluice.Routing;
using Sluice.Usage;

namespace Sluice.Pipeline;

/// <summary>Prices calls that a crash cut off, by the configuration of the start after it.</summary>
internal sealed class RecoveredPrices(GatewayRuntime runtime)
{
    /// <summary>What a call has cost, in nano-USD; null where its target is gone, or has no price.</summary>
    public long? Cost(RecoveredCall call)
    {
        var tokens = call.Tokens;
        return runtime.Current.Routes.Find(call.Model)?.Targets
            .FirstOrDefault(target => target.Provider.Name == call.Provider && target.Model == call.UpstreamModel)?
            .Price?.Cost(in tokens);
    }
}
