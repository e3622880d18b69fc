using Sluice.TestKit.Gateway;

namespace Sluice.Tests.Integration;

/// <summary>What paths answer that are no call: a wrong method, a retired model, a model that the request leaves unsaid.</summary>
public sealed class PathTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("GET", "/v1/chat/completions", "POST")]
    [InlineData("DELETE", "/v1/chat/completions", "POST")]
    [InlineData("PUT", "/v1/responses", "POST")]
    [InlineData("GET", "/v1/embeddings", "POST")]
    [InlineData("POST", "/v1/models", "GET")]
    [InlineData("DELETE", "/v1/models/some/model", "GET, POST")]
    public async Task Request_WrongMethodOfAnOpenAIPath_IsRefusedWithTheOnesAllowed(string method, string path, string allow)
    {
        var reply = await SendAsync(method, path);

        reply.Status.ShouldBe(405, reply.Text);
        reply.Header("allow").ShouldBe(allow);
        reply.Header("x-request-id").ShouldNotBeNullOrEmpty();
        reply.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("method_not_allowed");
    }

    [Theory]
    [InlineData("GET", "/v1/messages")]
    [InlineData("PATCH", "/v1/messages/count_tokens")]
    public async Task Request_WrongMethodOfAnAnthropicPath_IsRefusedInItsDialect(string method, string path)
    {
        var reply = await SendAsync(method, path);

        reply.Status.ShouldBe(405, reply.Text);
        reply.Header("allow").ShouldBe("POST");
        reply.Json.GetProperty("type").GetString().ShouldBe("error");
        reply.Json.GetProperty("error").GetProperty("type").GetString().ShouldBe("invalid_request_error");
    }

    [Theory]
    [InlineData("PUT", "/v1beta/models/m:generateContent", "GET, POST")]
    [InlineData("GET", "/v1beta/models/m:generateContent", "POST")]
    [InlineData("GET", "/v1alpha/models/m:streamGenerateContent", "POST")]
    public async Task Request_WrongMethodOfAGeminiPath_IsRefusedInItsDialect(string method, string path, string allow)
    {
        var reply = await SendAsync(method, path);

        reply.Status.ShouldBe(405, reply.Text);
        reply.Header("allow").ShouldBe(allow);
        reply.Json.GetProperty("error").GetProperty("status").GetString().ShouldBe("UNIMPLEMENTED");
    }

    [Theory]
    [InlineData("GET", "/v1/no/such/path")]
    [InlineData("POST", "/v1/chat/completion")]
    [InlineData("DELETE", "/api/admin/usage/records")]
    public async Task Request_UnknownPath_IsNotFound(string method, string path)
    {
        var reply = await SendAsync(method, path);

        reply.Status.ShouldBe(404, reply.Text);
        reply.Header("allow").ShouldBeNull();
    }

    [Fact]
    public async Task PostModerations_WithoutAModel_ReachesTheFirstProviderUnchanged()
    {
        const string body = "{ \"input\" : [\"h\\u0069\"] }";

        var reply = await gateway.Client.PostAsync("/v1/moderations", body);

        reply.Status.ShouldBe(200, reply.Text);
        var seen = await gateway.NarrowLane().First.RequestAsync();
        seen.Path.ShouldBe("/v1/moderations");
        seen.Text.ShouldBe(body);
        (await gateway.Client.GetAsync("/v1/models")).Text.ShouldNotContain("omni-moderation");
    }

    [Fact]
    public async Task PostModerations_WithoutAModelByAKeyThatMayNotUseIt_IsForbidden()
    {
        using var narrow = gateway.Sluice.Client(GatewayFixture.NarrowKey);

        var reply = await narrow.PostAsync("/v1/moderations", "{\"input\":\"hi\"}");

        reply.Status.ShouldBe(403, reply.Text);
        reply.Text.ShouldContain("omni-moderation-latest");
    }

    [Fact]
    public async Task Call_RetiredModelAtItsVendor_NamesTheSuccessor()
    {
        // The catalogue's oldest retirement is behind every clock that runs this.
        const string model = "vendor/claude-3-opus-20240229";
        await using var sluice = await SluiceProcess.StartAsync(new SluiceStart
        {
            Config = new SluiceConfigBuilder().Key(GatewayFixture.KeyName, GatewayFixture.Key).Provider("vendor", "anthropic", "https://api.anthropic.com").ToYaml(),
        });
        using var client = sluice.Client(GatewayFixture.Key);

        var called = await client.CallAsync(TestedDialect.Messages, model);
        var shown = await client.GetAsync($"/v1/models/{model}");

        called.Status.ShouldBe(404, called.Text);
        TestedDialect.Messages.ErrorReason(called).ShouldBe("not_found_error");
        TestedDialect.Messages.ErrorMessage(called).ShouldContain("claude-opus-4-5");
        shown.Status.ShouldBe(404, shown.Text);
        shown.Text.ShouldContain("claude-opus-4-5");
        var listed = await client.GetAsync("/v1/models");
        listed.Json.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("id").GetString()).ShouldNotContain("claude-3-opus-20240229");
    }

    private Task<GatewayReply> SendAsync(string method, string path) => gateway.Client.SendAsync(new HttpMethod(method), path, null, []);
}
