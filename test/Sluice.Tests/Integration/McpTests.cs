using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary><c>/mcp</c> before servers that do what they should not.</summary>
public sealed class McpTests(McpFixture mcp) : IClassFixture<McpFixture>
{
    [Theory]
    [InlineData(null)]
    [InlineData("2025-11-25")]
    [InlineData("2025-06-18")]
    public async Task OfficialClient_EitherRevision_ListsAndCalls(string? version)
    {
        await using var client = await ConnectAsync(version);

        var tools = await client.ListToolsAsync();
        var result = await client.CallToolAsync("good__tool", new Dictionary<string, object?> { ["a"] = 1 });

        client.NegotiatedProtocolVersion.ShouldBe(version ?? "2026-07-28");
        tools.ShouldContain(tool => tool.Name == "good__tool");
        tools.Count(tool => tool.Name.StartsWith("manytools__", StringComparison.Ordinal)).ShouldBe(1000);
        result.Content.ShouldHaveSingleItem().ShouldBeOfType<TextContentBlock>().Text.ShouldBe("""{"a":1}""");
    }

    [Fact]
    public async Task Call_Arguments_ReachTheServerAsTheyAreWritten()
    {
        const string Arguments = """{"n":1.10,"big":12345678901234567890123,"text":"\u00e9\/","list":[ ]}""";

        var reply = await mcp.CallAsync("good__tool", Arguments);

        reply.Json.GetProperty("result").GetProperty("content")[0].GetProperty("text").GetString().ShouldBe(Arguments);
        var sent = mcp.Upstream.Lane("good").Requests.Last(request => request.Text.Contains("12345678901234567890123", StringComparison.Ordinal));
        sent.Json.GetProperty("params").GetProperty("name").GetString().ShouldBe("tool");
        sent.Header("authorization").ShouldBe("Bearer " + SluiceConfigBuilder.UpstreamKey("good"));
        sent.Headers.ShouldNotContain(header => header.Value.Contains(McpFixture.Key, StringComparison.Ordinal));
        sent.Header("traceparent").ShouldBeNull();
    }

    [Fact]
    public async Task Call_Meta_GoesOnButForWhatIsTheClientsOwn()
    {
        const string Meta = """{"progressToken":"p","traceparent":"00-1-2-01","io.modelcontextprotocol/clientInfo":{"name":"secret"},"com.example/x":{"y":1.0}}""";

        await mcp.Client.PostAsync("/mcp", McpWire.Call("good__tool", """{"meta":"marked"}""", meta: Meta), ("mcp-session-id", await mcp.SessionAsync()), ("accept", "text/event-stream, application/json"));

        var meta = mcp.Upstream.Lane("good").Requests.Last(request => request.Text.Contains("marked", StringComparison.Ordinal)).Json.GetProperty("params").GetProperty("_meta");
        meta.EnumerateObject().Select(member => member.Name).ShouldBe(["com.example/x", "progressToken"]);
        meta.GetProperty("com.example/x").GetRawText().ShouldBe("""{"y":1.0}""");
        meta.GetProperty("progressToken").ValueKind.ShouldBe(JsonValueKind.Number);
    }

    [Theory]
    [InlineData("garbage", "mcp_server_failed", 502)]
    [InlineData("wrongid", "mcp_server_failed", 502)]
    [InlineData("endless", "mcp_server_failed", 502)]
    [InlineData("huge", "mcp_server_failed", 502)]
    [InlineData("cut", "mcp_server_failed", 502)]
    [InlineData("notjson", "mcp_server_failed", 502)]
    [InlineData("slow", "mcp_server_timeout", 504)]
    public async Task Call_ServerThatMisbehaves_IsAnErrorThatCostsNothing(string server, string code, int status)
    {
        var reply = await mcp.CallAsync($"{server}__tool");

        reply.Status.ShouldBe(200);
        var message = reply.Header("content-type") == "text/event-stream" ? JsonElement.Parse(reply.Events[^1].Data) : reply.Json;
        message.GetProperty("id").GetInt32().ShouldBe(1);
        message.GetProperty("error").GetProperty("data").GetProperty("code").GetString().ShouldBe(code);
        var record = await mcp.Admin.UsageAsync(reply.Header("x-request-id")!);
        record.Status.ShouldBe("failed");
        record.CostNanoUsd.ShouldBe(0);
        (await mcp.CallAsync("good__tool")).Json.TryGetProperty("result", out _).ShouldBeTrue($"after {status}");
    }

    [Fact]
    public async Task Call_ServerThatRepeatsItsSecret_ShowsItToNobody()
    {
        var reply = await mcp.CallAsync("echo__tool");

        reply.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32000);
        reply.Json.GetProperty("error").GetProperty("message").GetString().ShouldBe("no entry with Bearer ***");
        var admin = await mcp.Admin.GetAsync("/api/admin/mcp");
        admin.Text.ShouldContain("refused the configured credential");
        (admin.Text + mcp.Sluice.Output).ShouldNotContain("sk-upstream-canary");
        mcp.Sluice.Output.ShouldNotContain("sk-client-canary");
    }

    [Fact]
    public async Task Call_ServerThatAsksBack_IsRefusedAndStillAnswers()
    {
        var reply = await mcp.CallAsync("asks__tool");

        reply.Json.TryGetProperty("result", out _).ShouldBeTrue(reply.Text);
        var answer = await Eventually.ValueAsync("the refusal", () => Task.FromResult(
            mcp.Upstream.Lane("asks").Requests.FirstOrDefault(request => request.Text.Contains("\"s1\"", StringComparison.Ordinal))));
        answer.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32601);
    }

    [Fact]
    public async Task Servers_DeadOnes_AreShownAndNotFollowed()
    {
        var states = (await mcp.Admin.GetAsync("/api/admin/mcp")).Json.GetProperty("data").EnumerateArray()
            .ToDictionary(server => server.GetProperty("name").GetString()!, server => server);

        states["redirect"].GetProperty("reason").GetString()!.ShouldContain("redirect");
        mcp.Upstream.Lane("redirect").Requests.ShouldAllBe(request => request.Path == "/mcp");
        states["refusing"].GetProperty("state").GetString().ShouldBe("down");
        var health = (await mcp.Admin.GetAsync("/health/detailed")).Json.GetProperty("components").GetProperty("mcp");
        health.GetProperty("status").GetString().ShouldBe("degraded");
        (await mcp.Admin.GetAsync("/health/ready")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Call_ClientLeaves_ServerIsToldAndTheCallIsCharged()
    {
        var session = await mcp.SessionAsync();
        var paid = mcp.Upstream.Lane("paid").Once(UpstreamAnswer.Sse(": \n\n").Stall());
        string id;
        await using (var open = await mcp.Client.OpenAsync("/mcp", McpWire.Call("paid__tool", id: "\"leaves\""), ("mcp-session-id", session), ("accept", "application/json, text/event-stream")))
        {
            // The keep-alive shows that the call has begun.
            await open.ReadUntilAsync(": ");
            id = open.Headers["x-request-id"];
        }

        var record = await mcp.Admin.UsageAsync(id);
        record.Status.ShouldBe("estimated");
        record.CostNanoUsd.ShouldBe(10_000_000);
        await Eventually.HoldsAsync("the cancellation", () => paid.Requests.Any(request => request.Text.Contains("notifications/cancelled", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Call_BudgetUsedUp_Is403BeforeTheServerHears()
    {
        using var poor = mcp.Sluice.Client(McpFixture.PoorKey);
        var session = (await poor.PostAsync("/mcp", McpWire.Initialize)).Header("mcp-session-id")!;
        for (var i = 0; i < 3; i++)
        {
            (await poor.PostAsync("/mcp", McpWire.Call("paid__tool"), ("mcp-session-id", session))).Status.ShouldBe(200);
        }

        var before = mcp.Upstream.Lane("paid").Requests.Count;
        var refused = await poor.PostAsync("/mcp", McpWire.Call("paid__tool"), ("mcp-session-id", session));

        refused.Status.ShouldBe(403);
        refused.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("budget");
        mcp.Upstream.Lane("paid").Requests.Count.ShouldBe(before);
        var trace = (await mcp.Admin.GetAsync($"/api/admin/requests/{refused.Header("x-request-id")}")).Json;
        (await mcp.Admin.GetAsync("/metrics")).Text.ShouldContain("sluice_cost_usd_total{operation=\"tool_call\",provider=\"paid\",model=\"paid__tool\"} 0.0");
        (trace.GetProperty("status").GetString(), trace.GetProperty("error_code").GetString()).ShouldBe(("refused", "budget_exceeded"));
    }

    [Theory]
    [InlineData("nonsense", 400, -32700)]
    [InlineData("[]", 400, -32600)]
    [InlineData("{}", 400, -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"good__tool","name":"good__tool"}}""", 400, -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}""", 200, -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"good__tool","arguments":[]}}""", 200, -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"good__nothing"}}""", 200, -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"no cursor"}}""", 200, -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"loud"}}""", 200, -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"no/such"}""", 200, -32601)]
    public async Task Post_BadMessage_IsRefusedByItsCode(string body, int status, int code)
    {
        var reply = await mcp.Client.PostAsync("/mcp", body, ("mcp-session-id", await mcp.SessionAsync()));

        reply.Status.ShouldBe(status);
        reply.Json.GetProperty("error").GetProperty("code").GetInt32().ShouldBe(code);
        reply.Header("x-request-id").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("content-type", "text/plain", 415)]
    [InlineData("content-encoding", "gzip", 415)]
    [InlineData("accept", "text/html", 400)]
    [InlineData("mcp-session-id", "mcp_unknown", 404)]
    [InlineData("mcp-protocol-version", "2024-01-01", 400)]
    [InlineData("origin", "https://evil.example", 403)]
    [InlineData("origin", "null", 403)]
    [InlineData("origin", "http://127.0.0.1.evil.example", 403)]
    public async Task Post_BadHeader_IsRefused(string header, string value, int status)
    {
        var headers = new List<(string, string)> { (header, value) };
        if (header != "mcp-session-id")
        {
            headers.Add(("mcp-session-id", await mcp.SessionAsync()));
        }

        (await mcp.Client.PostAsync("/mcp", McpWire.Call("good__tool"), headers)).Status.ShouldBe(status);
    }

    [Fact]
    public async Task Post_MessageOverTheLimit_Is413()
        => (await mcp.CallAsync("good__tool", $$"""{"text":"{{new string('x', McpFixture.LongestMessage)}}"}""")).Status.ShouldBe(413);

    [Fact]
    public async Task Get_NewKeyPermissions_AreToldOnTheStream()
    {
        var made = (await mcp.Admin.PostAsync("/api/admin/api-keys", """{ "name": "grows" }""")).Json;
        using var client = mcp.Sluice.Client(made.GetProperty("key").GetString()!);
        var session = (await client.PostAsync("/mcp", McpWire.Initialize)).Header("mcp-session-id")!;
        await using var stream = await client.OpenAsync(HttpMethod.Get, "/mcp", ("mcp-session-id", session), ("accept", "text/event-stream"));
        await stream.ReadUntilAsync(":");

        await mcp.Admin.SendAsync(HttpMethod.Patch, $"/api/admin/api-keys/{made.GetProperty("id").GetString()}", """{ "mcp": ["good/*"] }"""u8.ToArray(), []);

        await stream.ReadUntilAsync("notifications/tools/list_changed");
        var call = await client.PostAsync("/mcp", McpWire.Call("good__tool"), ("mcp-session-id", session));
        call.Json.TryGetProperty("result", out _).ShouldBeTrue(call.Text);
        await mcp.Admin.DeleteAsync($"/api/admin/api-keys/{made.GetProperty("id").GetString()}");
        (await stream.ReadToEndAsync()).EndedCleanly.ShouldBeTrue();
        (await client.PostAsync("/mcp", McpWire.Initialize)).Status.ShouldBe(401);
    }

    private async Task<McpClient> ConnectAsync(string? version)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(mcp.Sluice.Address, "/mcp"),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["x-api-key"] = McpFixture.Key },
        });
        return await McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = version });
    }
}
