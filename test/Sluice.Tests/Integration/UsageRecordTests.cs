using System.Globalization;
using System.Text.Json;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>The account of each call: disjoint token buckets, exact money, who and what.</summary>
public sealed class UsageRecordTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("chat", false)]
    [InlineData("chat", true)]
    [InlineData("responses", false)]
    [InlineData("responses", true)]
    [InlineData("messages", false)]
    [InlineData("messages", true)]
    [InlineData("gemini", false)]
    [InlineData("gemini", true)]
    public async Task Call_VendorSaysUsage_IsRecordedInDisjointBuckets(string name, bool stream)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        if (stream)
        {
            lane.First.Always(UpstreamAnswer.Sse(dialect.Stream));
        }

        var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane), stream);
        var record = await gateway.Admin.UsageAsync(reply.Header("x-request-id")!);

        record.Status.ShouldBe("settled");
        record.Tokens("input").ShouldBe(60);
        record.Tokens("cache_read").ShouldBe(40);
        record.Tokens("cache_write_5m").ShouldBe(name == "messages" ? 10 : 0);
        record.Tokens("cache_write_1h").ShouldBe(name == "messages" ? 3 : 0);
        record.Tokens("output").ShouldBe(20);
        record.Tokens("reasoning").ShouldBe(name == "messages" ? 0 : 5);

        // 60 x 1, 40 x 0.1, 20 x 10 USD per million, and for Anthropic 10 x 1.25 and 3 x 2.
        record.CostNanoUsd.ShouldBe(name == "messages" ? 282_500 : 264_000);
    }

    [Fact]
    public async Task Call_Record_SaysWhoAndWhat()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request(lane.Alias), ("x-client-request-id", "mine-1"));
        var json = (await gateway.Admin.UsageAsync(reply.Header("x-request-id")!)).Json;

        json.GetProperty("id").GetString().ShouldNotBeNullOrEmpty();
        json.GetProperty("client_request_id").GetString().ShouldBe("mine-1");
        json.GetProperty("key").GetString().ShouldBe(GatewayFixture.KeyName);
        json.GetProperty("model").GetString().ShouldBe(lane.Alias);
        json.GetProperty("provider").GetString().ShouldBe($"{lane.Name}-openai-1");
        json.GetProperty("upstream_model").GetString().ShouldBe(lane.AliasTarget);
        json.GetProperty("credential").GetString().ShouldBe("k1");
        json.GetProperty("cost_nano_usd").TryGetInt64(out _).ShouldBeTrue();
        json.GetProperty("latency_ms").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        json.TryGetProperty("first_token_ms", out _).ShouldBeTrue();
        DateTimeOffset.Parse(json.GetProperty("at").GetString()!, CultureInfo.InvariantCulture).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        json.TryGetProperty("user", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Call_ModelWithoutAPrice_IsServedAndUnpriced()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.ChatUnpriced);
        var record = await gateway.Admin.UsageAsync(reply.Header("x-request-id")!);

        reply.Status.ShouldBe(200);
        record.Json.GetProperty("cost_nano_usd").ValueKind.ShouldBe(JsonValueKind.Null);
        record.Tokens("output").ShouldBe(20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_VendorSaysNoUsage_IsEstimated(bool stream)
    {
        var lane = gateway.NextLane();
        lane.First.Always(stream
            ? UpstreamAnswer.Sse(OpenAIChatWire.Stream(includeUsage: false))
            : UpstreamAnswer.Json(OpenAIChatWire.Completion(usage: "null")));

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat, stream);
        var record = await gateway.Admin.UsageAsync(reply.Header("x-request-id")!);

        reply.Status.ShouldBe(200);
        record.Status.ShouldBe("estimated");
        record.Tokens("input").ShouldBeGreaterThanOrEqualTo(1);
        record.Tokens("output").ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    public async Task Call_VendorRefuses_CostsNothing(int status)
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Json(OpenAIChatWire.Error("no", "server_error"), status));

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat);
        var record = await gateway.Admin.UsageAsync(reply.Header("x-request-id")!);

        record.Status.ShouldBeOneOf("failed", "void");
        (record.CostNanoUsd ?? 0).ShouldBe(0);
        record.Tokens("output").ShouldBe(0);
    }

    [Fact]
    public async Task Call_Embeddings_AreRecorded()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/embeddings", $$"""{"model":"{{lane.Chat}}","input":"one"}""");
        var record = await gateway.Admin.UsageAsync(reply.Header("x-request-id")!);

        record.Status.ShouldBe("settled");
        record.Tokens("input").ShouldBe(8);
        record.Tokens("output").ShouldBe(0);
        record.CostNanoUsd.ShouldBe(8_000);
    }

    [Fact]
    public async Task Records_Paged_AreNewestFirstAndEachOnce()
    {
        var lane = gateway.NextLane();
        for (var i = 0; i < 5; i++)
        {
            await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat);
        }

        var last = (await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat)).Header("x-request-id")!;
        await gateway.Admin.UsageAsync(last);
        var (ids, times, cursor) = (new List<string>(), new List<DateTimeOffset>(), "");
        do
        {
            var page = (await gateway.Admin.GetAsync($"/api/admin/usage/records?model={lane.Chat}&limit=2{cursor}")).Json;
            foreach (var item in page.GetProperty("data").EnumerateArray())
            {
                ids.Add(item.GetProperty("id").GetString()!);
                times.Add(DateTimeOffset.Parse(item.GetProperty("at").GetString()!, CultureInfo.InvariantCulture));
            }

            var next = page.GetProperty("next_cursor");
            cursor = next.ValueKind == JsonValueKind.Null ? "" : $"&cursor={Uri.EscapeDataString(next.GetString()!)}";
        }
        while (cursor.Length > 0);

        ids.Count.ShouldBe(6);
        ids.Distinct().Count().ShouldBe(6);
        times.ShouldBe(times.OrderDescending());
    }

    [Fact]
    public async Task Records_Filtered_ByKeyAndTime()
    {
        var lane = gateway.NarrowLane();
        using var narrow = gateway.Sluice.Client(GatewayFixture.NarrowKey);
        var id = (await narrow.CallAsync(TestedDialect.Chat, lane.Chat)).Header("x-request-id")!;
        await gateway.Admin.UsageAsync(id);

        var byKey = (await gateway.Admin.GetAsync("/api/admin/usage/records?key=narrow&limit=100")).Json.GetProperty("data").EnumerateArray().ToList();
        var future = Uri.EscapeDataString(DateTimeOffset.UtcNow.AddHours(1).ToString("O"));
        var later = await gateway.Admin.GetAsync($"/api/admin/usage/records?from={future}");

        later.Status.ShouldBe(200, later.Text);
        byKey.ShouldNotBeEmpty();
        byKey.ShouldAllBe(r => r.GetProperty("key").GetString() == "narrow");
        later.Json.GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Records_ForAClientsKey_AreForbidden()
    {
        var reply = await gateway.Client.GetAsync("/api/admin/usage/records");

        reply.Status.ShouldBe(403, reply.Text);
        reply.Header("content-type").ShouldNotBeNull().ShouldStartWith("application/problem+json");
    }
}
