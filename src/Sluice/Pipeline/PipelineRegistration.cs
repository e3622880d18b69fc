using Sluice.Credentials;
using Sluice.Credentials.Tokens;
using Sluice.Pricing;
using Sluice.Providers;
using Sluice.Providers.Transport;
using Sluice.Routing;
using Sluice.Usage;

namespace Sluice.Pipeline;

internal static class PipelineRegistration
{
    /// <summary>Adds the way of a request: routing, credentials, transport, attempts and relay. Needs configuration, API keys, usage and telemetry.</summary>
    public static IServiceCollection AddPipeline(this IServiceCollection services)
    {
        services.AddSingleton<ProviderRegistry>();
        services.AddSingleton<UpstreamTransportOptions>();
        services.AddSingleton<UpstreamTransport>();
        services.AddCredentialTokens();
        services.AddCredentials();
        services.AddSingleton<SimulatorAddress>();
        services.AddSingleton<RoutingTableBuilder>();
        services.AddSingleton<GatewayRuntime>();
        services.AddSingleton<IRouteExplainer, RouteExplainer>();
        services.AddSingleton<CredentialCheck>();
        services.AddHostedService<CredentialProber>();
        services.AddSingleton<ICredentialRuntime, CredentialRuntime>();
        services.AddSingleton<CallWatchdog>();
        services.AddSingleton<Settlement>();
        services.AddSingleton<RecentRefusals>();
        services.AddSingleton<TargetPrices>();
        services.AddSingleton<ITargetPrices>(provider => provider.GetRequiredService<TargetPrices>());
        services.AddSingleton<Func<RecoveredCall, long?>>(provider => provider.GetRequiredService<TargetPrices>().Cost);
        services.AddSingleton<ResponseContinuation>();
        services.AddSingleton<KeptResponseLane>();
        services.AddSingleton<BackgroundResponses>();
        services.AddHostedService(provider => provider.GetRequiredService<BackgroundResponses>());
        services.AddSingleton<VendorRuns>();
        services.AddSingleton<RelayLane>();
        services.AddSingleton<SignatureStore>();
        services.AddSingleton<RequestTranslator>();
        services.AddSingleton<TranslateLane>();
        services.AddSingleton<AttemptEngine>();
        services.AddSingleton<GatewayPipeline>();
        return services;
    }
}
