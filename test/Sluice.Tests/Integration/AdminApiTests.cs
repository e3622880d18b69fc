using System.Text.Json;
using Sluice.TestKit;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>An administrator manages keys, credentials, providers and models while the service runs.</summary>
public sealed class AdminApiTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Key_Created_ServesWithinItsBoundsUntilRevoked()
    {
        var lane = gateway.NextLane();
        var created = await gateway.Admin.PostAsync("/api/admin/api-keys", $$$"""{"name":"made","models":["{{{lane.Chat}}}"],"limits":{"rpm":100}}""");
        created.Status.ShouldBeOneOf(200, 201);
        var (id, key, prefix) = (created.Json.GetProperty("id").GetString()!, created.Json.GetProperty("key").GetString()!, created.Json.GetProperty("prefix").GetString()!);
        key.ShouldStartWith(prefix);
        id.ShouldStartWith("key_");
        using var client = gateway.Sluice.Client(key);

        var reply = await client.CallAsync(TestedDialect.Chat, lane.Chat);
        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("x-ratelimit-limit-requests").ShouldBe("100");
        (await client.CallAsync(TestedDialect.Messages, lane.Claude)).Status.ShouldBe(403);
        (await client.GetAsync("/api/admin/api-keys")).Status.ShouldBe(403);

        var list = await gateway.Admin.GetAsync("/api/admin/api-keys");
        list.Text.ShouldContain(id);
        list.Text.ShouldNotContain(key);
        (await gateway.Admin.UsageAsync(reply.Header("x-request-id")!)).Json.GetProperty("key").GetString().ShouldBe("made");

        (await gateway.Admin.DeleteAsync($"/api/admin/api-keys/{id}")).Status.ShouldBeOneOf(200, 204);
        await Eventually.ValueAsync("the key's end", async () => (await client.CallAsync(TestedDialect.Chat, lane.Chat)) is { Status: 401 } r ? r : null, TimeSpan.FromSeconds(1.5));
        (await gateway.Admin.DeleteAsync("/api/admin/api-keys/key_unknown")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Credential_AddedAndDisabled_TakesPartAndDoesNot()
    {
        var lane = gateway.NextLane();
        var provider = $"{lane.Name}-openai-1";
        const string Secret = "sk-upstream-canary-added-by-admin";
        var created = await gateway.Admin.PostAsync("/api/admin/credentials", $$"""{"provider":"{{provider}}","name":"added","api_key":"{{Secret}}"}""");
        created.Status.ShouldBeOneOf(200, 201);
        created.Text.ShouldNotContain(Secret);
        var id = created.Json.GetProperty("id").GetString()!;

        await Eventually.ValueAsync("a call with the new credential", async () =>
        {
            // Another conversation each time: one that has begun stays with its credential.
            var body = TestedDialect.Chat.Body(lane.Chat).Replace("say hello", $"say {lane.First.Requests.Count}", StringComparison.Ordinal);
            await gateway.Client.PostAsync(TestedDialect.Chat.Path(lane.Chat), body);
            return lane.First.Requests.FirstOrDefault(r => r.Header("authorization") == $"Bearer {Secret}");
        });

        var test = await gateway.Admin.PostAsync($"/api/admin/credentials/{id}/test", $$"""{"model":"{{lane.Chat}}"}""");
        test.Status.ShouldBe(200, test.Text);
        test.Json.GetProperty("ok").GetBoolean().ShouldBeTrue(test.Text);
        lane.First.Requests[^1].Header("authorization").ShouldBe($"Bearer {Secret}");

        (await gateway.Admin.PostAsync($"/api/admin/credentials/{id}/disable", "")).Status.ShouldBeOneOf(200, 204);
        (await StateAsync(id)).ShouldBe("disabled");
        await RestsAsync(lane, Secret);
        (await gateway.Admin.PostAsync($"/api/admin/credentials/{id}/enable", "")).Status.ShouldBeOneOf(200, 204);
        (await StateAsync(id)).ShouldBe("ready");
        (await gateway.Admin.PostAsync($"/api/admin/credentials/{id}/drain", "")).Status.ShouldBeOneOf(200, 204);
        await RestsAsync(lane, Secret);

        (await gateway.Admin.DeleteAsync($"/api/admin/credentials/{id}")).Status.ShouldBeOneOf(200, 204);
        (await gateway.Admin.GetAsync("/api/admin/credentials?limit=200")).Text.ShouldNotContain(id);
    }

    [Fact]
    public async Task Credential_RejectedByTheVendor_TestSaysSo()
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Json(OpenAIChatWire.Error("Incorrect API key provided", "invalid_request_error", "invalid_api_key"), 401));
        var item = await FindCredentialAsync($"{lane.Name}-openai-1", "k1");

        var test = await gateway.Admin.PostAsync($"/api/admin/credentials/{item.GetProperty("id").GetString()}/test", $$"""{"model":"{{lane.Chat}}"}""");

        test.Status.ShouldBe(200, test.Text);
        test.Json.GetProperty("ok").GetBoolean().ShouldBeFalse();
        test.Text.ShouldNotContain("sk-upstream");
    }

    [Fact]
    public async Task ProviderAndModel_Created_ServeAndGo()
    {
        var lane = gateway.NextLane();
        var created = await gateway.Admin.PostAsync("/api/admin/providers", $$"""{"name":"made-by-admin","type":"openai","base_url":"{{lane.First.OpenAIBaseUrl}}"}""");
        created.Status.ShouldBeOneOf(200, 201);
        (await gateway.Admin.PostAsync("/api/admin/credentials", """{"provider":"made-by-admin","name":"c","api_key":"sk-upstream-canary-made"}""")).Status.ShouldBeOneOf(200, 201);
        var model = await gateway.Admin.PostAsync("/api/admin/models", """{"name":"made-model","targets":[{"provider":"made-by-admin","model":"real","price":{"input":1,"output":2}}]}""");
        model.Status.ShouldBeOneOf(200, 201);

        await Eventually.ValueAsync("the made model", async () => (await gateway.Client.CallAsync(TestedDialect.Chat, "made-model")) is { Status: 200 } r ? r : null, TimeSpan.FromSeconds(5));
        lane.First.Requests[^1].Json.GetProperty("model").GetString().ShouldBe("real");

        var id = model.Json.TryGetProperty("id", out var given) ? given.GetString()! : "made-model";
        (await gateway.Admin.DeleteAsync($"/api/admin/models/{id}")).Status.ShouldBeOneOf(200, 204);
        await Eventually.ValueAsync("the made model's end", async () => (await gateway.Client.CallAsync(TestedDialect.Chat, "made-model")) is { Status: 404 } r ? r : null, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("/api/admin/api-keys", """{"name":"x","role":"admin"}""")]
    [InlineData("/api/admin/api-keys", """{"name":"x","isAdministrator":true}""")]
    [InlineData("/api/admin/api-keys", """{"name":5}""")]
    [InlineData("/api/admin/api-keys", "{ not json")]
    [InlineData("/api/admin/credentials", """{"provider":"no-such-provider","name":"x","api_key":"sk"}""")]
    [InlineData("/api/admin/models", """{"name":"x","targets":[{"provider":"no-such-provider","model":"m"}]}""")]
    public async Task Post_WrongBody_IsAProblemThatHelps(string path, string body)
    {
        var reply = await gateway.Admin.PostAsync(path, body);

        reply.Status.ShouldBeInRange(400, 422, reply.Text);
        reply.Header("content-type").ShouldNotBeNull().ShouldStartWith("application/problem+json");
        (reply.Json.GetProperty("title").GetString() ?? reply.Json.GetProperty("detail").GetString()).ShouldNotBeNullOrEmpty();
        reply.Header("x-request-id").ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("GET", "/api/admin/credentials")]
    [InlineData("POST", "/api/admin/credentials")]
    [InlineData("GET", "/api/admin/providers")]
    [InlineData("GET", "/api/admin/models")]
    [InlineData("POST", "/api/admin/api-keys")]
    [InlineData("GET", "/api/admin/usage/records")]
    public async Task Any_WithoutAnAdministratorsKey_IsRefusedBeforeItIsRead(string method, string path)
    {
        using var nobody = gateway.Client.Anonymous();

        var anonymous = await nobody.SendAsync(new HttpMethod(method), path, method == "POST" ? "{ not json"u8.ToArray() : null, []);
        var user = await gateway.Client.SendAsync(new HttpMethod(method), path, method == "POST" ? "{ not json"u8.ToArray() : null, []);

        anonymous.Status.ShouldBe(401);
        user.Status.ShouldBe(403);
        anonymous.Header("x-request-id").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Credentials_Paged_EachOnce()
    {
        var (ids, cursor) = (new List<string>(), "");
        do
        {
            var page = (await gateway.Admin.GetAsync($"/api/admin/credentials?limit=50{cursor}")).Json;
            ids.AddRange(page.GetProperty("data").EnumerateArray().Select(c => c.GetProperty("id").GetString()!));
            var next = page.GetProperty("next_cursor");
            cursor = next.ValueKind == JsonValueKind.Null ? "" : $"&cursor={Uri.EscapeDataString(next.GetString()!)}";
        }
        while (cursor.Length > 0);

        ids.Count.ShouldBeGreaterThan(200);
        ids.Distinct().Count().ShouldBe(ids.Count);
    }

    [Fact]
    public async Task UsageSummary_AfterCalls_CountsPerModel()
    {
        var lane = gateway.NextLane();
        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat);
        await gateway.Admin.UsageAsync(reply.Header("x-request-id")!);

        var summary = await gateway.Admin.GetAsync("/api/admin/usage/summary");

        summary.Status.ShouldBe(200, summary.Text);
        summary.Text.ShouldContain(lane.Chat);
    }

    private async Task<string> StateAsync(string id)
    {
        var reply = await gateway.Admin.GetAsync("/api/admin/credentials?limit=500");
        reply.Status.ShouldBe(200, reply.Text);
        return reply.Json.GetProperty("data").EnumerateArray().Single(c => c.GetProperty("id").GetString() == id).GetProperty("state").GetString()!;
    }

    private async Task<JsonElement> FindCredentialAsync(string provider, string name)
    {
        var cursor = "";
        while (true)
        {
            var page = (await gateway.Admin.GetAsync($"/api/admin/credentials?limit=100{cursor}")).Json;
            foreach (var item in page.GetProperty("data").EnumerateArray())
            {
                if (item.GetProperty("provider").GetString() == provider && item.GetProperty("name").GetString() == name)
                {
                    return item;
                }
            }

            cursor = $"&cursor={Uri.EscapeDataString(page.GetProperty("next_cursor").GetString().ShouldNotBeNull($"{provider}/{name} is not listed"))}";
        }
    }

    /// <summary>Ten calls in a row go past the credential.</summary>
    private async Task RestsAsync(Lane lane, string secret)
    {
        await Eventually.ValueAsync("ten calls without the credential", async () =>
        {
            var before = lane.First.Requests.Count;
            for (var i = 0; i < 10; i++)
            {
                (await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat)).Status.ShouldBe(200);
            }

            return lane.First.Requests.Skip(before).All(r => r.Header("authorization") != $"Bearer {secret}") ? "yes" : null;
        });
    }
}
