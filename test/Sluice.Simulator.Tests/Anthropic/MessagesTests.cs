using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Simulator.Tests.Anthropic;

/// <summary>Shapes after the typings of the npm package @anthropic-ai/sdk 1.12.0, <c>resources/messages</c>.</summary>
public sealed class MessagesTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    private const string Path = "/v1/messages";
    private const string Hello = """ "max_tokens":200,"messages":[{"role":"user","content":"What about the green heron?"}] """;
    private const string Tools = """
        "tools":[{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}},{"name":"get_time","input_schema":{"type":"object"}}]
        """;

    [Fact]
    public async Task Post_PlainText_AnswersWithTheLastWords()
    {
        var answer = await simulator.PostJsonAsync(Path, $$"""{"model":"claude-x",{{Hello}}}""");

        answer.GetProperty("type").GetString().ShouldBe("message");
        answer.GetProperty("id").GetString()!.ShouldStartWith("msg_01");
        answer.GetProperty("content")[0].GetProperty("text").GetString()!.ShouldContain("green heron?");
        answer.GetProperty("stop_reason").GetString().ShouldBe("end_turn");
        answer.GetProperty("usage").GetProperty("output_tokens").GetInt32().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("claude-x", "the green heron", "")]
    [InlineData("claude-x", "get_weather and get_time", "")]
    [InlineData("claude-think", "get_weather", "")]
    [InlineData("claude-redacted", "the green heron", "")]
    [InlineData("claude-x", "the green heron", ""","thinking":{"type":"adaptive","display":"omitted"}""")]
    [InlineData("claude-x", "the green heron", ""","stop_sequences":["simulated"]""")]
    public async Task Post_Streamed_FollowsTheGrammarAndAddsUpToTheWholeMessage(string model, string text, string extra)
    {
        var body = $$"""{"model":"{{model}}",{{Tools}},"max_tokens":2000,"messages":[{"role":"user","content":"{{text}}"}]{{extra}}""";
        var whole = await simulator.PostJsonAsync(Path, body + "}");
        var events = await simulator.PostStreamAsync(Path, body + ",\"stream\":true}");

        var grammar = new MessagesGrammar();
        foreach (var e in events)
        {
            e.Name.ShouldBe(e.Json.GetProperty("type").GetString());
            grammar.Take(e.Json);
        }

        grammar.Ended.ShouldBeTrue();
        foreach (var member in (string[])["id", "content", "stop_reason", "stop_sequence"])
        {
            JsonElement.DeepEquals(grammar.Message().GetProperty(member), whole.GetProperty(member)).ShouldBeTrue(member);
        }

        foreach (var member in (string[])["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens_details"])
        {
            JsonElement.DeepEquals(grammar.Message().GetProperty("usage").GetProperty(member), whole.GetProperty("usage").GetProperty(member)).ShouldBeTrue(member);
        }
    }

    [Fact]
    public async Task Post_ThinkingEchoed_IsVerified()
    {
        const string user = """{"role":"user","content":"get_weather"}""";
        const string options = """ "model":"claude-x","max_tokens":4000,"thinking":{"type":"enabled","budget_tokens":1024} """;
        var asked = await simulator.PostJsonAsync(Path, $$"""{{{options}},{{Tools}},"messages":[{{user}}]}""");
        asked.GetProperty("stop_reason").GetString().ShouldBe("tool_use");
        var content = JsonNode.Parse(asked.GetProperty("content").GetRawText())!.AsArray();
        content.Select(block => (string)block!["type"]!).ShouldBe(["thinking", "text", "tool_use"]);
        var result = $$"""{"role":"user","content":[{"type":"tool_result","tool_use_id":"{{content[2]!["id"]}}","content":"21 degrees"}]}""";
        string Echo() => $$"""{{{options}},{{Tools}},"messages":[{{user}},{"role":"assistant","content":{{content.ToJsonString()}}},{{result}}]}""";

        var answered = await simulator.PostJsonAsync(Path, Echo());
        answered.GetProperty("content")[1].GetProperty("text").GetString()!.ShouldContain("21 degrees");

        content[0]!["thinking"] = (string)content[0]!["thinking"]! + "!";
        var altered = await simulator.PostJsonAsync(Path, Echo(), HttpStatusCode.BadRequest);
        altered.GetProperty("error").GetProperty("message").GetString().ShouldBe("messages.1.content.0: Invalid `signature` in `thinking` block");

        content.RemoveAt(0);
        var missing = await simulator.PostJsonAsync(Path, Echo(), HttpStatusCode.BadRequest);
        missing.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("must start with a thinking block");
    }

    [Theory]
    [InlineData("""{"type":"any"}""", "hello", 1)]
    [InlineData("""{"type":"tool","name":"get_time"}""", "hello", 1)]
    [InlineData("""{"type":"none"}""", "use the tool get_time", 0)]
    [InlineData("""{"type":"auto","disable_parallel_tool_use":true}""", "get_time and get_weather", 1)]
    [InlineData("""{"type":"auto"}""", "get_time and get_weather", 2)]
    public async Task Post_ToolChoice_Decides(string choice, string text, int calls)
    {
        var answer = await simulator.PostJsonAsync(Path, $$"""{"model":"claude-x","max_tokens":500,{{Tools}},"tool_choice":{{choice}},"messages":[{"role":"user","content":"{{text}}"}]}""");

        answer.GetProperty("content").EnumerateArray().Count(block => block.GetProperty("type").GetString() == "tool_use").ShouldBe(calls);
    }

    [Fact]
    public async Task Post_CacheControlTwice_ReadsWhatItWrote()
    {
        const string body = """
            {"model":"claude-x","max_tokens":50,"system":[{"type":"text","text":"a system prompt of some length","cache_control":{"type":"ephemeral","ttl":"1h"}}],"messages":[{"role":"user","content":"hi"}]}
            """;
        var first = (await simulator.PostJsonAsync(Path, body)).GetProperty("usage");
        var second = (await simulator.PostJsonAsync(Path, body)).GetProperty("usage");

        var written = first.GetProperty("cache_creation_input_tokens").GetInt32();
        written.ShouldBe(8);
        first.GetProperty("cache_creation").GetProperty("ephemeral_1h_input_tokens").GetInt32().ShouldBe(written);
        second.GetProperty("cache_read_input_tokens").GetInt32().ShouldBe(written);
        second.GetProperty("cache_creation_input_tokens").GetInt32().ShouldBe(0);
        second.GetProperty("input_tokens").GetInt32().ShouldBe(first.GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task PostCountTokens_SameMessages_CountsAsTheAnswerDoes()
    {
        var answer = await simulator.PostJsonAsync(Path, $$"""{"model":"claude-x",{{Tools}},{{Hello}}}""");
        var count = await simulator.PostJsonAsync(Path + "/count_tokens?beta=true", $$"""{"model":"claude-x",{{Tools}},"messages":[{"role":"user","content":"What about the green heron?"}]}""");

        count.GetProperty("input_tokens").GetInt32().ShouldBe(answer.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task Post_OutputFormat_AnswersWithAnInstance()
    {
        var answer = await simulator.PostJsonAsync(Path, $$"""{"model":"claude-x","output_config":{"format":{"type":"json_schema","schema":{"const":[7]} } },{{Hello}}}""");

        answer.GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("[7]");
    }

    [Theory]
    [InlineData("""{"max_tokens":5,"messages":[]}""", "model: Field required")]
    [InlineData("""{"model":"x","messages":[]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"x","max_tokens":"5","messages":[]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":"x","max_tokens":0,"messages":[]}""", "max_tokens: Input should be greater than or equal to 1")]
    [InlineData("""{"model":"x","max_tokens":5}""", "messages: Field required")]
    [InlineData("""{"model":"x","max_tokens":5,"messages":"x"}""", "messages: Input should be a valid list")]
    [InlineData("""{"model":"x","max_tokens":5,"messages":[]}""", "messages: at least one message is required")]
    [InlineData("""{"model":"x","max_tokens":5,"messages":[{"role":"user","content":[{"type":"text","text":""}]}]}""", "messages: text content blocks must be non-empty")]
    [InlineData("""{"model":"x","max_tokens":5,"messages":[{"role":"system","content":"x"}]}""", "messages: Unexpected role \"system\".")]
    [InlineData("""{"model":"x","max_tokens":5,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t"}]}]}""", "messages.0.content.0: unexpected `tool_use_id`")]
    [InlineData("""{"model":"x","max_tokens":5,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":"x"}]}""", "messages.0: `tool_use` ids were found without `tool_result`")]
    [InlineData("""{"model":"x","max_tokens":1024,"thinking":{"type":"enabled","budget_tokens":1024},"messages":[{"role":"user","content":"x"}]}""", "`max_tokens` must be greater than")]
    [InlineData("""{"model":"x","max_tokens":5,"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"x"}]}""", "tool_choice: ")]
    [InlineData("""{"model":"x","max_tokens":5,"tools":[{"name":"f","input_schema":{}}],"tool_choice":{"type":"tool","name":"g"},"messages":[{"role":"user","content":"x"}]}""", "Tool 'g' not found")]
    [InlineData("nonsense", "The request body is not valid JSON")]
    public async Task Post_BadRequest_Is400InAnthropicsWords(string body, string message)
    {
        var answer = await simulator.PostJsonAsync(Path, body, HttpStatusCode.BadRequest);

        answer.GetProperty("type").GetString().ShouldBe("error");
        answer.GetProperty("error").GetProperty("type").GetString().ShouldBe("invalid_request_error");
        answer.GetProperty("error").GetProperty("message").GetString()!.ShouldStartWith(message);
        answer.GetProperty("request_id").GetString()!.ShouldStartWith("req_");
    }

    [Theory]
    [InlineData("2023-06-01", "\"temperature\":1,", HttpStatusCode.OK)]
    [InlineData("2026-10-21", "", HttpStatusCode.OK)]
    [InlineData("2026-10-21", "\"temperature\":1,", HttpStatusCode.BadRequest)]
    [InlineData("1999-01-01", "", HttpStatusCode.BadRequest)]
    public async Task Post_Version_DecidesWhatIsAllowed(string version, string extra, HttpStatusCode status) =>
        await simulator.PostJsonAsync(Path, $$"""{"model":"x",{{extra}}{{Hello}}}""", status, ("anthropic-version", version));

    [Fact]
    public async Task Post_UnknownModel_Is404()
    {
        var error = await simulator.PostJsonAsync(Path, $$"""{"model":"unknown-model",{{Hello}}}""", HttpStatusCode.NotFound);

        error.GetProperty("error").GetProperty("type").GetString().ShouldBe("not_found_error");
    }

    [Fact]
    public async Task Post_AnyCall_HasAnthropicsHeaders()
    {
        using var answer = await simulator.PostAsync(Path, $$"""{"model":"x",{{Hello}}}""");

        answer.Headers.GetValues("request-id").Single().ShouldStartWith("req_");
        answer.Headers.Contains("anthropic-organization-id").ShouldBeTrue();
        DateTimeOffset.TryParse(answer.Headers.GetValues("anthropic-ratelimit-requests-reset").Single(), out _).ShouldBeTrue();
    }

    [Fact]
    public async Task GetModels_AnthropicVersion_IsAnthropicsListInPages()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models?limit=2&after_id=sim-small");
        request.Headers.Add("anthropic-version", "2023-06-01");
        using var response = await simulator.Client.SendAsync(request);

        var list = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        list.GetProperty("first_id").GetString().ShouldBe("sim-large");
        list.GetProperty("last_id").GetString().ShouldBe("sim-think");
        list.GetProperty("has_more").GetBoolean().ShouldBeTrue();
        list.GetProperty("data")[0].GetProperty("type").GetString().ShouldBe("model");
        list.TryGetProperty("object", out _).ShouldBeFalse();
    }
}
