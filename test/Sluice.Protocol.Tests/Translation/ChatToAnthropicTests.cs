using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>A Chat client on an Anthropic model.</summary>
public class ChatToAnthropicTests
{
    [Fact]
    public void Request_Conversation_CarriesEverythingInItsPlace()
    {
        var written = Wire.Translate(Wire.Chat, Wire.Anthropic, """
            {"model":"claude","max_completion_tokens":100,"temperature":1.5,"stop":"END","user":"u1",
             "messages":[
               {"role":"system","content":"one"},{"role":"developer","content":"two"},
               {"role":"user","content":[{"type":"text","text":"what?"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/"}}]},
               {"role":"assistant","content":"let me look","tool_calls":[
                 {"id":"call_1","type":"function","function":{"name":"f","arguments":"{ \"n\": 12345678901234567890 }"}},
                 {"id":"call_2","type":"function","function":{"name":"g","arguments":""}}]},
               {"role":"tool","tool_call_id":"call_2","content":"second"},
               {"role":"tool","tool_call_id":"call_1","content":"first"},
               {"role":"user","content":"go on"}]}
            """, out var report);

        written.ShouldMean(JsonNode.Parse("""
            {"model":"claude","max_tokens":100,"temperature":1,"stop_sequences":["END"],"metadata":{"user_id":"u1"},
             "system":[{"type":"text","text":"one"},{"type":"text","text":"two"}],
             "messages":[
               {"role":"user","content":[{"type":"text","text":"what?"},{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/"}}]},
               {"role":"assistant","content":[{"type":"text","text":"let me look"},
                 {"type":"tool_use","id":"call_1","name":"f","input":{"n":12345678901234567890}},
                 {"type":"tool_use","id":"call_2","name":"g","input":{}}]},
               {"role":"user","content":[
                 {"type":"tool_result","tool_use_id":"call_2","content":[{"type":"text","text":"second"}]},
                 {"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"first"}]},
                 {"type":"text","text":"go on"}]}]}
            """)!);
        report.Header.ShouldBeNull();
        report.Adjusted.Single().ShouldContain("temperature");
    }

    [Fact]
    public void Request_StopTextsOfWhiteSpace_AreLeftOutAndNamed()
    {
        var written = Wire.Translate(Wire.Chat, Wire.Anthropic, """{"model":"m","messages":[{"role":"user","content":"x"}],"stop":["\n\n","END"]}""", out var report);

        written["stop_sequences"]!.ToJsonString().ShouldBe("""["END"]""");
        report.Dropped.ShouldBe(["stop"]);
    }

    [Fact]
    public void Request_WhatAnthropicHasNoPlaceFor_IsNamedInTheClientsSpelling()
    {
        _ = Wire.Translate(Wire.Chat, Wire.Anthropic, """
            {"model":"m","messages":[{"role":"user","name":"anna","content":[{"type":"image_url","image_url":{"url":"https://a/b.png","detail":"high"}},
               {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},{"type":"file","file":{"file_id":"file-1"}}]}],
             "seed":1,"n":2,"logprobs":true,"top_logprobs":2,"logit_bias":{"1":1},"presence_penalty":1,"frequency_penalty":1,"verbosity":"low",
             "response_format":{"type":"json_object"},"store":true,"metadata":{"a":"b"},"prompt_cache_key":"k","prediction":{"type":"content","content":"x"},
             "service_tier":"flex","modalities":["text","audio"],"audio":{"voice":"alloy","format":"wav"},
             "tools":[{"type":"custom","custom":{"name":"c"}}]}
            """, out var report);

        report.Dropped.ShouldBe(
            [
                "presence_penalty", "frequency_penalty", "logit_bias", "seed", "n", "logprobs", "top_logprobs", "response_format", "verbosity", "tools.custom",
                "modalities", "prompt_cache_key", "metadata", "store", "messages.name", "input_audio", "image_url.detail", "prediction", "audio",
                "file.file_id", "service_tier",
            ], ignoreOrder: true);
    }

    [Theory]
    [InlineData("\"auto\"", """{"type":"auto"}""")]
    [InlineData("\"none\"", """{"type":"none"}""")]
    [InlineData("\"required\"", """{"type":"any"}""")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", """{"type":"tool","name":"f"}""")]
    public void Request_ToolChoice_IsMapped(string choice, string expected)
    {
        var written = Wire.Translate(Wire.Chat, Wire.Anthropic, $$$"""{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{{{choice}}}}""", out _);

        written["tool_choice"]!.ShouldMean(JsonNode.Parse(expected)!);
        written["tools"]![0]!["input_schema"]!.ShouldMean(JsonNode.Parse("""{"type":"object"}""")!);
    }

    [Fact]
    public void Request_AllowedTools_LeavesTheOthersOut()
    {
        var written = Wire.Translate(Wire.Chat, Wire.Anthropic, """
            {"model":"m","messages":[],"parallel_tool_calls":false,
             "tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}],
             "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"g"}}]}}}
            """, out _);

        written["tools"]!.AsArray().Select(tool => tool!["name"]!.GetValue<string>()).ShouldBe(["g"]);
        written["tool_choice"]!.ShouldMean(JsonNode.Parse("""{"type":"any","disable_parallel_tool_use":true}""")!);
    }

    [Theory]
    [InlineData("high", ThinkingStyle.Usual, """{"type":"enabled","budget_tokens":24576}""", null, 24576 + 4096)]
    [InlineData("minimal", ThinkingStyle.Budget, """{"type":"enabled","budget_tokens":1024}""", null, 4096)]
    [InlineData("high", ThinkingStyle.Adaptive, """{"type":"adaptive"}""", "high", 4096)]
    [InlineData("minimal", ThinkingStyle.Effort, null, "low", 4096)]
    [InlineData("none", ThinkingStyle.Usual, """{"type":"disabled"}""", null, 4096)]
    public void Request_Effort_FollowsTheModelsRules(string effort, ThinkingStyle style, string? thinking, string? written, int most)
    {
        var request = Wire.Translate(
            Wire.Chat, Wire.Anthropic, $$"""{"model":"m","messages":[],"reasoning_effort":"{{effort}}"}""", out var report, new ModelRules { Thinking = style });

        (request["thinking"]?.ToJsonString()).ShouldBe(thinking);
        (request["output_config"]?["effort"]?.GetValue<string>()).ShouldBe(written);
        request["max_tokens"]!.GetValue<int>().ShouldBe(most);
        report.Header.ShouldBeNull();
    }

    [Theory]
    [InlineData(""","max_tokens":1000""", "reasoning_effort")]
    [InlineData(""","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required" """, "reasoning_effort")]
    [InlineData(""","temperature":0.2,"top_k":5""", "temperature, top_k")]
    public void Request_ThinkingThatCannotBe_IsAnnounced(string members, string expected)
    {
        _ = Wire.Translate(Wire.Chat, Wire.Anthropic, $$"""{"model":"m","messages":[],"reasoning_effort":"low"{{members}}}""", out var report);

        report.Header.ShouldBe(expected);
    }

    [Fact]
    public void Request_ThinkingInAToolLoopWithoutSignatures_IsLeftOut()
    {
        var written = Wire.Translate(Wire.Chat, Wire.Anthropic, """
            {"model":"m","reasoning_effort":"low","messages":[{"role":"user","content":"x"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"c","content":"y"}]}
            """, out var report);

        written["thinking"].ShouldBeNull();
        report.Header.ShouldBe("reasoning_effort");
    }

    [Fact]
    public void Request_TurnsThatSayNothing_AreLeftOut()
    {
        var written = Wire.Translate(Wire.Chat, Wire.Anthropic, """
            {"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"","reasoning_content":"hm"},
             {"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"y"}]}]}
            """, out var report);

        written["messages"]!.ShouldMean(JsonNode.Parse(
            """[{"role":"user","content":[{"type":"text","text":"x"}]},{"role":"user","content":[{"type":"text","text":"y"}]}]""")!);
        report.Header.ShouldBe("reasoning_content");
    }

    [Fact]
    public void Request_OnlySystemTexts_AreSaidByTheUser() =>
        Wire.Translate(Wire.Chat, Wire.Anthropic, """{"model":"m","messages":[{"role":"system","content":"x"}]}""", out _)["messages"]!.ShouldMean(
            JsonNode.Parse("""[{"role":"user","content":[{"type":"text","text":"x"}]}]""")!);

    [Fact]
    public void Request_Schema_StandsInOutputConfig()
    {
        var written = Wire.Translate(Wire.Chat, Wire.Anthropic,
            """{"model":"m","messages":[],"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}}}""", out _);

        written["output_config"]!.ShouldMean(JsonNode.Parse("""{"format":{"type":"json_schema","schema":{"type":"object"}}}""")!);
    }

    [Fact]
    public void Request_WebSearch_BecomesAnthropics()
    {
        var written = Wire.Translate(Wire.Chat, Wire.Anthropic, """{"model":"m","messages":[],"web_search_options":{}}""", out var report);

        written["tools"]!.ShouldMean(JsonNode.Parse("""[{"type":"web_search_20250305","name":"web_search"}]""")!);
        report.Header.ShouldBeNull();
    }

    [Fact]
    public void Request_ArgumentsThatAreNoObject_StayReadable()
    {
        var written = Wire.Translate(Wire.Chat, Wire.Anthropic,
            """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"x\":"}}]}]}""", out _);

        written["messages"]![0]!["content"]![0]!["input"]!["input"]!.GetValue<string>().ShouldBe("{\"x\":");
    }

    [Fact]
    public void Response_ThoughtsToolsAndCitations_ReachTheirSlots()
    {
        var response = Wire.Response(Wire.Anthropic, """
            {"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[
              {"type":"thinking","thinking":"hm","signature":"sig"},
              {"type":"text","text":"😀 a"},
              {"type":"server_tool_use","id":"s","name":"web_search","input":{}},
              {"type":"text","text":"b","citations":[{"type":"web_search_result_location","url":"https://a","title":"t","cited_text":"c","encrypted_index":"E"}]},
              {"type":"tool_use","id":"toolu_1","name":"f","input":{ "n" : 1.0 }}],
             "stop_reason":"tool_use","stop_sequence":null,
             "usage":{"input_tokens":1,"cache_read_input_tokens":10,"cache_creation_input_tokens":100,"output_tokens":7,"output_tokens_details":{"thinking_tokens":2}}}
            """);
        var context = Wire.To(Wire.Chat);

        var written = Wire.Write(Wire.Chat, response, context);

        written.ShouldMean(JsonNode.Parse("""
            {"id":"msg_1","object":"chat.completion","created":7,"model":"claude","choices":[{"index":0,"message":{"role":"assistant",
              "content":"😀 ab","reasoning_content":"hm","annotations":[{"type":"url_citation","url_citation":{"start_index":3,"end_index":4,"title":"t","url":"https://a"}}],
              "tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{ \"n\" : 1.0 }"}}]},"finish_reason":"tool_calls"}],
             "usage":{"prompt_tokens":111,"completion_tokens":7,"total_tokens":118,"prompt_tokens_details":{"cached_tokens":10,"cache_write_tokens":100},
                      "completion_tokens_details":{"reasoning_tokens":2}}}
            """)!);
        context.Report.Dropped.ShouldBe(["web_search_call"]);
    }

    [Fact]
    public void Stream_Anthropic_BecomesChunks()
    {
        var golden = Golden.GoldenAnswers.All.Single(answer => answer.File == "messages.sse");

        var stream = Wire.Write(Wire.Chat, Wire.Read(Wire.Anthropic, [golden.Bytes]), Wire.To(Wire.Chat));

        stream.ShouldEndWith("data: [DONE]\n\n");
        var chunks = Wire.Data(stream);
        var deltas = chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).Select(choice => choice!["delta"]!).ToList();
        deltas[0]["role"]!.GetValue<string>().ShouldBe("assistant");
        string.Concat(deltas.Select(delta => delta["content"]?.GetValue<string>())).ShouldBe("Hello!");
        string.Concat(deltas.Select(delta => delta["reasoning_content"]?.GetValue<string>())).ShouldBe("Let me think");
        var calls = deltas.Where(delta => delta["tool_calls"] is not null).Select(delta => delta["tool_calls"]![0]!).ToList();
        calls[0]["id"]!.GetValue<string>().ShouldBe("toolu_01T1x1fJ34qAmk2tNTrN7Up6");
        calls.ShouldAllBe(call => call["index"]!.GetValue<int>() == 0);
        string.Concat(calls.Select(call => call["function"]!["arguments"]!.GetValue<string>())).ShouldBe("{\"usage\": 1}");
        chunks[^2]["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("tool_calls");
        chunks[^1]["usage"]!["prompt_tokens"]!.GetValue<int>().ShouldBe(2325);
    }

    [Fact]
    public void Stream_UpstreamFailsInside_EndsInAnErrorAndNoDone()
    {
        var golden = Golden.GoldenAnswers.All.Single(answer => answer.File == "messages-error.sse");

        var stream = Wire.Write(Wire.Chat, Wire.Read(Wire.Anthropic, [golden.Bytes]), Wire.To(Wire.Chat));

        stream.ShouldNotContain("[DONE]");
        Wire.Data(stream)[^1]["error"]!["code"]!.GetValue<string>().ShouldBe(TranslationErrors.UpstreamFailedInStream);
    }
}
