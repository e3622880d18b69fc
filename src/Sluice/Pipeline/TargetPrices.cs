using Sluice.Pricing;
using Sluice.Routing;
using Sluice.Usage;

namespace Sluice.Pipeline;

/// <inheritdoc cref="ITargetPrices"/>
internal sealed class TargetPrices(GatewayRuntime runtime) : ITargetPrices
{
    public PriceList? Find(string model, string provider, string upstreamModel)
        => runtime.Current.Routes.Find(model)?.Targets
            .FirstOrDefault(target => target.Provider.Name == provider && target.Model == upstreamModel)?.Price;

    /// <summary>What a call has cost that a crash cut off, in nano-USD; null where its target is gone, or has no price.</summary>
    public long? Cost(RecoveredCall call)
    {
        var tokens = call.Tokens;
        return ToolPrice.Parse(call.PriceId) ?? Find(call.Model, call.Provider, call.UpstreamModel)?.Cost(in tokens);
    }
}
