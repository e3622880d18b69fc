using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Tests.Usage;
using Sluice.Usage;

namespace Sluice.Tests.Admin;

public sealed class UsageEndpointsTests : IAsyncLifetime
{
    private const string Records = "/api/admin/usage/records";

    private AdministrationApp _app = null!;

    public async Task InitializeAsync() => _app = await AdministrationApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Records_HaveEveryMemberOfTheContract()
    {
        Write(UsageRecords.Create(7));

        var item = (await _app.GetAsync(Records)).Body.GetProperty("data")[0];

        item.GetProperty("id").GetString().ShouldNotBeNull().ShouldStartWith("use_");
        var members = JsonSerializer.Serialize(item);
        members.ShouldContain("""
            "request_id":"req_7","client_request_id":null,"key":"ci","user":null,"model":"smart","provider":"openai-main","upstream_model":"gpt-5.1","credential":"k1"
            """);
        members.ShouldContain("""
            "status":"settled","tokens":{"input":10,"cache_read":1,"cache_write_5m":2,"cache_write_1h":3,"output":20,"reasoning":5},"cost_nano_usd":1000,"latency_ms":12.345,"first_token_ms":2.345
            """);
        item.GetProperty("at").GetString().ShouldBe("2026-01-02T03:04:05Z");
    }

    [Theory]
    [InlineData(nameof(UsageStatus.Recovered), "recovered")]
    [InlineData(nameof(UsageStatus.Estimated), "estimated")]
    [InlineData(nameof(UsageStatus.Failed), "failed")]
    [InlineData(nameof(UsageStatus.Void), "void")]
    public async Task Records_EachStatus_IsSpelled(string status, string expected)
    {
        Write(UsageRecords.Create(1, status: Enum.Parse<UsageStatus>(status), cost: null));

        var item = (await _app.GetAsync(Records)).Body.GetProperty("data")[0];
        item.GetProperty("status").GetString().ShouldBe(expected);
        item.GetProperty("cost_nano_usd").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Records_FiltersAndPages_Together()
    {
        for (var i = 0; i < 20; i++)
        {
            Write(UsageRecords.Create(i, key: i % 2 == 0 ? "even" : "odd", model: i < 10 ? "old" : "new"));
        }

        var first = await _app.GetAsync($"{Records}?key=even&model=new&limit=3");
        var second = await _app.GetAsync($"{Records}?key=even&model=new&limit=3&cursor={first.Text("next_cursor")}");

        Requests(first).Concat(Requests(second)).ShouldBe(["req_18", "req_16", "req_14", "req_12", "req_10"]);
        second.Text("next_cursor").ShouldBeNull();
        Requests(await _app.GetAsync($"{Records}?from=2026-01-02T03:04:05%2B00:00&to=2026-01-02T03:04:06Z&limit=500")).Count.ShouldBe(20);
        Requests(await _app.GetAsync($"{Records}?from=2026-01-03")).ShouldBeEmpty();
        Requests(await _app.GetAsync($"{Records}?key=%27%20OR%201%3D1%20--")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-13-01", "to")]
    public async Task Records_BadParameter_Is400ThatNamesIt(string query, string field)
    {
        var answer = await _app.GetAsync($"{Records}?{query}");

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task Summary_PerModel_AddsUp()
    {
        Write(UsageRecords.Create(1, model: "a"));
        Write(UsageRecords.Create(2, model: "a", cost: null));
        Write(UsageRecords.Create(3, model: "b", status: UsageStatus.Failed, cost: null));

        var answer = await _app.GetAsync("/api/admin/usage/summary");

        answer.Text("group_by").ShouldBe("model");
        var data = answer.Body.GetProperty("data");
        data[0].ToString().ShouldBe("""
            {"group":"a","model":"a","calls":2,"failed_calls":0,"unpriced_calls":1,"tokens":{"input":20,"cache_read":2,"cache_write_5m":4,"cache_write_1h":6,"output":40,"reasoning":10},"cost_nano_usd":1000,"average_latency_ms":12.345}
            """.Trim());
        data[1].GetProperty("failed_calls").GetInt64().ShouldBe(1);
        (await _app.GetAsync("/api/admin/usage/summary?group_by=key&from=2026-01-01&to=2026-01-03")).Body.GetProperty("data")[0].GetProperty("key").GetString().ShouldBe("ci");
        (await _app.GetAsync("/api/admin/usage/summary?group_by=colour")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Call_WithAKeyOfTheDatabase_ShowsWhenItWasUsed()
    {
        var created = await _app.PostAsync("/api/admin/api-keys", """{ "name": "ci" }""");
        var record = UsageRecords.Create(1);
        Write(new UsageRecord
        {
            RequestId = "r",
            KeyId = created.Text("id")!,
            KeyName = "ci",
            Model = "m",
            Operation = "chat",
            AtMicros = record.AtMicros,
        });

        await _app.GetAsync(Records);

        (await _app.GetAsync($"/api/admin/api-keys/{created.Text("id")}")).Text("last_used_at").ShouldBe("2026-01-02T03:04:05Z");
    }

    private static List<string?> Requests(ApiAnswer answer)
        => [.. answer.Body.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("request_id").GetString())];

    private void Write(UsageRecord record) => _app.Services.GetRequiredService<IUsageSink>().TryWrite(record).ShouldBeTrue();
}
