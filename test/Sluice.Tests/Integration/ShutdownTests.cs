using System.Net.Sockets;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Raw;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>A stop lets streams end and takes nothing new.</summary>
public sealed class ShutdownTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private ScriptedUpstream _upstream = null!;
    private SluiceProcess _sluice = null!;
    private GatewayClient _client = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _sluice = await StartAsync();
        _client = _sluice.Client(GatewayFixture.Key);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _sluice.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Terminate_WhileAStreamRuns_StreamEndsWholeAndNothingNewIsTaken()
    {
        var gate = new TaskCompletionSource();
        _upstream.Lane("up").Once(UpstreamAnswer.Sse(OpenAIChatWire.RoleDelta(), OpenAIChatWire.Delta("Hello")).Hold(gate.Task)
            .Send(OpenAIChatWire.Delta(" there")).Send(OpenAIChatWire.Finish()).Send(OpenAIChatWire.UsageChunk()).Send(OpenAIChatWire.Done));
        using var waiting = await RawClient.ConnectAsync(_sluice.Address);
        await using var stream = await _client.StreamAsync(TestedDialect.Chat, "m");
        await stream.ReadUntilAsync("Hello");
        var id = stream.Headers["x-request-id"];

        await _sluice.TerminateAsync();
        await Eventually.ValueAsync("a refusal of new connections", RefusalAsync, TimeSpan.FromSeconds(3));
        _sluice.HasExited.ShouldBeFalse();
        gate.SetResult();
        var reply = await stream.ReadToEndAsync();

        reply.EndedCleanly.ShouldBeTrue();
        reply.Text.ShouldContain(" there");
        reply.Events[^1].IsDone.ShouldBeTrue();
        (await _sluice.ExitAsync(TimeSpan.FromSeconds(10))).ShouldBe(0, _sluice.Output);

        // What ended while draining was written down.
        await using var again = await StartAsync();
        using var admin = again.Administrator();
        (await admin.UsageAsync(id)).Tokens("output").ShouldBe(20);
    }

    [Fact]
    public async Task Terminate_StreamDoesNotEnd_IsCutAfterTheDrainLimit()
    {
        _upstream.Lane("up").Once(UpstreamAnswer.Sse(OpenAIChatWire.RoleDelta(), OpenAIChatWire.Delta("Hello")).Forever(OpenAIChatWire.Delta("x"), TimeSpan.FromMilliseconds(100)));
        await using var stream = await _client.StreamAsync(TestedDialect.Chat, "m");
        await stream.ReadUntilAsync("Hello");
        var id = stream.Headers["x-request-id"];

        await _sluice.TerminateAsync();
        var reply = await stream.ReadToEndAsync(TimeSpan.FromSeconds(20));

        reply.Events.ShouldNotContain(e => e.IsDone);
        (await _sluice.ExitAsync(TimeSpan.FromSeconds(15))).ShouldBe(0, _sluice.Output);
        await using var again = await StartAsync();
        using var admin = again.Administrator();
        (await admin.UsageAsync(id)).Status.ShouldBeOneOf("estimated", "recovered");
    }

    [Fact]
    public async Task Terminate_NothingRuns_EndsAtOnceWithZero()
    {
        (await _client.CallAsync(TestedDialect.Chat, "m")).Status.ShouldBe(200);

        await _sluice.TerminateAsync();

        (await _sluice.ExitAsync(TimeSpan.FromSeconds(5))).ShouldBe(0, _sluice.Output);
    }

    [Fact]
    public async Task Restart_SameFolder_KeepsRecordsAndKeys()
    {
        var id = (await _client.CallAsync(TestedDialect.Chat, "m")).Header("x-request-id")!;
        using (var admin = _sluice.Administrator())
        {
            await admin.UsageAsync(id);
        }

        await _sluice.TerminateAsync();
        (await _sluice.ExitAsync()).ShouldBe(0);

        await using var again = await StartAsync();
        using var after = again.Administrator();
        (await after.UsageAsync(id)).Status.ShouldBe("settled");
    }

    private Task<SluiceProcess> StartAsync() => SluiceProcess.StartAsync(new SluiceStart
    {
        Folder = _folder,
        Config = new SluiceConfigBuilder()
            .Server("drain_seconds", "3")
            .Provider("up", "openai", _upstream.Lane("up").OpenAIBaseUrl)
            .Model("m", SluiceConfigBuilder.Target("up", "m"))
            .Key("k", GatewayFixture.Key)
            .ToYaml(),
    });

    /// <summary>"refused" or "503", or null while new connections are still served.</summary>
    private async Task<string?> RefusalAsync()
    {
        try
        {
            using var client = _sluice.Client(GatewayFixture.Key);
            var ready = await client.GetAsync("/health/ready");
            return ready.Status == 503 ? "503" : null;
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException or IOException || e.InnerException is null)
        {
            return "refused";
        }
    }
}
