using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Credentials.Tokens;
using Sluice.Providers;
using Sluice.Providers.Transport;
using Sluice.Routing;
using Sluice.Telemetry;
using Sluice.TestKit;
using Sluice.Tests.Pricing;
using Sluice.Tests.Configuration;

namespace Sluice.Tests.Routing;

/// <summary>The routing of a configuration text, with everything that it is made from.</summary>
internal sealed class RoutingFixture : IDisposable
{
    private static readonly ProviderRegistry Registry = new();

    private long _generation;

    public RoutingFixture()
    {
        Transport = new UpstreamTransport(new UpstreamTransportOptions(), Time);
        Tokens = new TokenDirectory(Transport, Time, NullLogger<CredentialToken>.Instance);
        Credentials = new CredentialDirectory(Transport, Tokens, Time);
        Builder = new RoutingTableBuilder(Registry, Credentials, Simulator, new GatewayMetrics(), Prices, Time);
    }

    public FakeTime Time { get; } = new();

    public UpstreamTransport Transport { get; }

    public TokenDirectory Tokens { get; }

    public CredentialDirectory Credentials { get; }

    public SimulatorAddress Simulator { get; } = new();

    public PriceFeedStub Prices { get; } = new();

    public RoutingTableBuilder Builder { get; }

    public static IProvider Provider(string type) => Registry.Find(type).ShouldNotBeNull();

    public RoutingTable Build(string yaml) => Build(ConfigurationFolder.Valid(yaml));

    public RoutingTable Build(SluiceConfig config) => Builder.Build(new ConfigSnapshot(config, ++_generation));

    public void Dispose()
    {
        Tokens.Dispose();
        Transport.Dispose();
    }
}
