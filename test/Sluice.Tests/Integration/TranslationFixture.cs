using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>The real service before vendors that each speak one dialect alone, so that most calls must be translated.</summary>
public sealed class TranslationFixture : IAsyncLifetime
{
    public const string Key = "sk-client-translate-0123456789abcdef";

    /// <summary>Another caller, with models and rights as <see cref="Key"/>.</summary>
    public const string OtherKey = "sk-client-translate-other-0123456789";

    /// <summary>May spend a thousandth of a dollar: 100 tokens of output.</summary>
    public const string PoorKey = "sk-client-translate-poor-0123456789";

    private const int Lanes = 64;
    private int _taken = -1;

    public ScriptedUpstream Upstream { get; private set; } = null!;

    public SluiceProcess Sluice { get; private set; } = null!;

    public GatewayClient Client { get; private set; } = null!;

    public GatewayClient Admin { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        var config = new SluiceConfigBuilder()
            .Server("keep_alive", "300ms")
            .Server("detached_drain", "3s")
            .Server("write_timeout", "2s")
            .Key("everything", Key)
            .Key("other", OtherKey)
            .Key("poor", PoorKey, budget: "usd: 0.001, per: total");
        for (var number = 0; number < Lanes; number++)
        {
            Add(config, Upstream.Lane($"t{number}"));
        }

        Sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = config.ToYaml() });
        Client = Sluice.Client(Key);
        Admin = Sluice.Administrator();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        Admin.Dispose();
        await Sluice.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>A vendor's account that no other test has; its models are <c>NAME-chat</c>, <c>-responses</c>, <c>-messages</c>, <c>-gemini</c>, <c>-pair</c>, which is Messages and Chat as equals,
    /// <c>-back</c>, which is Messages before Chat, and <c>-hasty</c>, which is Chat with an idle time of 1 s and 3 s in all.</summary>
    public UpstreamLane NextLane() => Upstream.Lane($"t{Interlocked.Increment(ref _taken)}");

    private static void Add(SluiceConfigBuilder config, UpstreamLane lane)
    {
        config.Provider($"{lane.Name}-chat", "openai-compatible", lane.OpenAIBaseUrl);
        config.Provider($"{lane.Name}-responses", "openai", lane.OpenAIBaseUrl, "dialects: [openai-responses]");
        config.Provider($"{lane.Name}-messages", "anthropic", lane.BaseUrl);
        config.Provider($"{lane.Name}-gemini", "gemini", lane.BaseUrl);
        foreach (var dialect in (string[])["chat", "responses", "messages", "gemini"])
        {
            config.Model($"{lane.Name}-{dialect}", SluiceConfigBuilder.Target($"{lane.Name}-{dialect}", $"real-{dialect}", 1, GatewayFixture.Price));
        }

        config.Provider($"{lane.Name}-hasty", "openai-compatible", lane.OpenAIBaseUrl, "timeouts: { idle: 1s, total: 3s }");
        config.Model($"{lane.Name}-hasty", SluiceConfigBuilder.Target($"{lane.Name}-hasty", "real-chat", 1, GatewayFixture.Price));
        config.Model(
            $"{lane.Name}-back",
            SluiceConfigBuilder.Target($"{lane.Name}-messages", "real-messages", 1, GatewayFixture.Price),
            SluiceConfigBuilder.Target($"{lane.Name}-chat", "real-chat", 2, GatewayFixture.Price));
        config.Model(
            $"{lane.Name}-pair",
            SluiceConfigBuilder.Target($"{lane.Name}-messages", "real-messages", 1, GatewayFixture.Price),
            SluiceConfigBuilder.Target($"{lane.Name}-chat", "real-chat", 1, GatewayFixture.Price));
    }
}
