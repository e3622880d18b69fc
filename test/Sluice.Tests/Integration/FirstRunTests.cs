using System.Text.RegularExpressions;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;

namespace Sluice.Tests.Integration;

/// <summary>A first run: no file, no key, no network, and yet an answer.</summary>
public sealed class FirstRunTests : IAsyncLifetime
{
    private SluiceProcess _sluice = null!;

    public async Task InitializeAsync() => _sluice = await SluiceProcess.StartAsync(new SluiceStart { AdminKey = null });

    public async Task DisposeAsync() => await _sluice.DisposeAsync();

    [Fact]
    public async Task Start_WithNothing_PrintsACallThatStreamsAnAnswer()
    {
        await Eventually.HoldsAsync("the first call to paste", () => _sluice.Output.Contains("curl", StringComparison.Ordinal));
        var line = Regex.Match(_sluice.Output, "curl -N (?<url>[^ ]+) -H 'authorization: (?<key>[^']+)' -H 'content-type: application/json' -d '(?<body>[^']+)'");
        line.Success.ShouldBeTrue(_sluice.Output);
        using var client = new GatewayClient(_sluice.Address);

        var reply = await client.PostAsync(new Uri(line.Groups["url"].Value).PathAndQuery, line.Groups["body"].Value, ("authorization", line.Groups["key"].Value));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Events.Count.ShouldBeGreaterThan(2);
        reply.Events[^1].IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task Start_WithNothing_PrintsOneSetUpLinkThatOpens()
    {
        await Eventually.HoldsAsync("the set-up link", () => _sluice.Output.Contains("/setup?token=", StringComparison.Ordinal));
        var links = Regex.Matches(_sluice.Output, "http://[^ ]+(?<path>/setup\\?token=[^ \\n]+)");
        links.Count.ShouldBe(1, _sluice.Output);
        using var client = new GatewayClient(_sluice.Address);

        (await client.GetAsync(links[0].Groups["path"].Value)).Status.ShouldBe(200);
    }
}
