using System.Net;
using System.Net.WebSockets;
using System.Text;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Raw;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>What passes through a realtime session, and how one that goes wrong ends.</summary>
public sealed class RealtimeRelayTests(HastyRealtimeFixture gateway) : IClassFixture<HastyRealtimeFixture>
{
    private static readonly Func<WebSocket, Microsoft.AspNetCore.Http.HttpContext, Task> Echo = async (socket, _) =>
    {
        while (await RealtimeUpstream.ReceiveAsync(socket) is { } message)
        {
            // Back in three frames, where there is enough for three.
            var third = message.Bytes.Length / 3;
            await socket.SendAsync(message.Bytes.AsMemory(0, third), message.Type, endOfMessage: false, CancellationToken.None);
            await socket.SendAsync(message.Bytes.AsMemory(third, third), message.Type, endOfMessage: false, CancellationToken.None);
            await socket.SendAsync(message.Bytes.AsMemory(2 * third), message.Type, endOfMessage: true, CancellationToken.None);
        }
    };

    [Fact]
    public async Task Message_InFragments_ArrivesUnchangedBothWays()
    {
        gateway.Upstream.Script("echo", Echo);
        await using var client = await gateway.OpenAsync("echo");
        var text = """{ "type" : "conversation.item.create",   "item":{"text":"żółw 🐢 \u00e9"}, "x": 1e2 }""";
        var bytes = Encoding.UTF8.GetBytes(text);

        // Cut inside a character.
        var cut = text.IndexOf('ó', StringComparison.Ordinal) + 2;
        await client.SendAsync(bytes[..cut], WebSocketMessageType.Text, false);
        await client.SendAsync([], WebSocketMessageType.Text, false);
        await client.SendAsync(bytes[cut..], WebSocketMessageType.Text, true);

        var back = (await client.ReceiveAsync()).ShouldNotBeNull();
        Encoding.UTF8.GetString(back.Bytes).ShouldBe(text);
        back.Type.ShouldBe(WebSocketMessageType.Text);
    }

    [Fact]
    public async Task Message_OfAMegabyteAndBinary_ArrivesUnchanged()
    {
        gateway.Upstream.Script("echo", Echo);
        await using var client = await gateway.OpenAsync("echo");
        var audio = $$"""{"type":"input_audio_buffer.append","audio":"{{new string('A', 1 << 20)}}"}""";
        byte[] binary = [0, 255, 1, 254, .. Enumerable.Repeat((byte)7, 5000)];

        await client.SendAsync(audio);
        var text = (await client.ReceiveAsync()).ShouldNotBeNull();
        await client.SendAsync(binary, WebSocketMessageType.Binary, true);
        var raw = (await client.ReceiveAsync()).ShouldNotBeNull();

        Encoding.UTF8.GetString(text.Bytes).ShouldBe(audio);
        raw.Type.ShouldBe(WebSocketMessageType.Binary);
        raw.Bytes.ShouldBe(binary);
    }

    [Fact]
    public async Task Message_TextThatIsNoUtf8_ClosesWith1007()
    {
        gateway.Upstream.Script("echo", Echo);
        await using var client = await gateway.OpenAsync("echo");

        await client.SendAsync([(byte)'{', 0xC3, 0x28, (byte)'}'], WebSocketMessageType.Text, true);

        (await client.UntilClosedAsync()).ShouldBe(1007);
        await gateway.GaugeFallsAsync("sluice_realtime_sessions");
    }

    [Fact]
    public async Task Message_OverTheLimit_IsToldAndClosesWith1009()
    {
        gateway.Upstream.Script("echo", Echo);
        await using var client = await gateway.OpenAsync("echo");

        await client.SendAsync(new byte[(2 << 20) + 1], WebSocketMessageType.Binary, true);

        (await client.UntilAsync("error")).GetProperty("error").GetProperty("code").GetString().ShouldBe("request_too_large");
        (await client.UntilClosedAsync()).ShouldBe(1009);
    }

    [Fact]
    public async Task Handshake_CarriesWhatTheVendorNeedsAndNothingElse()
    {
        gateway.Upstream.Script("echo", Echo);
        await using var client = await RealtimeClient.OpenAsync(gateway.Sluice.Address, "model=echo&intent=x&key=" + RealtimeFixture.Key, null, options =>
        {
            options.AddSubProtocol("realtime");
            options.AddSubProtocol("openai-insecure-api-key." + RealtimeFixture.Key);
            options.AddSubProtocol("openai-beta.realtime-v1");
            options.SetRequestHeader("origin", "https://client.example");
            options.SetRequestHeader("cookie", "secret=1");
            options.SetRequestHeader("x-forwarded-for", "192.0.2.1");
        });

        client.Status.ShouldBe(HttpStatusCode.SwitchingProtocols);
        client.Socket.SubProtocol.ShouldBe("realtime");
        var (_, query, headers) = gateway.Upstream.Handshakes.Last(one => one.Lane == "echo");
        query.ShouldBe("?model=gpt-realtime-echo&intent=x");
        headers.Authorization.ToString().ShouldBe($"Bearer {SluiceConfigBuilder.UpstreamKey("echo")}");
        headers["openai-beta"].ToString().ShouldBe("realtime=v1");
        headers.SecWebSocketProtocol.ToString().ShouldBe("realtime");
        headers.Keys.ShouldNotContain(name => name.Equals("cookie", StringComparison.OrdinalIgnoreCase) || name.Equals("origin", StringComparison.OrdinalIgnoreCase) || name.StartsWith("x-", StringComparison.OrdinalIgnoreCase));
        headers.SelectMany(header => header.Value).ShouldNotContain(value => value!.Contains(RealtimeFixture.Key));
    }

    [Fact]
    public async Task SessionUpdate_WithTheAlias_NamesTheVendorsModel()
    {
        gateway.Upstream.Script("echo", Echo);
        await using var client = await gateway.OpenAsync("echo");

        await client.SendAsync("""{"type":"session.update","session":{"type":"realtime","model":"\u0065cho" , "voice":"a"}}""");

        Encoding.UTF8.GetString((await client.ReceiveAsync()).ShouldNotBeNull().Bytes)
            .ShouldBe("""{"type":"session.update","session":{"type":"realtime","model":"gpt-realtime-echo" , "voice":"a"}}""");
    }

    [Fact]
    public async Task Handshake_FirstVendorIsDown_AnotherServes()
    {
        gateway.Upstream.Script("echo", Echo).Refuse("down", 503, """{"error":{"message":"busy","type":"server_error"}}""");
        await using var client = await gateway.OpenAsync("failover");

        client.Status.ShouldBe(HttpStatusCode.SwitchingProtocols);
        gateway.Upstream.Handshakes.ShouldContain(one => one.Lane == "down" && one.Query == "?model=gpt-a");
        var id = client.RequestId;
        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None).WithinAsync("a goodbye");

        await gateway.Admin.UsageAsync(id);
        var trace = (await gateway.Admin.GetAsync($"/api/admin/requests/{id}")).Json;
        trace.GetProperty("attempts").EnumerateArray().Select(one => one.GetProperty("outcome").GetString()).ShouldBe(["overloaded", "answered"]);
        trace.GetProperty("http_status").GetInt32().ShouldBe(101);
    }

    [Theory]
    [InlineData("limited", 429, """{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}""", 429)]
    [InlineData("limited", 404, """{"error":{"message":"no such model","type":"invalid_request_error","code":"model_not_found"}}""", 404)]
    [InlineData("limited", 401, """{"error":{"message":"bad key","type":"invalid_request_error","code":"invalid_api_key"}}""", 502)]
    [InlineData("limited", 200, "{}", 502)]
    public async Task Handshake_VendorRefuses_ClientSeesAStatus(string lane, int status, string body, int seen)
    {
        gateway.Upstream.Refuse(lane, status, body);
        await using var client = await gateway.OpenAsync(lane);

        ((int)client.Status).ShouldBe(seen);
        await gateway.GaugeFallsAsync("sluice_realtime_sessions");
    }

    [Fact]
    public async Task Close_OfTheClient_ReachesTheVendorWithItsCode()
    {
        var code = new TaskCompletionSource<WebSocketCloseStatus?>();
        gateway.Upstream.Script("talk", async (socket, _) =>
        {
            await RealtimeUpstream.ReceiveAsync(socket);
            code.SetResult(socket.CloseStatus);
        });
        await using var client = await gateway.OpenAsync("talk");

        await client.Socket.CloseAsync((WebSocketCloseStatus)4242, "done", CancellationToken.None).WithinAsync("a goodbye");

        (await code.Task.WithinAsync("the vendor's close")).ShouldBe((WebSocketCloseStatus)4242);
    }

    [Fact]
    public async Task Error_ThatRepeatsTheVendorsKey_IsRedacted()
    {
        gateway.Upstream.Script("die", async (socket, _) =>
        {
            await RealtimeUpstream.SendAsync(socket, $$$"""{"type":"error","error":{"message":"key {{{SluiceConfigBuilder.UpstreamKey("die")}}} is bad"}}""");
            await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, SluiceConfigBuilder.UpstreamKey("die"), CancellationToken.None);
        });
        await using var client = await gateway.OpenAsync("die");

        (await client.UntilAsync("error")).GetRawText().ShouldContain("key *** is bad");
        (await client.UntilClosedAsync()).ShouldBe(1008);
        client.Socket.CloseStatusDescription.ShouldBe("***");
    }

    [Fact]
    public async Task Silence_LongerThanIdle_EndsTheSession()
    {
        gateway.Upstream.Script("quiet", Echo);
        await using var client = await gateway.OpenAsync("quiet");

        (await client.UntilAsync("error")).GetProperty("error").GetProperty("code").GetString().ShouldBe("idle_timeout");
        (await client.UntilClosedAsync()).ShouldBe(1000);
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_IsCutAndHoldsNothing()
    {
        var stopped = new TaskCompletionSource();
        gateway.Upstream.Script("flood", async (socket, http) =>
        {
            // A server's send to a connection that is gone does not fail: the request tells.
            using var told = http.RequestAborted.Register(stopped.SetResult);
            var piece = $$"""{"type":"x","fill":"{{new string('a', 256 * 1024)}}"}""";
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await RealtimeUpstream.SendAsync(socket, piece);
            }
        });
        await using var client = await gateway.OpenAsync("flood");

        await stopped.Task.WithinAsync("the vendor to be told that nobody reads");
        await gateway.GaugeFallsAsync("sluice_realtime_sessions");
    }

    [Fact]
    public async Task Vendor_ThatDoesNotRead_EndsTheSession()
    {
        var over = new TaskCompletionSource();
        gateway.Upstream.Script("unread", (_, _) => over.Task);
        await using var client = await gateway.OpenAsync("unread");
        var audio = $$"""{"type":"input_audio_buffer.append","audio":"{{new string('A', 1 << 20)}}"}""";
        var sending = Task.Run(async () =>
        {
            // The window to the vendor fills, then the one to the gateway.
            for (var i = 0; i < 100; i++)
            {
                await client.SendAsync(audio);
            }
        });

        (await client.UntilAsync("error")).GetProperty("error").GetProperty("code").GetString().ShouldBe("upstream_stream_broken");
        over.SetResult();
        await Task.WhenAny(sending).WithinAsync("the client to be let go");
        _ = sending.Exception;
    }

    [Fact]
    public async Task Client_ThatIsGoneWithoutAWord_IsNoticed()
    {
        gateway.Upstream.Script("echo", Echo);
        using var half = await RawClient.ConnectAsync(gateway.Sluice.Address);
        await half.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/realtime?model=echo HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {RealtimeFixture.Key}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        await Eventually.ValueAsync("an open session", async () => await gateway.GaugeAsync("sluice_realtime_sessions") > 0 ? "open" : null);

        // It answers no ping.
        await gateway.GaugeFallsAsync("sluice_realtime_sessions");
    }
}
