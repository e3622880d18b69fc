using System.Text;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>The bytes of a request reach the upstream as the client sent them, but for the edits that the contract names.</summary>
public sealed class RelayRequestTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    /// <summary>Everything that a parser which writes what it read would change. MODEL stands for the model's name.</summary>
    private const string OddMembers =
        "  \"n\" :\t1.0,\r\n \"seed\": 9007199254740993123456789, \"temperature\": 1E-2,\n" +
        "\"metadata\": { \"a\\u0062\": \"\\u00e9\\/\\ud83d\\ude00é😀\", \"dup\": \"1\", \"empty\": \"\" , \"model\" : \"inner\"},\n" +
        "\"unknown_member\": [ -0, 0.10, 1e400, [ ], { }, null , true ],";

    public static TheoryData<string, string> Operations => new()
    {
        { "/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]" },
        { "/v1/responses", "\"input\":\"hi\"" },
        { "/v1/completions", "\"prompt\":\"hi\"" },
        { "/v1/embeddings", "\"input\":[\"one\",\"two\"]" },
        { "/v1/moderations", "\"input\":\"hi\"" },
        { "/v1/messages", "\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]" },
        { "/v1/messages/count_tokens", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]" },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Post_BodyWithOddFormatting_ReachesTheUpstreamUnchanged(string path, string rest)
    {
        var lane = gateway.NextLane();
        var model = path.StartsWith("/v1/messages", StringComparison.Ordinal) ? lane.Claude : lane.Chat;
        var body = $"\t{{\r\n{OddMembers} \"model\" : \"{model}\" ,{rest} }}\n";

        var reply = await gateway.Client.PostAsync(path, body, ("anthropic-version", "2023-06-01"));

        reply.Status.ShouldBe(200, reply.Text);
        var seen = await lane.First.RequestAsync();
        seen.Path.ShouldBe(path);
        seen.Text.ShouldBe(body);
    }

    [Theory]
    [InlineData("generateContent")]
    [InlineData("countTokens")]
    [InlineData("embedContent")]
    [InlineData("batchEmbedContents")]
    [InlineData("streamGenerateContent?alt=sse")]
    [InlineData("streamGenerateContent")]
    public async Task PostGemini_BodyWithOddFormatting_ReachesTheUpstreamUnchanged(string method)
    {
        var lane = gateway.NextLane();
        var body = method switch
        {
            "batchEmbedContents" => $"{{ \"requests\" : [ {{ \"model\":\"models/{lane.Gemini}\", \"content\":{{\"parts\":[{{\"text\":\"\\u0068i\"}}]}} }} ]\r\n}}",
            "embedContent" => "{ \"content\":{\"parts\":[{\"text\":\"\\u0068i\"}]} , \"outputDimensionality\" : 2.0 }",
            _ => "{ \"contents\" :\t[ {\"role\":\"user\",\"parts\":[{\"text\":\"\\u0068i\\/\"}]} ], \"generationConfig\":{\"seed\": 12345678901234567890, \"temperature\":0.10} }\r\n",
        };

        var reply = await gateway.Client.PostAsync($"/v1beta/models/{lane.Gemini}:{method}", body);

        reply.Status.ShouldBe(200, reply.Text);
        var seen = await lane.First.RequestAsync();
        seen.RawTarget.ShouldBe($"/{lane.First.Name}/v1beta/models/{lane.Gemini}:{method}");
        seen.Text.ShouldBe(body);
    }

    [Fact]
    public async Task PostGemini_UnderV1_IsServedToo()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync($"/v1/models/{lane.Gemini}:generateContent", GeminiWire.Request());

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(GeminiWire.Response());
    }

    [Fact]
    public async Task PostGemini_KeyInTheQuery_IsNotForwarded()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync(
            $"/v1beta/models/{lane.Gemini}:streamGenerateContent?key={GatewayFixture.Key}&alt=sse", GeminiWire.Request());

        reply.Status.ShouldBe(200, reply.Text);
        var seen = await lane.First.RequestAsync();
        seen.RawTarget.ShouldEndWith(":streamGenerateContent?alt=sse");
        seen.RawTarget.ShouldNotContain("key=");
    }

    [Fact]
    public async Task Post_Alias_ChangesTheModelTokenAndNothingElse()
    {
        var lane = gateway.NextLane();
        var body = $"{{{OddMembers} \"messages\":[{{\"role\":\"user\",\"content\":\"{lane.Alias}\"}}], \"model\"\n:\t\"{lane.Alias}\"  }}";

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", body);

        reply.Status.ShouldBe(200, reply.Text);
        var seen = await lane.First.RequestAsync();
        seen.Text.ShouldBe(body.Replace($"\t\"{lane.Alias}\"", $"\t\"{lane.AliasTarget}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_ModelWrittenWithEscapes_IsTheSameModel()
    {
        var lane = gateway.NextLane();
        var escaped = $"\\u0061{lane.Alias[1..]}";
        var body = $"{{\"messages\":[{{\"role\":\"user\",\"content\":\"hi\"}}],\"mod\\u0065l\":\"{escaped}\"}}";

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", body);

        reply.Status.ShouldBe(200, reply.Text);
        var seen = await lane.First.RequestAsync();
        seen.Text.ShouldBe(body.Replace(escaped, lane.AliasTarget, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_FourHundredKilobytes_ReachTheUpstreamUnchanged()
    {
        var lane = gateway.NextLane();
        var random = new Random(7);
        var text = new StringBuilder();
        while (text.Length < 400_000)
        {
            text.Append(random.Next(4) switch { 0 => "\\n", 1 => "\\u20ac", 2 => "é😀", _ => random.Next().ToString(System.Globalization.CultureInfo.InvariantCulture) });
        }

        var body = $"{{ \"model\":\"{lane.Chat}\",\"messages\":[{{\"role\":\"user\",\"content\":\"{text}\"}}] }}";

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", body);

        reply.Status.ShouldBe(200, reply.Text);
        (await lane.First.RequestAsync()).Body.ShouldBe(Encoding.UTF8.GetBytes(body));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"stream_options\":{\"include_obfuscation\":false}")]
    [InlineData(",\"stream_options\":{ }")]
    [InlineData(",\"stream_options\":null")]
    [InlineData(",\"stream_options\":{\"include_usage\":false}")]
    public async Task PostChatStream_UsageNotAskedFor_IsAskedForByOneSplice(string options)
    {
        var lane = gateway.NextLane();
        var body = $"{{{OddMembers}\"model\":\"{lane.Chat}\", \"messages\":[{{\"role\":\"user\",\"content\":\"h\\u0069\"}}],\"stream\" : true {options} }}";

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", body);

        reply.Status.ShouldBe(200, reply.Text);
        var seen = await lane.First.RequestAsync();
        seen.Json.GetProperty("stream_options").GetProperty("include_usage").GetBoolean().ShouldBeTrue(seen.Text);
        CommonEnds(body, seen.Text).ShouldBeGreaterThanOrEqualTo(body.Length - "{\"include_usage\":false}".Length, $"More than one place changed:\n{body}\n{seen.Text}");
    }

    [Fact]
    public async Task PostChatStream_UsageAskedFor_ChangesNoByte()
    {
        var lane = gateway.NextLane();
        var body = $"{{\"model\":\"{lane.Chat}\", \"messages\":[{{\"role\":\"user\",\"content\":\"hi\"}}],\"stream\":true,\"stream_options\": {{ \"include_usage\" :true}} }}";

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", body);

        reply.Status.ShouldBe(200, reply.Text);
        (await lane.First.RequestAsync()).Text.ShouldBe(body);
    }

    [Fact]
    public async Task PostMessages_WithBetaInTheQuery_IsServed()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/messages?beta=true", AnthropicWire.Request(lane.Claude), ("anthropic-version", "2023-06-01"));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(AnthropicWire.Message());
    }

    [Fact]
    public async Task Post_ProviderSlashModel_ReachesThatProvider()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request($"{lane.Name}-openai-2/any/model.1"));

        reply.Status.ShouldBe(200, reply.Text);
        (await lane.Second.RequestAsync()).Json.GetProperty("model").GetString().ShouldBe("any/model.1");
    }

    /// <summary>How many characters of the shorter text stand at its beginning and its end in the other one.</summary>
    private static int CommonEnds(string sent, string seen)
    {
        var head = sent.AsSpan().CommonPrefixLength(seen);
        var tail = 0;
        while (tail < sent.Length - head && tail < seen.Length - head && sent[^(tail + 1)] == seen[^(tail + 1)])
        {
            tail++;
        }

        return head + tail;
    }
}
