using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Sluice.Simulator.Tests.Faults;

/// <summary>Every fault on the wire, in every dialect.</summary>
public sealed class FaultDeliveryTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static TheoryData<string> Dialects => ["chat", "responses", "messages", "gemini"];

    [Theory]
    [InlineData("chat", "429", 429, "rate_limit_exceeded")]
    [InlineData("chat", "quota", 429, "insufficient_quota")]
    [InlineData("chat", "401", 401, "invalid_api_key")]
    [InlineData("chat", "403", 403, "unsupported_country")]
    [InlineData("chat", "500", 500, "server_error")]
    [InlineData("chat", "503", 503, "overloaded")]
    [InlineData("chat", "529", 529, "overloaded")]
    [InlineData("responses", "429", 429, "rate_limit_exceeded")]
    [InlineData("messages", "429", 429, "rate_limit_error")]
    [InlineData("messages", "quota", 429, "enforced_spend_limit_reached")]
    [InlineData("messages", "401", 401, "authentication_error")]
    [InlineData("messages", "403", 403, "permission_error")]
    [InlineData("messages", "500", 500, "api_error")]
    [InlineData("messages", "529", 529, "overloaded_error")]
    [InlineData("gemini", "429", 429, "RESOURCE_EXHAUSTED")]
    [InlineData("gemini", "quota", 429, "PerDay")]
    [InlineData("gemini", "401", 400, "API_KEY_INVALID")]
    [InlineData("gemini", "403", 403, "PERMISSION_DENIED")]
    [InlineData("gemini", "500", 500, "INTERNAL")]
    [InlineData("gemini", "529", 503, "UNAVAILABLE")]
    public async Task Status_AnyDialect_IsTheVendors(string dialect, string fault, int status, string word)
    {
        foreach (var streams in (bool[])[false, true])
        {
            using var response = await PostAsync(dialect, fault, streams);

            ((int)response.StatusCode).ShouldBe(status);
            response.Headers.RetryAfter.ShouldBeNull();
            var text = await response.Content.ReadAsStringAsync();
            text.ShouldContain(word);
            JsonDocument.Parse(text);
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task RateLimit_WithATime_SaysItAsTheVendorDoes(string dialect)
    {
        using var response = await PostAsync(dialect, "429-after=7", streams: true);

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        if (dialect == "gemini")
        {
            (await response.Content.ReadAsStringAsync()).ShouldContain("\"retryDelay\": \"7s\"");
        }
        else
        {
            response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(7));
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Header_BesideAFaultyName_Wins(string dialect)
    {
        using var response = await PostAsync(dialect, "500", streams: false, ("x-sim-fault", "429"));

        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Cut_Stream_SendsSomeEventsAndBreaks(string dialect)
    {
        var (text, failure) = await ReadUntilBrokenAsync(dialect, "cut", streams: true);

        text.ShouldContain("data: ");
        failure.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("cut", false)]
    [InlineData("wrong-content-length", false)]
    [InlineData("wrong-content-length", true)]
    public async Task Break_Chat_SendsWhatItHasAndBreaks(string fault, bool streams)
    {
        var (text, failure) = await ReadUntilBrokenAsync("chat", fault, streams);

        text.ShouldNotBeEmpty();
        failure.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("stall", true)]
    [InlineData("stall", false)]
    public async Task Stall_Chat_SendsTheFirstHalfAndFallsSilent(string fault, bool streams)
    {
        using var response = await PostAsync("chat", fault, streams);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var silence = new CancellationTokenSource();
        var received = 0;
        var buffer = new byte[64 * 1024];

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            while (true)
            {
                // Silence is what is looked for: the time grows only from the last byte that came.
                silence.CancelAfter(received > 0 ? TimeSpan.FromMilliseconds(300) : Patience);
                var read = await body.ReadAsync(buffer, silence.Token);
                read.ShouldBeGreaterThan(0, "a stalled answer does not end");
                received += read;
            }
        });
        received.ShouldBeGreaterThan(0);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Endless_Stream_GoesOnAndOn(string dialect)
    {
        using var response = await PostAsync(dialect, "endless", streams: true);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var deadline = new CancellationTokenSource(Patience);
        var buffer = new byte[16 * 1024];

        for (var received = 0; received < 64 * 1024;)
        {
            var read = await body.ReadAsync(buffer, deadline.Token);
            read.ShouldBeGreaterThan(0);
            received += read;
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Malformed_Stream_HasOneBrokenEventAndEndsWell(string dialect)
    {
        var events = await StreamAsync(dialect, "malformed");

        events.Count(e => !IsJson(e.Data) && e.Data != "[DONE]").ShouldBe(1);
        events[^1].Data.ShouldNotBe("");
    }

    [Theory]
    [InlineData("chat", "\"error\":{")]
    [InlineData("responses", "\"type\":\"error\"")]
    [InlineData("messages", "overloaded_error")]
    [InlineData("gemini", "UNAVAILABLE")]
    public async Task Error_InStream_IsTheLastEvent(string dialect, string word)
    {
        var first = await StreamAsync(dialect, "error-first");
        first.Single().Data.ShouldContain(word);

        var mid = await StreamAsync(dialect, "error-mid");
        mid.Count.ShouldBeGreaterThan(1);
        mid[^1].Data.ShouldContain(word);
        mid.SkipLast(1).ShouldAllBe(e => !e.Data.Contains(word));
    }

    [Fact]
    public async Task Error_InAnArrayStream_LeavesAnArray()
    {
        var answer = await simulator.PostJsonAsync("/v1beta/models/x.error-mid:streamGenerateContent", """{"contents":[{"parts":[{"text":"x"}]}]}""");

        answer[answer.GetArrayLength() - 1].TryGetProperty("error", out _).ShouldBeTrue();
        answer.GetArrayLength().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Garbage_WholeAndStreamed_IsNoJson()
    {
        foreach (var streams in (bool[])[false, true])
        {
            using var response = await PostAsync("chat", "garbage", streams);
            IsJson(await response.Content.ReadAsStringAsync()).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("chat", "prompt_tokens")]
    [InlineData("responses", "input_tokens")]
    [InlineData("messages", "input_tokens")]
    [InlineData("gemini", "promptTokenCount")]
    public async Task Usage_WrongAndMissing_IsSo(string dialect, string member)
    {
        // The name is a part of the prompt's seed but not of its tokens.
        var truth = Find(await WholeAsync(dialect, "tokens=9"), member)!.Value;
        Find(await WholeAsync(dialect, "tokens=9.wrong-usage"), member).ShouldBe(truth * 10);
        Find(await WholeAsync(dialect, "tokens=9.no-usage"), member).ShouldBeNull();
        (await StreamAsync(dialect, "no-usage")).ShouldAllBe(e => !e.Data.Contains(member));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task FailFirst_SameKey_FailsSoOftenAndThenServes(string dialect)
    {
        var key = ("x-sim-key", $"fail-first-{dialect}");
        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var response = await PostAsync(dialect, "fail-first=2", streams: false, key);
            statuses.Add((int)response.StatusCode);
        }

        statuses.ShouldBe([500, 500, 200, 200]);
        using var other = await PostAsync(dialect, "fail-first=2", streams: false, ("x-sim-key", $"other-{dialect}"));
        other.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task SlowFirstToken_Stream_SendsHeadersFirst()
    {
        var start = Stopwatch.GetTimestamp();
        using var response = await PostAsync("chat", "slow-first-token=400", streams: true);
        var headers = Stopwatch.GetElapsedTime(start);
        await response.Content.ReadAsStringAsync();

        Stopwatch.GetElapsedTime(start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(390));
        headers.ShouldBeLessThan(Stopwatch.GetElapsedTime(start) - TimeSpan.FromMilliseconds(200));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SlowTokens_Answer_TakesTheTimeOfAllOfThem(bool streams)
    {
        var start = Stopwatch.GetTimestamp();
        using var response = await PostAsync("chat", "tokens=10.slow-tokens=20", streams);
        await response.Content.ReadAsStringAsync();

        Stopwatch.GetElapsedTime(start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(190));
    }

    private Task<HttpResponseMessage> PostAsync(string dialect, string fault, bool streams, params (string Name, string Value)[] headers)
    {
        var stream = streams ? "true" : "false";
        return dialect switch
        {
            "chat" => simulator.PostAsync("/v1/chat/completions", $$"""{"model":"m.{{fault}}","stream":{{stream}},"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hello"}]}""", headers),
            "responses" => simulator.PostAsync("/v1/responses", $$"""{"model":"m.{{fault}}","stream":{{stream}},"input":"hello"}""", headers),
            "messages" => simulator.PostAsync("/v1/messages", $$"""{"model":"m.{{fault}}","stream":{{stream}},"max_tokens":500,"messages":[{"role":"user","content":"hello"}]}""", headers),
            _ => simulator.PostAsync($"/v1beta/models/m.{fault}:{(streams ? "streamGenerateContent?alt=sse" : "generateContent")}", """{"contents":[{"parts":[{"text":"hello"}]}]}""", headers),
        };
    }

    private async Task<JsonElement> WholeAsync(string dialect, string fault)
    {
        using var response = await PostAsync(dialect, fault, streams: false);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    private async Task<IReadOnlyList<SseEvent>> StreamAsync(string dialect, string fault)
    {
        using var response = await PostAsync(dialect, fault, streams: true);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return SseEvent.Parse(await response.Content.ReadAsStringAsync());
    }

    private async Task<(string Text, Exception? Failure)> ReadUntilBrokenAsync(string dialect, string fault, bool streams)
    {
        using var response = await PostAsync(dialect, fault, streams);
        await using var body = await response.Content.ReadAsStreamAsync();
        using var deadline = new CancellationTokenSource(Patience);
        using var received = new MemoryStream();
        Exception? failure = null;
        try
        {
            await body.CopyToAsync(received, deadline.Token);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            failure = broken;
        }

        return (Encoding.UTF8.GetString(received.ToArray()), failure);
    }

    private static int? Find(JsonElement answer, string member)
    {
        foreach (var name in (string[])["usage", "usageMetadata"])
        {
            if (answer.TryGetProperty(name, out var usage) && usage.ValueKind == JsonValueKind.Object)
            {
                return usage.GetProperty(member).GetInt32();
            }
        }

        return null;
    }

    private static bool IsJson(string text)
    {
        try
        {
            JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
