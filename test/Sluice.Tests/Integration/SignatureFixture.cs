using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>The real service before vendors of the same and of other dialects, between which conversations move.</summary>
public sealed class SignatureFixture : IAsyncLifetime
{
    public const string Key = "sk-client-signed-0123456789abcdef";

    private const int Lanes = 16;
    private int _taken = -1;

    public ScriptedUpstream Upstream { get; private set; } = null!;

    public SluiceProcess Sluice { get; private set; } = null!;

    public GatewayClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        var config = new SluiceConfigBuilder().Key("everything", Key);
        for (var number = 0; number < Lanes; number++)
        {
            Add(config, Upstream.Lane($"s{number}"));
        }

        Sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = config.ToYaml() });
        Client = Sluice.Client(Key);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Sluice.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>
    /// A vendor's account that no other test has. Its models: <c>NAME-messages</c>, <c>-responses</c>, <c>-gemini</c>; <c>-twins</c>, one
    /// vendor with two credentials; <c>-moved</c>, Anthropic first and another who speaks its dialect second.
    /// </summary>
    public UpstreamLane NextLane() => Upstream.Lane($"s{Interlocked.Increment(ref _taken)}");

    private static void Add(SluiceConfigBuilder config, UpstreamLane lane)
    {
        config.Provider($"{lane.Name}-messages", "anthropic", lane.BaseUrl);
        config.Provider($"{lane.Name}-responses", "openai", lane.OpenAIBaseUrl);
        config.Provider($"{lane.Name}-gemini", "gemini", lane.BaseUrl);
        config.Provider($"{lane.Name}-twins", "anthropic", lane.BaseUrl, [SluiceConfigBuilder.Credential("k1", "one"), SluiceConfigBuilder.Credential("k2", "two")]);
        config.Provider($"{lane.Name}-cloud", "openai-compatible", lane.BaseUrl, "dialects: [anthropic-messages]");
        config.Model($"{lane.Name}-messages", SluiceConfigBuilder.Target($"{lane.Name}-messages", "claude-sonnet-4-5"));
        config.Model($"{lane.Name}-responses", SluiceConfigBuilder.Target($"{lane.Name}-responses", "gpt-5.6-sol"));
        config.Model($"{lane.Name}-gemini", SluiceConfigBuilder.Target($"{lane.Name}-gemini", "gemini-3.1-pro-preview"));
        config.Model($"{lane.Name}-twins", SluiceConfigBuilder.Target($"{lane.Name}-twins", "claude-sonnet-4-5"));
        config.Model(
            $"{lane.Name}-moved",
            SluiceConfigBuilder.Target($"{lane.Name}-messages", "claude-sonnet-4-5"),
            SluiceConfigBuilder.Target($"{lane.Name}-cloud", "claude-in-the-cloud", 2));
    }
}
