using System.Text.Json;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Google;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>The real service before scripted token servers and Vertex hosts. Each of its lanes is a provider with accounts of its own, cold until a test calls it.</summary>
public sealed class VertexFixture : IAsyncLifetime, IDisposable
{
    public const string Key = "sk-client-canary-vertex-0123456789";
    public const string Location = "us-central1";

    private const int Lanes = 24;
    private readonly TempFolder _keys = new();
    private readonly List<VertexLane> _lanes = [];
    private int _taken = -1;

    public ScriptedUpstream Upstream { get; private set; } = null!;

    public SluiceProcess Sluice { get; private set; } = null!;

    public GatewayClient Client { get; private set; } = null!;

    public GatewayClient Admin { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        var config = new SluiceConfigBuilder().Key("vertex", Key);
        for (var number = 0; number < Lanes; number++)
        {
            _lanes.Add(Add(config, $"lane{number}", accounts: 1));
        }

        Pair = Add(config, "pair", accounts: 2);

        var anthropic = Upstream.Lane("anthropic");
        var gemini = Upstream.Lane("gemini");
        config.Provider("anth", "anthropic", anthropic.BaseUrl).Provider("gem", "gemini", gemini.BaseUrl);
        config.Model("claude-direct-20250929", SluiceConfigBuilder.Target("anth", "claude-direct-20250929"));
        AddBroken(config);
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

    public void Dispose() => _keys.Dispose();

    /// <summary>A provider that no other test has called.</summary>
    public VertexLane NextLane()
    {
        var number = Interlocked.Increment(ref _taken);
        return number < Lanes ? _lanes[number] : throw new InvalidOperationException("Raise VertexFixture.Lanes.");
    }

    /// <summary>A provider with two accounts.</summary>
    public VertexLane Pair { get; private set; } = null!;

    /// <summary>The provider of whose five credentials one can be used; the other key files are none, name a stranger's token server, or go through a dead proxy.</summary>
    public VertexLane Broken { get; private set; } = null!;

    private VertexLane Add(SluiceConfigBuilder config, string name, int accounts)
    {
        var upstream = new VertexUpstream(Upstream.Lane(name));
        var projects = Enumerable.Range(1, accounts).Select(number => $"proj-{name}-{number}").ToList();
        var credentials = projects.Select((project, at) => Credential($"sa{at + 1}", upstream.Account(project).KeyFile, asFile: at == 0)).ToList();
        config.Provider(name, "vertex", upstream.BaseUrl, credentials, $"location: {Location}");
        return new VertexLane(name, upstream, projects[0]);
    }

    private void AddBroken(SluiceConfigBuilder config)
    {
        var upstream = new VertexUpstream(Upstream.Lane("broken"));
        var stranger = TestServiceAccount.Create("proj-stranger", "https://tokens.example.org/token");
        config.Provider("broken", "vertex", upstream.BaseUrl,
        [
            Credential("nofile", "not json at all", asFile: true),
            Credential("user", """{"type":"authorized_user","client_id":"x"}""", asFile: false),
            Credential("stranger", stranger.KeyFile, asFile: false),
            Credential("deadproxy", upstream.Account("proj-proxy").KeyFile, asFile: false, "proxy: \"http://127.0.0.1:9\""),
            Credential("good", upstream.Account("proj-good").KeyFile, asFile: true),
        ], $"location: {Location}");
        Broken = new VertexLane("broken", upstream, "proj-good");
    }

    private string Credential(string name, string keyFile, bool asFile, string more = "")
    {
        var text = JsonSerializer.Serialize(keyFile);
        if (asFile)
        {
            var path = _keys.File($"{Guid.NewGuid():n}.json");
            File.WriteAllText(path, keyFile);
            text = JsonSerializer.Serialize(path);
        }

        return $"{{ name: {name}, {(asFile ? "service_account_file" : "service_account_json")}: {text}{(more.Length > 0 ? ", " + more : "")} }}";
    }
}

/// <summary>One provider of <see cref="VertexFixture"/>.</summary>
/// <param name="Name">The provider's name; <c>NAME/model</c> reaches it.</param>
/// <param name="Upstream">Its token server and host.</param>
/// <param name="Project">The project of its first credential.</param>
public sealed record VertexLane(string Name, VertexUpstream Upstream, string Project)
{
    public string Gemini => $"{Name}/gemini-test";

    public string Claude => $"{Name}/claude-test@20250929";

    /// <summary>What the upstream path must be.</summary>
    public string Path(string publisher, string call) => $"/v1/projects/{Project}/locations/{VertexFixture.Location}/publishers/{publisher}/models/{call}";
}
