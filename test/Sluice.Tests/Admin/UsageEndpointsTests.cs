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
    public async Task Corrections_OfACall_AreRecordsOfTheDifferenceThatTheSumsFollow()
    {
        Write(UsageRecords.Create(7));
        var original = (await _app.GetAsync(Records)).Body.GetProperty("data")[0].GetProperty("id").GetString();
        var path = $"{Records}/{original}/corrections";

        var cheaper = await _app.PostAsync(path, """{ "cost_nano_usd": 400, "reason": "the vendor's credit note" }""");
        var dearer = await _app.PostAsync(path, """{ "delta_nano_usd": 50, "reason": "=2+5" }""");

        cheaper.Status.ShouldBe(HttpStatusCode.Created);
        cheaper.Body.GetProperty("cost_nano_usd").GetInt64().ShouldBe(-600);
        cheaper.Text("corrects").ShouldBe(original);
        cheaper.Text("corrected_by").ShouldNotBeNullOrEmpty();
        (cheaper.Text("request_id"), cheaper.Text("status"), cheaper.Text("reason")).ShouldBe(("req_7", "settled", "the vendor's credit note"));
        dearer.Body.GetProperty("cost_nano_usd").GetInt64().ShouldBe(50);
        foreach (var grouping in (string[])["model", "key", "provider", "credential", "user"])
        {
            var sum = (await _app.GetAsync($"/api/admin/usage/summary?group_by={grouping}")).Body.GetProperty("data")[0];
            (sum.GetProperty("calls").GetInt64(), sum.GetProperty("cost_nano_usd").GetInt64()).ShouldBe((1, 450));
        }

        (await _app.PostAsync($"{Records}/{cheaper.Text("id")}/corrections", """{ "delta_nano_usd": 1, "reason": "r" }""")).Text("code").ShouldBe("not_correctable");
        (await _app.PostAsync(path, """{ "cost_nano_usd": 450, "reason": "r" }""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await _app.PostAsync(path, """{ "delta_nano_usd": -451, "reason": "r" }""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await _app.PostAsync(path, """{ "delta_nano_usd": 9223372036854775807, "reason": "r" }""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await _app.GetAsync(Records)).Body.GetProperty("data").GetArrayLength().ShouldBe(3);
    }

    [Theory]
    [InlineData("""{ "reason": "r" }""")]
    [InlineData("""{ "cost_nano_usd": 1, "delta_nano_usd": 1, "reason": "r" }""")]
    [InlineData("""{ "cost_nano_usd": -1, "reason": "r" }""")]
    [InlineData("""{ "cost_nano_usd": 1 }""")]
    [InlineData("""{ "cost_nano_usd": 1, "reason": "  " }""")]
    [InlineData("""{ "cost_nano_usd": 1, "reason": "a\nb" }""")]
    [InlineData("""{ "cost_nano_usd": 1.5, "reason": "r" }""")]
    [InlineData("""{ "cost_nano_usd": 1, "reason": "r", "status": "void" }""")]
    public async Task Corrections_BadBody_Is400(string body)
    {
        Write(UsageRecords.Create(7));

        (await _app.PostAsync($"{Records}/use_0000000000000001/corrections", body)).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("use_00000000000000ff")]
    [InlineData("use_1")]
    [InlineData("use_-000000000000001")]
    [InlineData("nonsense")]
    public async Task Corrections_UnknownRecord_Is404(string id)
        => (await _app.PostAsync($"{Records}/{id}/corrections", """{ "cost_nano_usd": 1, "reason": "r" }""")).Status.ShouldBe(HttpStatusCode.NotFound);

    [Theory]
    [InlineData("format=xml", "format")]
    [InlineData("from=yesterday", "from")]
    public async Task Export_BadParameter_Is400ThatNamesIt(string query, string field)
        => (await _app.GetAsync($"/api/admin/usage/export?{query}")).Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);

    [Fact]
    public async Task Export_Csv_HasARowPerRecordOldestFirst()
    {
        Write(UsageRecords.Create(7));
        Write(UsageRecords.Create(8, model: "=cmd|' /C calc'!A0", cost: null));

        var lines = (await _app.GetAsync("/api/admin/usage/export")).Body.GetString()!.Split("\r\n");

        lines.Length.ShouldBe(4);
        lines[0].ShouldStartWith("id,at,request_id,client_request_id,key,");
        lines[1].ShouldBe("use_0000000000000001,2026-01-02T03:04:05Z,req_7,,ci,,smart,openai-main,gpt-5.1,k1,chat,settled,200,1,10,1,2,3,20,5,1000,0.000001,,12.345,2.345,false,,");
        lines[2].ShouldContain(",'=cmd|' /C calc'!A0,");
        (await _app.GetAsync("/api/admin/usage/export?key=nobody")).Body.GetString()!.Split("\r\n").Length.ShouldBe(2);
        (await _app.GetAsync("/api/admin/usage/export", AdministrationApp.UserKey)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Export_Focus_SumsUpToTheAccount()
    {
        var noon = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 60; i++)
        {
            Write(UsageRecords.Create(i, key: i % 2 == 0 ? "a" : "b", at: noon.AddMinutes(i * 3), status: i % 10 == 0 ? UsageStatus.Failed : UsageStatus.Settled, cost: 1_000_000 + i));
        }

        await _app.PostAsync($"{Records}/use_0000000000000002/corrections", """{ "delta_nano_usd": -1, "reason": "r" }""");
        var rows = Cells((await _app.GetAsync("/api/admin/usage/export?format=focus")).Body.GetString()!);

        var header = rows[0];
        foreach (var mandatory in (string[])[
            "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory",
            "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName",
            "ListCost", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName"])
        {
            header.ShouldContain(mandatory);
        }

        rows.ShouldAllBe(row => row.Count == header.Count);
        var charges = rows.Skip(1).Select(row => header.Zip(row).ToDictionary(cell => cell.First, cell => cell.Second)).ToList();
        charges.ShouldAllBe(charge => charge["ChargeCategory"] == "Usage" && charge["BillingCurrency"] == "USD" && charge["ServiceCategory"] == "AI and Machine Learning");
        charges.Sum(charge => decimal.Parse(charge["BilledCost"], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(
            ((await _app.GetAsync("/api/admin/usage/summary")).Body.GetProperty("data")[0].GetProperty("cost_nano_usd").GetInt64()) / 1e9m);
        charges.Sum(charge => long.Parse(charge["x_Calls"], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(60);
        var correction = charges.Single(charge => charge["ChargeClass"] == "Correction");
        (correction["BilledCost"], correction["PricingQuantity"]).ShouldBe(("-0.000000001", ""));
        charges[0]["BillingPeriodStart"].ShouldBe("2026-01-01T00:00:00Z");
        charges[0]["BillingPeriodEnd"].ShouldBe("2026-02-01T00:00:00Z");
        charges[0]["ChargePeriodStart"].ShouldBe("2026-01-31T12:00:00Z");
        JsonDocument.Parse(charges[0]["Tags"]).RootElement.GetProperty("key").GetString().ShouldBe("a");
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

    /// <summary>Reads RFC 4180.</summary>
    private static List<List<string>> Cells(string csv)
    {
        var rows = new List<List<string>> { new() };
        var cell = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < csv.Length; i++)
        {
            if (csv[i] == '"')
            {
                if (quoted && i + 1 < csv.Length && csv[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (!quoted && csv[i] is ',' or '\r' && !quoted)
            {
                rows[^1].Add(cell.ToString());
                cell.Clear();
                if (csv[i] == '\r')
                {
                    rows.Add([]);
                    i++;
                }
            }
            else
            {
                cell.Append(csv[i]);
            }
        }

        rows.RemoveAt(rows.Count - 1);
        return rows;
    }

    private static List<string?> Requests(ApiAnswer answer)
        => [.. answer.Body.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("request_id").GetString())];

    private void Write(UsageRecord record)
    {
        var entry = new LedgerEntry { RequestId = record.RequestId, KeyId = record.KeyId, KeyName = record.KeyName, Model = record.Model, Operation = record.Operation };
        var settled = _app.Services.GetRequiredService<ILedger>().SettleAsync(entry, record);
        (settled.IsCompletedSuccessfully && settled.GetAwaiter().GetResult()).ShouldBeTrue();
    }
}
