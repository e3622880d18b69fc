using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;

namespace Sluice.Tests.Integration;

/// <summary>What realtime sessions cost, and what stops them.</summary>
public sealed class RealtimeAccountTests(RealtimeFixture gateway) : IClassFixture<RealtimeFixture>
{
    private const string Ask = """{"type":"response.create"}""";
    private const string Say = """{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"say hello"}]}}""";

    [Fact]
    public async Task Response_WithUsage_IsARecordOfItsOwn()
    {
        gateway.Upstream.Answers("talk", text => text == Ask
            ?
            [
                """{"type":"response.created","response":{"id":"r1","status":"in_progress"}}""",
                """{"type":"response.done","response":{"id":"r1","status":"completed","usage":{"total_tokens":821,"input_tokens":789,"output_tokens":32,"input_token_details":{"text_tokens":313,"audio_tokens":476,"cached_tokens":640,"cached_tokens_details":{"text_tokens":256,"audio_tokens":384}},"output_token_details":{"text_tokens":9,"audio_tokens":23}}}}""",
            ]
            : []);
        await using var client = await gateway.OpenAsync("talk");
        await client.SendAsync(Ask);
        await client.UntilAsync("response.done");

        // On the account before the session ends: 57 of text, 92 of audio, 640 cached; 9 and 23 out.
        var record = await gateway.Admin.UsageAsync(client.RequestId + "-1");
        record.Status.ShouldBe("settled");
        record.Tokens("input").ShouldBe(57 + 92);
        record.Tokens("cache_read").ShouldBe(640);
        record.Tokens("output").ShouldBe(32);
        record.Json.GetProperty("cost_nano_usd").GetInt64().ShouldBe((57 * 4_000) + (92 * 32_000) + (640 * 400) + (9 * 16_000) + (23 * 64_000));
        record.Json.GetProperty("upstream_model").GetString().ShouldBe("gpt-realtime-talk");

        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None).WithinAsync("a goodbye");
        var session = await gateway.Admin.UsageAsync(client.RequestId);
        session.Json.GetProperty("cost_nano_usd").GetInt64().ShouldBe(0);
        (await gateway.Admin.GetAsync($"/api/admin/requests/{client.RequestId}-1")).Json.GetProperty("operation").GetString().ShouldBe("realtime_response");
    }

    [Fact]
    public async Task Transcript_WithUsage_IsARecordOfTheTranscribingModel()
    {
        gateway.Upstream.Answers("talk", text => text == Ask
            ?
            [
                """{"type":"session.updated","session":{"audio":{"input":{"transcription":{"model":"gpt-4o-transcribe"}}}}}""",
                """{"type":"conversation.item.input_audio_transcription.completed","usage":{"type":"tokens","total_tokens":30,"input_tokens":20,"output_tokens":10,"input_token_details":{"audio_tokens":20}}}""",
            ]
            : []);
        await using var client = await gateway.OpenAsync("talk");
        await client.SendAsync(Ask);
        await client.UntilAsync("conversation.item.input_audio_transcription.completed");

        var record = await gateway.Admin.UsageAsync(client.RequestId + "-t1");
        record.Tokens("input").ShouldBe(20);
        record.Json.GetProperty("upstream_model").GetString().ShouldBe("gpt-4o-transcribe");
    }

    [Fact]
    public async Task Vendor_DiesInAResponse_IsEstimatedAndTold()
    {
        await using var client = await gateway.OpenAsync("sim-realtime.cut");
        await client.SendAsync(Say);
        await client.SendAsync(Ask);

        (await client.UntilAsync("error")).GetProperty("error").GetProperty("code").GetString().ShouldBe("upstream_stream_broken");
        (await client.UntilClosedAsync()).ShouldBe(1011);
        var record = await gateway.Admin.UsageAsync(client.RequestId + "-1");
        record.Status.ShouldBe("estimated");
        record.Tokens("input").ShouldBeGreaterThan(0);
        record.Tokens("output").ShouldBeGreaterThan(0);
        await GoneAsync();
    }

    [Fact]
    public async Task Client_LeavesInAResponse_VendorIsCancelledAndItsCountSettled()
    {
        await using var client = await gateway.OpenAsync("sim-realtime.slow-tokens=100");
        await client.SendAsync(Say);
        await client.SendAsync(Ask);
        await client.UntilAsync("response.output_audio.delta");
        var id = client.RequestId;

        client.Socket.Abort();

        var record = await gateway.Admin.UsageAsync(id + "-1");
        record.Status.ShouldBe("settled");
        record.Tokens("output").ShouldBeGreaterThan(0);
        await GoneAsync();
    }

    [Fact]
    public async Task Response_WithoutUsage_IsEstimated()
    {
        await using var client = await gateway.OpenAsync("sim-realtime.no-usage");
        await client.SendAsync(Say);
        await client.SendAsync(Ask);
        await client.UntilAsync("response.done");

        (await gateway.Admin.UsageAsync(client.RequestId + "-1")).Status.ShouldBe("estimated");
    }

    [Fact]
    public async Task Budget_UsedUpInASession_EndsItAndIsNotOverspent()
    {
        var (sessions, responses) = (0, 0);
        for (; sessions < 20; sessions++)
        {
            await using var client = await gateway.OpenAsync("poor", RealtimeFixture.PoorKey);
            client.Status.ShouldBe(HttpStatusCode.SwitchingProtocols);
            var (made, code) = await TalkUntilClosedAsync(client);
            responses += made;
            code.ShouldBe("budget_exceeded");
            ((int?)client.Socket.CloseStatus).ShouldBe(1008);
            if (made == 0)
            {
                break;
            }
        }

        sessions.ShouldBeInRange(1, 19);
        responses.ShouldBeGreaterThan(1);
        var costs = await Eventually.ValueAsync("the account of the poor key", async () =>
        {
            var page = (await gateway.Admin.GetAsync("/api/admin/usage/records?limit=200&key=poor")).Json;
            var all = page.GetProperty("data").EnumerateArray().Select(one => one.GetProperty("cost_nano_usd").GetInt64()).Where(cost => cost > 0).ToList();
            return all.Count >= responses ? all : null;
        });
        costs.Count.ShouldBe(responses);
        costs.Sum().ShouldBeInRange(1, RealtimeFixture.PoorNanoUsd);
        await GoneAsync();
    }

    /// <summary>Asks for response after response; how many were made, and the code of the error that ended it.</summary>
    private static async Task<(int Responses, string? Code)> TalkUntilClosedAsync(RealtimeClient client)
    {
        const string AskForText = """{"type":"response.create","response":{"output_modalities":["text"]}}""";
        var responses = 0;
        string? code = null;
        await client.SendAsync(Say);
        await client.SendAsync(AskForText);
        while (await client.ReceiveAsync() is { } message)
        {
            using var read = JsonDocument.Parse(message.Bytes);
            switch (read.RootElement.GetProperty("type").GetString())
            {
                case "error":
                    code = read.RootElement.GetProperty("error").GetProperty("code").GetString();
                    break;
                case "response.done":
                    responses++;
                    await client.SendAsync(Say);
                    await client.SendAsync(AskForText);
                    break;
                default:
                    break;
            }
        }

        return (responses, code);
    }

    [Fact]
    public async Task Tokens_UsedUp_RefuseTheNextResponseAndKeepTheSession()
    {
        await using var client = await gateway.OpenAsync("sim-realtime.tokens=600", RealtimeFixture.SlowKey);
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(Say);
            await client.SendAsync(Ask);
            while (true)
            {
                using var read = JsonDocument.Parse((await client.ReceiveAsync()).ShouldNotBeNull().Bytes);
                var type = read.RootElement.GetProperty("type").GetString();
                if (type == "error")
                {
                    read.RootElement.GetProperty("error").GetProperty("code").GetString().ShouldBe("rate_limit_exceeded");
                    i.ShouldBeGreaterThan(0);
                    client.Socket.State.ShouldBe(WebSocketState.Open);
                    return;
                }

                if (type == "response.done")
                {
                    break;
                }
            }
        }

        Assert.Fail("3,600 tokens fitted into 1,500.");
    }

    [Fact]
    public async Task Sessions_OverTheConcurrencyLimit_AreRefusedUntilOneEnds()
    {
        await using var first = await gateway.OpenAsync("sim-realtime", RealtimeFixture.SingleKey);
        await using var second = await gateway.OpenAsync("sim-realtime", RealtimeFixture.SingleKey);
        second.Status.ShouldBe(HttpStatusCode.TooManyRequests);

        first.Socket.Abort();

        await Eventually.ValueAsync("a free slot", async () =>
        {
            await using var third = await gateway.OpenAsync("sim-realtime", RealtimeFixture.SingleKey);
            return third.Status == HttpStatusCode.SwitchingProtocols ? "free" : null;
        });
    }

    [Fact]
    public async Task Key_RevokedInASession_EndsItWithinASecond()
    {
        var made = (await gateway.Admin.PostAsync("/api/admin/api-keys", """{"name":"short-lived"}""")).Json;
        await using var client = await gateway.OpenAsync("sim-realtime", made.GetProperty("key").GetString()!);
        await client.UntilAsync("session.created");

        (await gateway.Admin.DeleteAsync($"/api/admin/api-keys/{made.GetProperty("id").GetString()}")).Status.ShouldBe(204);

        // A second, and what a loaded machine takes to tell.
        (await client.UntilAsync("error", TimeSpan.FromSeconds(3))).GetProperty("error").GetProperty("code").GetString().ShouldBe("invalid_api_key");
        (await client.UntilClosedAsync()).ShouldBe(1008);
    }

    [Fact]
    public async Task Sessions_FiveHundredAtOnce_LeaveNothingBehind()
    {
        const int Many = 500;
        var clients = new System.Collections.Concurrent.ConcurrentBag<RealtimeClient>();
        try
        {
            var served = await Task.WhenAll(Enumerable.Range(0, Many).Select(async _ =>
            {
                var client = await gateway.OpenAsync("sim-realtime");
                clients.Add(client);
                await client.SendAsync("""{"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}}""");
                await client.SendAsync(Say);
                await client.SendAsync(Ask);
                var done = await client.UntilAsync("response.done", TimeSpan.FromSeconds(60));
                done.GetProperty("response").GetProperty("status").GetString().ShouldBe("completed");

                // Reads on, or it would answer no ping.
                return (Client: client, Closed: client.UntilClosedAsync(TimeSpan.FromSeconds(60)));
            }));
            (await gateway.GaugeAsync("sluice_realtime_sessions")).ShouldBeGreaterThanOrEqualTo(Many);

            // Half of them say goodbye.
            await Task.WhenAll(served.Select((one, at) => at % 2 == 0
                ? one.Client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None)
                : one.Client.DisposeAsync().AsTask()));

            await GoneAsync();
            await Task.WhenAll(served.Select(one => one.Closed));
        }
        finally
        {
            await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
        }
    }

    private async Task GoneAsync()
    {
        await gateway.GaugeFallsAsync("sluice_realtime_sessions");
        await gateway.GaugeFallsAsync("sluice_ledger_open_calls");
    }
}
