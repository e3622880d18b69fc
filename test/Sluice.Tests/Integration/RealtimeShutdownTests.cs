using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>A stop lets realtime sessions go on for the drain time and then says so.</summary>
public sealed class RealtimeShutdownTests
{
    [Fact]
    public async Task Terminate_WhileASessionIsOpen_ClosesItWith1001AtTheDrainLimit()
    {
        await using var upstream = await RealtimeUpstream.StartAsync();
        await using var sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = RealtimeFixture.Config(upstream, "15s").ToYaml() });
        await using var client = await RealtimeClient.OpenAsync(sluice.Address, "model=sim-realtime", RealtimeFixture.Key);
        await client.UntilAsync("session.created");

        await sluice.TerminateAsync();
        await client.SendAsync("""{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}}""");
        await client.UntilAsync("conversation.item.done");

        (await client.UntilAsync("error")).GetProperty("error").GetProperty("code").GetString().ShouldBe("gateway_stopping");
        (await client.UntilClosedAsync()).ShouldBe(1001);
        (await sluice.ExitAsync(TimeSpan.FromSeconds(15))).ShouldBe(0, sluice.Output);
    }
}
