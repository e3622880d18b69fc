using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>The real service before scripted MCP servers: a good one, and one for each way of being bad.</summary>
public sealed class McpFixture : IAsyncLifetime
{
    public const string Key = "sk-client-canary-mcp-0123456789";

    /// <summary>A key that may pay for three calls of <c>paid</c>.</summary>
    public const string PoorKey = "sk-client-canary-poor-0123456789";

    /// <summary>Bytes; large answers are larger.</summary>
    public const int LongestMessage = 256 * 1024;

    private static readonly string[] Ready = ["good", "paid", "garbage", "wrongid", "endless", "huge", "slow", "cut", "notjson", "echo", "asks", "manytools"];

    public ScriptedUpstream Upstream { get; private set; } = null!;

    public SluiceProcess Sluice { get; private set; } = null!;

    public GatewayClient Client { get; private set; } = null!;

    public GatewayClient Admin { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        var config = new SluiceConfigBuilder()
            .Server("keep_alive", "300ms")
            .Mcp("max_message_bytes", $"{LongestMessage}")
            .Key("mcp", Key, mcp: ["*"])
            .Key("poor", PoorKey, budget: "usd: 0.03, per: total", mcp: ["*"]);
        foreach (var name in (string[])[.. Ready, "hanging", "redirect", "refusing"])
        {
            config.McpServer(name, Script(Upstream.Lane(name)).BaseUrl + "/mcp", name is "paid" ? "price_per_call: 0.01" : name is "good" ? "" : "timeout: 1s");
        }

        Sluice = await SluiceProcess.StartAsync(new SluiceStart { Config = config.ToYaml() });
        Client = Sluice.Client(Key);
        Admin = Sluice.Administrator();
        await Eventually.ValueAsync("the servers", async () =>
            (await Admin.GetAsync("/api/admin/mcp")).Json.GetProperty("data").EnumerateArray().Count(server => server.GetProperty("state").GetString() == "ready") == Ready.Length ? "ready" : null);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        Admin.Dispose();
        await Sluice.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>Begins a session and returns its id.</summary>
    public async Task<string> SessionAsync() => (await Client.PostAsync("/mcp", McpWire.Initialize)).Header("mcp-session-id").ShouldNotBeNull();

    /// <summary>Calls a tool in a session of its own.</summary>
    public async Task<GatewayReply> CallAsync(string tool, string arguments = "{}")
        => await Client.PostAsync("/mcp", McpWire.Call(tool, arguments), ("mcp-session-id", await SessionAsync()), ("accept", "application/json, text/event-stream"));

    private static UpstreamLane Script(UpstreamLane lane) => lane.Name switch
    {
        "hanging" => lane.Always(UpstreamAnswer.Never()),
        "redirect" => lane.Always(request => request.Path == "/mcp" ? UpstreamAnswer.Json("{}", 307).With("location", $"{lane.BaseUrl}/elsewhere") : UpstreamAnswer.Json("{}")),
        "refusing" => lane.Always(request => UpstreamAnswer.Json($$"""{"error":"{{request.Header("authorization")}} is wrong"}""", 401)),
        "manytools" => lane.ServeMcp([.. Enumerable.Range(0, 2500).Select(i => $"t{i}")]),
        _ => lane.ServeMcp(["tool"], (method, request) => method == "tools/call" ? Answer(lane.Name, request) : null),
    };

    private static UpstreamAnswer? Answer(string lane, RecordedRequest request) => lane switch
    {
        "garbage" => UpstreamAnswer.Sse("data: {\"jsonrpc\":\"2.0\",\n\n"),
        "wrongid" => UpstreamAnswer.Json("""{"jsonrpc":"2.0","id":424242,"result":{"content":[]}}"""),
        "endless" => UpstreamAnswer.Sse().Forever(": " + new string('x', 16 * 1024) + "\n\n", TimeSpan.Zero),
        "huge" => McpWire.Result(request, $$"""{"content":[{"type":"text","text":"{{new string('x', LongestMessage)}}"}]}"""),
        "slow" => UpstreamAnswer.Never(),
        "cut" => UpstreamAnswer.Sse(": \n\n").Abort(),
        "notjson" => UpstreamAnswer.Bytes("<html>"u8.ToArray(), "text/html"),
        "echo" => McpWire.Error(request, -32000, $"no entry with {request.Header("authorization")}"),
        "asks" => UpstreamAnswer.Sse(
            McpWire.Event("""{"jsonrpc":"2.0","id":"s1","method":"sampling/createMessage","params":{}}"""),
            McpWire.Event("""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"of another","progress":1}}"""),
            McpWire.Event(McpWire.Answer(request, """{"content":[]}"""))),
        _ => null,
    };
}
