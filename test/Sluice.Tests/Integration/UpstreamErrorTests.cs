using System.Globalization;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>What a client sees of a vendor's refusal.</summary>
public sealed class UpstreamErrorTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    public static TheoryData<string, int, string> Errors => new()
    {
        { "chat", 400, OpenAIChatWire.Error("Unsupported value: 'temperature'.", "invalid_request_error", "unsupported_value") },
        { "chat", 429, OpenAIChatWire.Error("Rate limit reached.", "requests", "rate_limit_exceeded") },
        { "chat", 500, OpenAIChatWire.Error("The server had an error.", "server_error") },
        { "chat", 529, OpenAIChatWire.Error("Overloaded.", "overloaded") },
        { "responses", 400, OpenAIChatWire.Error("Unknown parameter.", "invalid_request_error", "unknown_parameter") },
        { "responses", 500, OpenAIChatWire.Error("The server had an error.", "server_error", "server_error") },
        { "messages", 400, AnthropicWire.Error("invalid_request_error", "messages: at least one message is required") },
        { "messages", 429, AnthropicWire.Error("rate_limit_error", "This request would exceed your rate limit.") },
        { "messages", 500, AnthropicWire.Error("api_error", "Internal server error") },
        { "messages", 529, AnthropicWire.Error("overloaded_error", "Overloaded") },
        { "gemini", 400, GeminiWire.Error(400, "INVALID_ARGUMENT", "Invalid value at 'contents'.") },
        { "gemini", 429, GeminiWire.Error(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", GeminiWire.RetryInfo("34s")) },
        { "gemini", 500, GeminiWire.Error(500, "INTERNAL", "An internal error has occurred.") },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Call_VendorRefuses_StatusTypeCodeAndMessageAreKept(string name, int status, string body)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Json(body, status));

        var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane), stream: name == "messages");

        reply.Status.ShouldBe(status, reply.Text);
        using var sent = System.Text.Json.JsonDocument.Parse(body);
        var (was, now) = (sent.RootElement.GetProperty("error"), reply.Json.GetProperty("error"));
        foreach (var member in was.EnumerateObject())
        {
            now.GetProperty(member.Name).ToString().ShouldBe(member.Value.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_VendorRejectsTheCredential_IsTheOperatorsProblem(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        lane.First.Always(UpstreamAnswer.Json(
            name switch
            {
                "messages" => AnthropicWire.Error("authentication_error", "invalid x-api-key"),
                "gemini" => GeminiWire.Error(401, "UNAUTHENTICATED", "invalid credentials"),
                _ => OpenAIChatWire.Error("Incorrect API key provided", "invalid_request_error", "invalid_api_key"),
            },
            401));

        var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane));

        reply.Status.ShouldBeInRange(502, 504, reply.Text);
        dialect.ErrorMessage(reply).ShouldNotBeEmpty();
        reply.Text.ShouldNotContain("sk-upstream");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Call_VendorEchoesItsKey_ClientDoesNotSeeIt(int status)
    {
        foreach (var dialect in new[] { TestedDialect.Chat, TestedDialect.Responses, TestedDialect.Messages, TestedDialect.Gemini })
        {
            var lane = gateway.NextLane();
            var type = dialect.Name switch { "messages" => "anthropic", "gemini" => "gemini", _ => "openai" };
            var secret = SluiceConfigBuilder.UpstreamKey($"{lane.Name}-{type}-1");
            lane.First.Always(UpstreamAnswer.Json(
                dialect.Name switch
                {
                    "messages" => AnthropicWire.Error("invalid_request_error", $"bad key {secret} given"),
                    "gemini" => GeminiWire.Error(status, "INVALID_ARGUMENT", $"bad key {secret} given"),
                    _ => OpenAIChatWire.Error($"bad key {secret} given", "invalid_request_error"),
                },
                status));

            var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane));

            reply.Status.ShouldBeGreaterThanOrEqualTo(400);
            reply.Text.ShouldNotContain(secret);
            reply.Headers.Values.ShouldAllBe(v => !v.Contains(secret, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("retry-after", "30", 1, 30)]
    [InlineData("retry-after", "0", 1, 1)]
    [InlineData("retry-after-ms", "1500", 1, 2)]
    [InlineData("retry-after", "DATE", 1, 41)]
    [InlineData("retry-after", "nonsense", 1, 3600)]
    public async Task Call_VendorSaysWhenToComeBack_ClientIsToldTruly(string header, string value, int atLeast, int atMost)
    {
        var lane = gateway.NextLane();
        lane.First.Always(_ => UpstreamAnswer.Json(OpenAIChatWire.Error("slow down", "requests", "rate_limit_exceeded"), 429)
            .With(header, value == "DATE" ? DateTimeOffset.UtcNow.AddSeconds(40).ToString("R", CultureInfo.InvariantCulture) : value));

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat);

        reply.Status.ShouldBe(429, reply.Text);
        if (reply.Header("retry-after") is { } after)
        {
            int.Parse(after, CultureInfo.InvariantCulture).ShouldBeInRange(atLeast, atMost);
        }
        else
        {
            value.ShouldBe("nonsense");
        }
    }

    [Fact]
    public async Task Call_GoogleSaysWhenToComeBack_RetryInfoIsKept()
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Json(GeminiWire.Error(429, "RESOURCE_EXHAUSTED", "quota", GeminiWire.RetryInfo("7s")), 429));

        var first = await gateway.Client.CallAsync(TestedDialect.Gemini, lane.Gemini);
        var second = await gateway.Client.CallAsync(TestedDialect.Gemini, lane.Gemini);

        first.Text.ShouldContain("\"retryDelay\":\"7s\"");
        second.Status.ShouldBeOneOf(429, 503);
        int.Parse(second.Header("retry-after").ShouldNotBeNull(), CultureInfo.InvariantCulture).ShouldBeInRange(1, 7);
        lane.First.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("<html><body>502 Bad Gateway</body></html>", "text/html")]
    [InlineData("", "text/plain")]
    [InlineData("{ not json", "application/json")]
    public async Task Call_VendorsErrorIsNoJson_ClientGetsItsDialect(string body, string contentType)
    {
        foreach (var dialect in new[] { TestedDialect.Chat, TestedDialect.Messages, TestedDialect.Gemini })
        {
            var lane = gateway.NextLane();
            lane.First.Always(UpstreamAnswer.Bytes(System.Text.Encoding.UTF8.GetBytes(body), contentType, 502));

            var reply = await gateway.Client.CallAsync(dialect, dialect.ModelOf(lane));

            reply.Status.ShouldBe(502, reply.Text);
            dialect.ErrorMessage(reply).ShouldNotBeEmpty();
        }
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    public async Task Call_VendorRedirects_IsNotFollowed(int status)
    {
        var lane = gateway.NextLane();
        lane.First.Always(UpstreamAnswer.Json("{}", status).With("location", $"{lane.Second.OpenAIBaseUrl}/chat/completions"));

        var reply = await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat);

        reply.Status.ShouldBe(502, reply.Text);
        reply.Header("location").ShouldBeNull();
        lane.Second.Requests.ShouldBeEmpty();
    }
}
