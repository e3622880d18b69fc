using System.Net;
using System.Text.Json;

namespace Sluice.Simulator.Tests.OpenAI;

/// <summary>Shapes after the typings of the npm package openai 6.49.0, <c>resources/chat/completions</c>.</summary>
public sealed class ChatCompletionsTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    private const string Path = "/v1/chat/completions";
    private const string Hello = """ "messages":[{"role":"user","content":"What about the green heron?"}] """;
    private const string Weather = """
        "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["c","f"]}},"required":["city","unit"]}}},
                 {"type":"custom","custom":{"name":"shell"}}]
        """;

    [Fact]
    public async Task Post_PlainText_AnswersWithTheLastWords()
    {
        var answer = await simulator.PostJsonAsync(Path, $$"""{"model":"gpt-x",{{Hello}}}""");

        answer.GetProperty("object").GetString().ShouldBe("chat.completion");
        answer.GetProperty("id").GetString()!.ShouldStartWith("chatcmpl-");
        answer.GetProperty("model").GetString().ShouldBe("gpt-x");
        var choice = answer.GetProperty("choices")[0];
        choice.GetProperty("finish_reason").GetString().ShouldBe("stop");
        choice.GetProperty("message").GetProperty("role").GetString().ShouldBe("assistant");
        choice.GetProperty("message").GetProperty("content").GetString()!.ShouldContain("green heron?");
        choice.GetProperty("message").GetProperty("refusal").ValueKind.ShouldBe(JsonValueKind.Null);
        var usage = answer.GetProperty("usage");
        usage.GetProperty("total_tokens").GetInt32().ShouldBe(usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Post_SameRequestTwice_IsTheSameButForTime()
    {
        var first = await simulator.PostJsonAsync(Path, $$"""{"model":"gpt-x",{{Hello}}}""");
        var second = await simulator.PostJsonAsync(Path, $$"""{"model":"gpt-x",{{Hello}}}""");

        foreach (var member in (string[])["id", "choices", "usage"])
        {
            JsonElement.DeepEquals(first.GetProperty(member), second.GetProperty(member)).ShouldBeTrue(member);
        }
    }

    [Fact]
    public async Task Post_Streamed_SaysWhatTheWholeAnswerSays()
    {
        var whole = await simulator.PostJsonAsync(Path, $$"""{"model":"gpt-x",{{Hello}}}""");
        var events = await simulator.PostStreamAsync(Path, $$$"""{"model":"gpt-x","stream":true,"stream_options":{"include_usage":true},{{{Hello}}}}""");

        events[^1].Data.ShouldBe("[DONE]");
        events.ShouldAllBe(e => e.Name == null);
        var chunks = events.SkipLast(1).Select(e => e.Json).ToList();
        chunks.ShouldAllBe(chunk => chunk.GetProperty("id").GetString() == whole.GetProperty("id").GetString());
        chunks.ShouldAllBe(chunk => chunk.GetProperty("object").GetString() == "chat.completion.chunk");
        chunks[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString().ShouldBe("assistant");
        string.Concat(chunks.SkipLast(2).Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString()))
            .ShouldBe(whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("stop");
        chunks.SkipLast(1).ShouldAllBe(chunk => chunk.GetProperty("usage").ValueKind == JsonValueKind.Null);
        chunks[^1].GetProperty("choices").GetArrayLength().ShouldBe(0);
        JsonElement.DeepEquals(chunks[^1].GetProperty("usage"), whole.GetProperty("usage")).ShouldBeTrue();
    }

    [Fact]
    public async Task Post_StreamedWithoutUsageAsked_HasNone()
    {
        var events = await simulator.PostStreamAsync(Path, $$"""{"model":"gpt-x","stream":true,{{Hello}}}""");

        events.SkipLast(1).ShouldAllBe(e => !e.Data.Contains("\"usage\"") && e.Json.GetProperty("choices").GetArrayLength() == 1);
    }

    [Fact]
    public async Task Post_ToolMentioned_CallsItAndThenQuotesItsResult()
    {
        const string user = """{"role":"user","content":"get_weather please"}""";
        var asked = await simulator.PostJsonAsync(Path, $$"""{"model":"gpt-x",{{Weather}},"messages":[{{user}}]}""");

        var message = asked.GetProperty("choices")[0].GetProperty("message");
        asked.GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
        message.GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
        var call = message.GetProperty("tool_calls")[0];
        call.GetProperty("id").GetString()!.Length.ShouldBeLessThanOrEqualTo(40);
        var arguments = JsonDocument.Parse(call.GetProperty("function").GetProperty("arguments").GetString()!).RootElement;
        arguments.GetProperty("unit").GetString().ShouldBeOneOf("c", "f");

        var answered = await simulator.PostJsonAsync(Path, $$$"""
            {"model":"gpt-x",{{{Weather}}},"messages":[{{{user}}},{{{message.GetRawText()}}},{"role":"tool","tool_call_id":"{{{call.GetProperty("id").GetString()}}}","content":"21 degrees"}]}
            """);
        answered.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!.ShouldContain("21 degrees");
    }

    [Fact]
    public async Task Post_ToolsStreamed_SendsNamesOnceAndArgumentsInFragments()
    {
        var events = await simulator.PostStreamAsync(Path, $$"""{"model":"gpt-x","stream":true,{{Weather}},"messages":[{"role":"user","content":"get_weather and shell"}]}""");

        var fragments = events.SkipLast(1).Select(e => e.Json.GetProperty("choices")[0].GetProperty("delta"))
            .Where(delta => delta.TryGetProperty("tool_calls", out _)).Select(delta => delta.GetProperty("tool_calls")[0]).ToList();
        fragments.Count(fragment => fragment.TryGetProperty("id", out _)).ShouldBe(2);
        fragments.Count(fragment => fragment.GetProperty("index").GetInt32() == 0).ShouldBeGreaterThan(2);
        var arguments = string.Concat(fragments.Where(fragment => fragment.GetProperty("index").GetInt32() == 0)
            .Select(fragment => fragment.GetProperty("function").GetProperty("arguments").GetString()));
        JsonDocument.Parse(arguments).RootElement.TryGetProperty("city", out _).ShouldBeTrue();
        fragments[^1].GetProperty("custom").GetProperty("input").GetString().ShouldNotBeNullOrEmpty();
        events[^2].Json.GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
    }

    [Theory]
    [InlineData("\"none\"", "use the tool get_weather", false)]
    [InlineData("\"auto\"", "hello", false)]
    [InlineData("\"required\"", "hello", true)]
    [InlineData("""{"type":"function","function":{"name":"get_weather"}}""", "hello", true)]
    public async Task Post_ToolChoice_Decides(string choice, string text, bool calls)
    {
        var answer = await simulator.PostJsonAsync(Path, $$"""{"model":"gpt-x",{{Weather}},"tool_choice":{{choice}},"messages":[{"role":"user","content":"{{text}}"}]}""");

        answer.GetProperty("choices")[0].GetProperty("message").TryGetProperty("tool_calls", out _).ShouldBe(calls);
    }

    [Fact]
    public async Task Post_SeveralChoices_AnswersEach()
    {
        var answer = await simulator.PostJsonAsync(Path, $$"""{"model":"gpt-x","n":3,"max_tokens":40,{{Hello}}}""");

        answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Post_JsonSchema_AnswersWithAnInstance()
    {
        var answer = await simulator.PostJsonAsync(Path, $$"""
            {"model":"gpt-x","response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object","properties":{"n":{"type":"integer","minimum":7,"maximum":7} },"required":["n"]} } },{{Hello}}}
            """);

        answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("""{"n":7}""");
    }

    [Theory]
    [InlineData("o3", "", true)]
    [InlineData("sim-think", "", true)]
    [InlineData("gpt-4.1", "", false)]
    [InlineData("gpt-4.1", "\"reasoning_effort\":\"low\",", true)]
    [InlineData("o3", "\"reasoning_effort\":\"none\",", false)]
    public async Task Post_ReasoningModel_CountsReasoningInTheOutput(string model, string extra, bool reasons)
    {
        var usage = (await simulator.PostJsonAsync(Path, $$"""{"model":"{{model}}",{{extra}}{{Hello}}}""")).GetProperty("usage");

        var reasoning = usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32();
        (reasoning > 0).ShouldBe(reasons);
        usage.GetProperty("completion_tokens").GetInt32().ShouldBeGreaterThan(reasoning);
    }

    [Fact]
    public async Task Post_SamePromptCacheKeyAgain_ReportsCachedTokens()
    {
        var body = $$"""{"model":"gpt-x","prompt_cache_key":"chat-cache",{{Hello}}}""";
        var first = (await simulator.PostJsonAsync(Path, body)).GetProperty("usage");
        var second = (await simulator.PostJsonAsync(Path, body)).GetProperty("usage");

        first.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32().ShouldBe(0);
        second.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32().ShouldBe(second.GetProperty("prompt_tokens").GetInt32());
    }

    [Theory]
    [InlineData("""{"messages":[]}""", null, null)]
    [InlineData("""{"model":"x"}""", "messages", "missing_required_parameter")]
    [InlineData("""{"model":"x","messages":"hi"}""", "messages", "invalid_type")]
    [InlineData("""{"model":"x","messages":[]}""", "messages", "empty_array")]
    [InlineData("""{"model":"x","messages":[{"content":"hi"}]}""", "messages[0].role", "missing_required_parameter")]
    [InlineData("""{"model":"x","messages":[{"role":"king","content":"hi"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"model":"x","messages":[{"role":"user","content":5}]}""", "messages[0].content", "invalid_type")]
    [InlineData("""{"model":"x","max_tokens":"5","messages":[{"role":"user","content":"hi"}]}""", "max_tokens", "invalid_type")]
    [InlineData("""{"model":"x","max_completion_tokens":0,"messages":[{"role":"user","content":"hi"}]}""", "max_completion_tokens", "integer_below_min_value")]
    [InlineData("""{"model":"x","stream":"yes","messages":[{"role":"user","content":"hi"}]}""", "stream", "invalid_type")]
    [InlineData("""{"model":"x","messages":[{"role":"tool","tool_call_id":"a","content":"hi"}]}""", "messages.[0].role", null)]
    [InlineData("""{"model":"x","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"hi"}]}""", "messages.[1].role", null)]
    [InlineData("""{"model":"x","tool_choice":"required","messages":[{"role":"user","content":"hi"}]}""", "tool_choice", null)]
    [InlineData("""{"model":"x","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"g"}},"messages":[{"role":"user","content":"hi"}]}""", "tool_choice", null)]
    [InlineData("not json", null, null)]
    [InlineData("[]", null, null)]
    [InlineData("""{"model":"x","messages":[{"role":"user","content":"a\ud800b"}]}""", null, null)]
    [InlineData("", null, null)]
    public async Task Post_BadRequest_Is400InOpenAIsWords(string body, string? param, string? code)
    {
        var error = (await simulator.PostJsonAsync(Path, body, HttpStatusCode.BadRequest)).GetProperty("error");

        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        error.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        error.GetProperty("param").GetString().ShouldBe(param);
        error.GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task Post_UnknownModel_Is404()
    {
        var error = await simulator.PostJsonAsync(Path, $$"""{"model":"unknown-model",{{Hello}}}""", HttpStatusCode.NotFound);

        error.GetProperty("error").GetProperty("code").GetString().ShouldBe("model_not_found");
    }

    [Fact]
    public async Task Post_AnyCall_HasOpenAIsHeaders()
    {
        using var first = await simulator.PostAsync(Path, $$"""{"model":"x",{{Hello}}}""");
        using var second = await simulator.PostAsync(Path, $$"""{"model":"x",{{Hello}}}""");

        first.Headers.GetValues("x-request-id").Single().ShouldStartWith("req_");
        first.Headers.GetValues("x-request-id").ShouldNotBe(second.Headers.GetValues("x-request-id"));
        first.Headers.Contains("openai-processing-ms").ShouldBeTrue();
        first.Headers.GetValues("openai-version").ShouldBe(["2020-10-01"]);
        first.Headers.Contains("x-ratelimit-remaining-requests").ShouldBeTrue();
    }
}
