using System.Text.Json;

namespace Sluice.Tests.Integration;

/// <summary>Which models a caller sees and may use.</summary>
public sealed class ModelAccessTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_UnknownModel_IsNotFoundInTheDialect(string name)
    {
        var dialect = TestedDialect.Of(name);

        foreach (var stream in new[] { false, true })
        {
            var reply = await gateway.Client.CallAsync(dialect, "no-such-model", stream);

            reply.Status.ShouldBe(404, reply.Text);
            dialect.ErrorReason(reply).ShouldBe(name switch { "messages" => "not_found_error", "gemini" => "NOT_FOUND", _ => "model_not_found" });
            dialect.ErrorMessage(reply).ShouldContain("no-such-model");
        }
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_ModelNotAllowed_IsForbiddenInTheDialect(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.RefusedLane());
        using var narrow = gateway.Sluice.Client(GatewayFixture.NarrowKey);

        foreach (var stream in new[] { false, true })
        {
            var reply = await narrow.CallAsync(dialect, dialect.ModelOf(lane), stream);

            reply.Status.ShouldBe(403, reply.Text);
            dialect.ErrorMessage(reply).ShouldContain(dialect.ModelOf(lane));
            if (name != "chat" && name != "responses")
            {
                dialect.ErrorReason(reply).ShouldBe(name == "messages" ? "permission_error" : "PERMISSION_DENIED");
            }
        }

        lane.First.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_ProviderSlashModelNotAllowed_IsForbidden()
    {
        var lane = gateway.RefusedLane();
        using var narrow = gateway.Sluice.Client(GatewayFixture.NarrowKey);

        var reply = await narrow.CallAsync(TestedDialect.Chat, $"{lane.Name}-openai-1/{lane.Chat}");

        reply.Status.ShouldBe(403, reply.Text);
        lane.First.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_ModelAllowedByName_IsServed()
    {
        using var narrow = gateway.Sluice.Client(GatewayFixture.NarrowKey);

        var reply = await narrow.CallAsync(TestedDialect.Chat, gateway.NarrowLane().Chat);

        reply.Status.ShouldBe(200, reply.Text);
    }

    [Fact]
    public async Task ListModels_EveryKey_SeesEachNameItMayUseOnce()
    {
        using var narrow = gateway.Sluice.Client(GatewayFixture.NarrowKey);

        var all = await ListAsync(gateway.Client);
        var few = await ListAsync(narrow);

        all.Count.ShouldBeGreaterThan(100);
        all.Distinct().Count().ShouldBe(all.Count);
        all.ShouldContain(gateway.RefusedLane().Claude);
        few.ShouldBe([gateway.NarrowLane().Chat]);
    }

    [Fact]
    public async Task ListModels_Items_AreWhatBothSdksExpect()
    {
        var reply = await gateway.Client.GetAsync("/v1/models");

        reply.Status.ShouldBe(200);
        reply.Header("x-request-id").ShouldNotBeNullOrEmpty();
        var root = reply.Json;
        root.GetProperty("object").GetString().ShouldBe("list");
        root.GetProperty("has_more").ValueKind.ShouldBeOneOf(JsonValueKind.False, JsonValueKind.True);
        var items = root.GetProperty("data").EnumerateArray().ToList();
        root.GetProperty("first_id").GetString().ShouldBe(items[0].GetProperty("id").GetString());
        root.GetProperty("last_id").GetString().ShouldBe(items[^1].GetProperty("id").GetString());
        foreach (var item in items)
        {
            item.GetProperty("object").GetString().ShouldBe("model");
            item.GetProperty("type").GetString().ShouldBe("model");
            item.GetProperty("display_name").GetString().ShouldNotBeNullOrEmpty();
            item.GetProperty("created").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
            DateTimeOffset.Parse(item.GetProperty("created_at").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
            item.GetProperty("owned_by").GetString().ShouldNotBeNullOrEmpty();
        }

        var lane = gateway.NarrowLane();
        items.Single(i => i.GetProperty("id").GetString() == lane.Chat).GetProperty("owned_by").GetString().ShouldBe($"{lane.Name}-openai-1");
    }

    [Fact]
    public async Task ListGeminiModels_Names_BeginWithModels()
    {
        using var narrow = gateway.Sluice.Client(GatewayFixture.NarrowKey);

        var reply = await narrow.GetAsync("/v1beta/models");

        reply.Status.ShouldBe(200);
        reply.Json.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("name").GetString()).ShouldBe([$"models/{gateway.NarrowLane().Chat}"]);
    }

    [Fact]
    public async Task GetModel_KnownAllowedAndUnknown_AnswersEach()
    {
        using var narrow = gateway.Sluice.Client(GatewayFixture.NarrowKey);

        (await narrow.GetAsync($"/v1/models/{gateway.NarrowLane().Chat}")).Json.GetProperty("id").GetString().ShouldBe(gateway.NarrowLane().Chat);
        (await narrow.GetAsync("/v1/models/no-such-model")).Status.ShouldBe(404);
        (await narrow.GetAsync($"/v1/models/{gateway.RefusedLane().Chat}")).Status.ShouldBeOneOf(403, 404);
    }

    private static async Task<List<string>> ListAsync(Sluice.TestKit.Gateway.GatewayClient client)
    {
        var ids = new List<string>();
        var query = "";
        while (true)
        {
            var page = (await client.GetAsync($"/v1/models{query}")).Json;
            ids.AddRange(page.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()!));
            if (!page.GetProperty("has_more").GetBoolean())
            {
                return ids;
            }

            query = $"?after={Uri.EscapeDataString(ids[^1])}&after_id={Uri.EscapeDataString(ids[^1])}";
        }
    }
}
