using System.Net;
using System.Net.Sockets;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Raw;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Upstreams that cannot be reached.</summary>
public sealed class ConnectFailureTests
{
    [Fact]
    public async Task Call_UpstreamRefusesConnections_AnotherServesOrTheClientIsTold()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var good = upstream.Lane("good");
        var closed = $"http://127.0.0.1:{ClosedPort()}/v1";
        await using var sluice = await SluiceProcess.StartAsync(new SluiceStart
        {
            Config = new SluiceConfigBuilder()
                .Provider("closed", "openai", closed)
                .Provider("good", "openai", good.OpenAIBaseUrl)
                .Model("pair", SluiceConfigBuilder.Target("closed", "m"), SluiceConfigBuilder.Target("good", "m", 2))
                .Model("alone", SluiceConfigBuilder.Target("closed", "m"))
                .Key("k", GatewayFixture.Key)
                .ToYaml(),
        });
        using var client = sluice.Client(GatewayFixture.Key);

        var served = await client.CallAsync(TestedDialect.Chat, "pair");
        var alone = await client.CallAsync(TestedDialect.Chat, "alone");

        served.Status.ShouldBe(200, served.Text);
        alone.Status.ShouldBeOneOf(502, 503);
        TestedDialect.Chat.ErrorMessage(alone).ShouldNotContain(closed);
    }

    [Fact]
    public async Task Call_PooledConnectionWentStale_IsServedAllTheSame()
    {
        // The upstream promises to keep the connection and closes it: the next call finds it dead.
        await using var stale = RawUpstream.Start(HostileAnswers.StaleConnection(OpenAIChatWire.Completion()));
        await using var sluice = await SluiceProcess.StartAsync(new SluiceStart
        {
            Config = new SluiceConfigBuilder()
                .Provider("stale", "openai", stale.OpenAIBaseUrl)
                .Model("m", SluiceConfigBuilder.Target("stale", "m"))
                .Key("k", GatewayFixture.Key)
                .ToYaml(),
        });
        using var client = sluice.Client(GatewayFixture.Key);

        for (var i = 0; i < 20; i++)
        {
            var reply = await client.CallAsync(TestedDialect.Chat, "m");
            reply.Status.ShouldBe(200, $"call {i}: {reply.Text}");
        }
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
