using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.OpenAIResponses;

/// <summary>Documents between the Responses API and the other dialects, as wire.md maps them.</summary>
public class ResponsesTranslationTests
{
    private static readonly DialectCodec Responses = DialectCodec.For(Dialect.OpenAIResponses);

    [Theory]
    [InlineData("auto", false)]
    [InlineData("high", true)]
    public void Request_DetailOfAPicture_IsLostOnlyWhereItSaysSomething(string detail, bool lost)
    {
        _ = Wire.Translate(Responses, Wire.Anthropic, $$"""
            {"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"https://a/b.png","detail":"{{detail}}"}]}]}
            """, out var report);

        report.Dropped.Contains("detail").ShouldBe(lost);
    }

    [Fact]
    public void Request_FromChat_HasEveryThingInItsPlace()
    {
        var written = Wire.Translate(Wire.Chat, Responses, """
            {"model":"gpt-x","messages":[
              {"role":"system","content":"be brief"},
              {"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO","detail":"low"}}]},
              {"role":"assistant","content":"I do","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"n\":12345678901234567890}"}},
                                                              {"id":"call_2","type":"custom","custom":{"name":"sql","input":"select"}}]},
              {"role":"tool","tool_call_id":"call_2","content":"2"},
              {"role":"tool","tool_call_id":"call_1","content":"1"},
              {"role":"developer","content":"go on"}],
             "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
             "tool_choice":{"type":"function","function":{"name":"f"}},
             "response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"},"strict":true}},
             "max_completion_tokens":99,"temperature":0.5,"reasoning_effort":"high","verbosity":"low","logprobs":true,"top_logprobs":2,
             "user":"u","service_tier":"flex","metadata":{"a":"b"}}
            """, out var report);

        JsonNode.DeepEquals(written, JsonNode.Parse("""
            {"model":"gpt-x","input":[
              {"type":"message","role":"system","content":"be brief"},
              {"type":"message","role":"user","content":[{"type":"input_text","text":"look"},{"type":"input_image","image_url":"data:image/png;base64,iVBO","detail":"low"}]},
              {"type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"I do","annotations":[]}]},
              {"type":"function_call","call_id":"call_1","name":"f","arguments":"{\"n\":12345678901234567890}"},
              {"type":"custom_tool_call","call_id":"call_2","name":"sql","input":"select"},
              {"type":"function_call_output","call_id":"call_2","output":"2"},
              {"type":"function_call_output","call_id":"call_1","output":"1"},
              {"type":"message","role":"developer","content":"go on"}],
             "temperature":0.5,"top_logprobs":2,"max_output_tokens":99,
             "include":["reasoning.encrypted_content","message.output_text.logprobs"],
             "text":{"format":{"type":"json_schema","name":"a","schema":{"type":"object"},"strict":true},"verbosity":"low"},
             "reasoning":{"effort":"high"},
             "tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}],
             "tool_choice":{"type":"function","name":"f"},
             "safety_identifier":"u","service_tier":"flex","metadata":{"a":"b"},"store":false}
            """)).ShouldBeTrue(written.ToJsonString());
        report.Dropped.ShouldBeEmpty();
    }

    [Fact]
    public void Request_FromChat_NamesWhatHasNoPlace()
    {
        Wire.Translate(Wire.Chat, Responses, """
            {"model":"m","messages":[{"role":"user","name":"anna","content":"x"}],"stop":["a"],"seed":1,"n":2,"presence_penalty":1,"frequency_penalty":1,
             "logit_bias":{"1":1},"top_k":3,"modalities":["text","audio"],"prediction":{"type":"content","content":"x"}}
            """, out var report);

        report.Dropped.ShouldBe(
            ["presence_penalty", "frequency_penalty", "logit_bias", "seed", "n", "stop", "top_k", "modalities", "messages.name", "prediction"], ignoreOrder: true);
    }

    [Fact]
    public void Request_FromAnthropic_CarriesResultsWithPicturesAndNamesTheirErrors()
    {
        var written = Wire.Translate(Wire.Anthropic, Responses, """
            {"model":"m","max_tokens":100,"system":"be brief","stop_sequences":["x"],"top_k":5,
             "thinking":{"type":"enabled","budget_tokens":9000},
             "tools":[{"name":"f","input_schema":{"type":"object"}},{"type":"web_search_20250305","name":"web_search","allowed_domains":["a.com"],"max_uses":2}],
             "tool_choice":{"type":"any","disable_parallel_tool_use":true},
             "messages":[{"role":"user","content":"look"},
               {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"S"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1.50}}]},
               {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","is_error":true,"content":[{"type":"text","text":"no"},
                  {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}]},
                  {"type":"document","title":"t.txt","source":{"type":"text","media_type":"text/plain","data":"größe"}}]}]}
            """, out var report);

        JsonNode.DeepEquals(written["input"], JsonNode.Parse("""
            [{"type":"message","role":"system","content":"be brief"},
             {"type":"message","role":"user","content":"look"},
             {"type":"function_call","call_id":"toolu_1","name":"f","arguments":"{\"a\":1.50}"},
             {"type":"function_call_output","call_id":"toolu_1","output":[{"type":"input_text","text":"no"},{"type":"input_image","image_url":"data:image/png;base64,iVBO","detail":"auto"}]},
             {"type":"message","role":"user","content":[{"type":"input_file","filename":"t.txt","file_data":"data:text/plain;base64,Z3LDtsOfZQ=="}]}]
            """)).ShouldBeTrue(written.ToJsonString());
        written["reasoning"]!.ToJsonString().ShouldBe("""{"effort":"medium","summary":"auto"}""");
        written["tools"]![1]!.ToJsonString().ShouldBe("""{"type":"web_search","filters":{"allowed_domains":["a.com"]}}""");
        written["tool_choice"]!.GetValue<string>().ShouldBe("required");
        written["parallel_tool_calls"]!.GetValue<bool>().ShouldBeFalse();
        report.Dropped.ShouldBe(["top_k", "stop_sequences", "tool_result.is_error", "thinking", "max_uses"], ignoreOrder: true);
    }

    [Fact]
    public void Request_WithFilesOfAnother_LeavesOutTheMessageThatSaysNothingElse()
    {
        var written = Wire.Translate(Wire.Anthropic, Responses, """
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"file_1"}}]},
              {"role":"assistant","content":"x"},{"role":"user","content":[{"type":"hologram"},{"type":"document","source":{"type":"content","content":[{"type":"text","text":"y"}]}}]}]}
            """, out var report);

        written["input"]!.AsArray().Select(item => item!["role"]!.GetValue<string>()).ShouldBe(["assistant", "user"]);
        written["input"]![1]!["content"]!.ToJsonString().ShouldBe("""[{"type":"input_text","text":"y"}]""");
        report.Dropped.ShouldBe(["hologram", "source.file_id"], ignoreOrder: true);
    }

    [Fact]
    public void Request_ToChat_JoinsWhatTheAssistantSaidAndDid()
    {
        var written = Wire.Translate(Responses, Wire.Chat, Agentic, out var report);

        JsonNode.DeepEquals(written["messages"], JsonNode.Parse("""
            [{"role":"system","content":"be brief"},
             {"role":"developer","content":"in German"},
             {"role":"user","content":"look"},
             {"role":"assistant","content":"I do","tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},
                                                               {"id":"call_2","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"call_1","content":"1"},
             {"role":"tool","tool_call_id":"call_2","content":"2"}]
            """)).ShouldBeTrue(written["messages"]!.ToJsonString());
        written["tools"]!.ToJsonString().ShouldBe("""[{"type":"function","function":{"name":"f","parameters":{"type":"object"},"strict":true}}]""");
        report.Dropped.ShouldBe(["previous_response_id", "reasoning", "truncation", "reasoning.summary"], ignoreOrder: true);
    }

    [Fact]
    public void Request_ToAnthropic_IsOneTurnEach()
    {
        var written = Wire.Translate(Responses, Wire.Anthropic, Agentic, out _);

        written["system"]!.AsArray().Select(block => block!["text"]!.GetValue<string>()).ShouldBe(["be brief", "in German"]);
        written["messages"]!.AsArray().Select(turn => turn!["role"]!.GetValue<string>()).ShouldBe(["user", "assistant", "user"]);
        written["messages"]![1]!["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()).ShouldBe(["text", "tool_use", "tool_use"]);
        written["messages"]![2]!["content"]!.AsArray().Select(block => block!["tool_use_id"]!.GetValue<string>()).ShouldBe(["call_1", "call_2"]);
    }

    [Fact]
    public void Thoughts_OfAnthropic_ReturnUnchangedThroughAClient()
    {
        const string Thought = """{"type":"thinking","thinking":"Let me \"see\" 😀","signature":"EqQB+/="}""";
        const string Hidden = """{"type":"thinking","thinking":"","signature":"EqQC"}""";
        const string Redacted = """{"type":"redacted_thinking","data":"EmwK+/="}""";
        var answer = Wire.Response(Wire.Anthropic, $$$"""
            {"id":"msg_1","type":"message","role":"assistant","model":"claude-x","stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1},
             "content":[{{{Thought}}},{{{Hidden}}},{{{Redacted}}},{"type":"text","text":"now"},{"type":"tool_use","id":"toolu_1","name":"f","input":{}}]}
            """);
        var whole = Wire.Write(Responses, answer, Wire.To(Responses));
        var streamed = Wire.Data(Wire.Write(Responses, ResponseEvents.Of(answer), Wire.To(Responses)))[^1]["response"]!;

        foreach (var shown in new[] { whole, streamed })
        {
            var input = shown["output"]!.DeepClone().AsArray();
            input.Insert(0, JsonNode.Parse("""{"role":"user","content":"go"}"""));
            input.Add(JsonNode.Parse("""{"type":"function_call_output","call_id":"toolu_1","output":"1"}"""));
            var request = new JsonObject { ["model"] = "claude-x", ["reasoning"] = JsonNode.Parse("""{"effort":"high"}"""), ["input"] = input };

            var written = Wire.Translate(Responses, Wire.Anthropic, request.ToJsonString(), out var report);

            written["messages"]![1]!["content"]!.AsArray().Take(3).Select(block => block!.ToJsonString())
                .ShouldBe(new[] { Thought, Hidden, Redacted }.Select(json => JsonNode.Parse(json)!.ToJsonString()));
            report.Dropped.ShouldBeEmpty();
        }

        whole["output"]![0]!["summary"]![0]!["text"]!.GetValue<string>().ShouldBe("Let me \"see\" 😀");
    }

    [Fact]
    public void Thoughts_OfOpenAI_ReturnUnchangedThroughAnAnthropicClient()
    {
        var answer = Wire.Response(Responses, """
            {"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"gpt-x","output":[
              {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"},
              {"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":"{}","status":"completed"}]}
            """);
        var shown = Wire.Write(Wire.Anthropic, answer, Wire.To(Wire.Anthropic));
        var request = new JsonObject
        {
            ["model"] = "gpt-x",
            ["max_tokens"] = 9,
            ["messages"] = new JsonArray(JsonNode.Parse("""{"role":"user","content":"go"}"""), new JsonObject { ["role"] = "assistant", ["content"] = shown["content"]!.DeepClone() }),
        };

        var written = Wire.Translate(Wire.Anthropic, Responses, request.ToJsonString(), out var report);

        written["input"]![1]!["encrypted_content"]!.GetValue<string>().ShouldBe("gAAA");
        written["input"]![2]!["call_id"]!.GetValue<string>().ShouldBe("call_1");
        report.Dropped.ShouldBeEmpty();
    }

    [Fact]
    public void Response_FromChat_RepeatsTheRequest()
    {
        var request = Wire.Request(Responses, """
            {"model":"x","input":"hi","instructions":"be brief","temperature":0.3,"max_output_tokens":50,"metadata":{"a":"b"},"store":false,
             "tools":[{"type":"function","name":"f","parameters":{"type":"object"}},{"type":"web_search"}],"tool_choice":"required",
             "text":{"format":{"type":"json_object"}},"reasoning":{"effort":"low","summary":"auto"},"previous_response_id":"resp_0","parallel_tool_calls":false}
            """);
        var answer = Wire.Response(Wire.Chat, """
            {"id":"chatcmpl-1","object":"chat.completion","created":12,"model":"vendor-x","choices":[{"index":0,"finish_reason":"length","message":
              {"role":"assistant","content":"half","reasoning_content":"hm","annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":4,"title":"t","url":"https://a"}}]}}],
             "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}
            """);

        var written = Wire.Write(Responses, answer, Wire.To(Responses) with { Request = request, Model = "x" });

        JsonNode.DeepEquals(written, JsonNode.Parse("""
            {"id":"resp_test","object":"response","created_at":12,"status":"incomplete","error":null,"incomplete_details":{"reason":"max_output_tokens"},"model":"x",
             "output":[{"type":"reasoning","id":"rs_test_0","summary":[{"type":"summary_text","text":"hm"}]},
               {"id":"msg_test_1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"half",
                 "annotations":[{"type":"url_citation","start_index":0,"end_index":4,"title":"t","url":"https://a"}]}]}],
             "background":false,"instructions":"be brief","max_output_tokens":50,"metadata":{"a":"b"},"parallel_tool_calls":false,"previous_response_id":"resp_0",
             "reasoning":{"effort":"low","summary":"auto"},"store":false,"temperature":0.3,"text":{"format":{"type":"json_object"}},"tool_choice":"required",
             "tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":true},{"type":"web_search"}],
             "top_logprobs":0,"top_p":1,"truncation":"disabled","user":null,
             "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":0},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":15}}
            """)).ShouldBeTrue(written.ToJsonString());
    }

    [Fact]
    public void Response_ToChat_HasTextThoughtsCallsAndPictures()
    {
        var answer = Wire.Response(Responses, """
            {"id":"resp_1","object":"response","created_at":1,"status":"completed","model":"gpt-x","output":[
              {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}]},
              {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q"}},
              {"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[
                {"type":"output_text","text":"one ","annotations":[]},
                {"type":"output_text","text":"two","annotations":[{"type":"url_citation","start_index":0,"end_index":3,"title":"t","url":"https://a"}],
                 "logprobs":[{"token":"two","logprob":-0.25,"bytes":[116],"top_logprobs":[]}]}]},
              {"type":"image_generation_call","id":"ig_1","status":"completed","result":"iVBO"},
              {"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":"{\"a\":1}","status":"completed"}]}
            """);
        var context = Wire.To(Wire.Chat);

        var choice = Wire.Write(Wire.Chat, answer, context)["choices"]![0]!;

        var message = choice["message"]!;
        message["content"]!.GetValue<string>().ShouldBe("one two");
        message["reasoning_content"]!.GetValue<string>().ShouldBe("a\n\nb");
        message["annotations"]![0]!["url_citation"]!["start_index"]!.GetValue<int>().ShouldBe(4);
        message["images"]![0]!["image_url"]!["url"]!.GetValue<string>().ShouldBe("data:image/png;base64,iVBO");
        message["tool_calls"]![0]!["id"]!.GetValue<string>().ShouldBe("call_1");
        choice["finish_reason"]!.GetValue<string>().ShouldBe("tool_calls");
        choice["logprobs"]!["content"]![0]!["logprob"]!.GetValue<double>().ShouldBe(-0.25);
        context.Report.Dropped.ShouldBe(["web_search_call"]);
    }

    [Theory]
    [InlineData("end_turn", "completed", null)]
    [InlineData("max_tokens", "incomplete", "max_output_tokens")]
    [InlineData("refusal", "incomplete", "content_filter")]
    public void Response_FromAnthropic_SaysHowItEnded(string reason, string status, string? detail)
    {
        var answer = Wire.Response(Wire.Anthropic, $$$"""
            {"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"x"}],"stop_reason":"{{{reason}}}","usage":{"input_tokens":1,"output_tokens":1}}
            """);

        var written = Wire.Write(Responses, answer, Wire.To(Responses));

        written["status"]!.GetValue<string>().ShouldBe(status);
        written["incomplete_details"]?["reason"]!.GetValue<string>().ShouldBe(detail);
    }

    [Theory]
    [InlineData("""{"model":1}""", "model")]
    [InlineData("""{"model":"m","input":3}""", "input")]
    [InlineData("""{"model":"m","input":[3]}""", null)]
    [InlineData("""{"model":"m","input":[{"content":"x"}]}""", "input")]
    [InlineData("""{"model":"m","input":[{"role":"king","content":"x"}]}""", "input")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"input_image","detail":"low"}]}]}""", "input")]
    [InlineData("""{"model":"m","text":{"format":{"type":"poem"}}}""", "text.format")]
    [InlineData("""{"model":"m","tool_choice":"maybe"}""", "tool_choice")]
    [InlineData("""{"model":"m","tool_choice":{"type":"function"}}""", "tool_choice")]
    [InlineData("""{"model":"m","conversation":{}}""", "conversation")]
    [InlineData("""{"model":"m","include":"x"}""", "include")]
    [InlineData("""{"model":"m",""", null)]
    public void Request_Invalid_IsRefusedWithTheMember(string json, string? member)
    {
        Responses.Reader.TryReadRequest(System.Text.Encoding.UTF8.GetBytes(json), out _, out var error).ShouldBeFalse();

        error.ShouldNotBeNull().Code.ShouldBe(TranslationErrors.InvalidMember);
        if (member is not null)
        {
            error.Param.ShouldBe(member);
        }
    }

    [Fact]
    public void Response_ThatFailed_IsTheUpstreamsFailure()
    {
        Responses.Reader.TryReadResponse(
            """{"id":"r","status":"failed","output":[],"error":{"code":"rate_limit_exceeded","message":"secret"}}"""u8.ToArray(), new Owner(Dialect.OpenAIResponses), out _, out var error)
            .ShouldBeFalse();

        error.ShouldNotBeNull().Kind.ShouldBe(ErrorKind.RateLimited);
        error.Message.ShouldNotContain("secret");
    }

    private const string Agentic = """
        {"model":"m","instructions":"be brief","previous_response_id":"resp_0","truncation":"auto","include":["reasoning.encrypted_content"],
         "reasoning":{"effort":"low","summary":"auto"},
         "tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":true}],
         "input":[{"type":"message","role":"developer","content":[{"type":"input_text","text":"in German"}]},
           {"type":"message","role":"user","content":[{"type":"input_text","text":"look"}]},
           {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"},
           {"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"I do","annotations":[]}]},
           {"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":"{\"a\":1}"},
           {"type":"function_call","id":"fc_2","call_id":"call_2","name":"f","arguments":"{}"},
           {"type":"function_call_output","call_id":"call_1","output":"1"},
           {"type":"function_call_output","call_id":"call_2","output":[{"type":"input_text","text":"2"}]}]}
        """;
}
