using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>An Anthropic client, such as Claude Code, on a Chat model.</summary>
public class AnthropicToChatTests
{
    [Fact]
    public void Request_Conversation_CarriesEverythingInItsPlace()
    {
        var written = Wire.Translate(Wire.Anthropic, Wire.Chat, """
            {"model":"gpt","max_tokens":100,"stream":true,"temperature":0.5,"stop_sequences":["END"],"metadata":{"user_id":"u1"},
             "thinking":{"type":"enabled","budget_tokens":9000},
             "system":[{"type":"text","text":"be kind"}],
             "tools":[{"name":"f","description":"d","input_schema":{"type":"object","maximum":12345678901234567890}}],
             "tool_choice":{"type":"any","disable_parallel_tool_use":true},
             "messages":[
               {"role":"user","content":"hi"},
               {"role":"assistant","content":[{"type":"text","text":"ok"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"a": 1.0}}]},
               {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"r"},
                  {"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}]},{"type":"text","text":"and?"}]}]}
            """, out var report);

        written.ShouldMean(JsonNode.Parse("""
            {"model":"gpt","max_completion_tokens":100,"stream":true,"temperature":0.5,"stop":["END"],"safety_identifier":"u1","reasoning_effort":"medium",
             "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","maximum":12345678901234567890}}}],
             "tool_choice":"required","parallel_tool_calls":false,
             "messages":[
               {"role":"system","content":"be kind"},
               {"role":"user","content":"hi"},
               {"role":"assistant","content":"ok","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{\"a\": 1.0}"}}]},
               {"role":"tool","tool_call_id":"toolu_1","content":"r"},
               {"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO"}}]},
               {"role":"user","content":"and?"}]}
            """)!);
        written["stream_options"]!["include_usage"]!.GetValue<bool>().ShouldBeTrue();
        report.Header.ShouldBeNull();
    }

    [Fact]
    public void Request_WhatChatHasNoPlaceFor_IsNamedInTheClientsSpelling()
    {
        _ = Wire.Translate(Wire.Anthropic, Wire.Chat, """
            {"model":"m","max_tokens":1,"top_k":5,"container":"c","thinking":{"type":"adaptive","display":"omitted"},
             "system":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}],
             "tools":[{"type":"web_fetch_20250910","name":"web_fetch"},{"type":"bash_20250124","name":"bash"}],
             "messages":[
              {"role":"user","content":[{"type":"document","source":{"type":"url","url":"https://a"},"context":"c","citations":{"enabled":true}},
                                        {"type":"search_result","source":"s","title":"t","content":[]}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"server_tool_use","id":"s","name":"web_search","input":{}},
                                             {"type":"tool_use","id":"t","name":"f","input":{}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":"no"}]}]}
            """, out var report);

        report.Dropped.ShouldBe(
            [
                "top_k", "container", "thinking.display", "cache_control", "tools.web_fetch", "tools", "document", "document.context", "document.citations",
                "search_result", "thinking", "server_tool_use", "tool_result.is_error",
            ], ignoreOrder: true);
    }

    [Fact]
    public void Request_LongAndRepeatedCallIds_FitAndStayTogether()
    {
        var id = new string('t', 60);
        var written = Wire.Translate(Wire.Anthropic, Wire.Chat, $$$"""
            {"model":"m","max_tokens":1,"messages":[
              {"role":"assistant","content":[{"type":"tool_use","id":"{{{id}}}","name":"f","input":{}},{"type":"tool_use","id":"{{{id}}}","name":"g","input":{}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"{{{id}}}","content":"1"},{"type":"tool_result","tool_use_id":"{{{id}}}","content":"2"}]}]}
            """, out _);

        var messages = written["messages"]!.AsArray();
        var calls = messages[0]!["tool_calls"]!.AsArray().Select(call => call!["id"]!.GetValue<string>()).ToList();
        calls.Distinct().Count().ShouldBe(2);
        calls.ShouldAllBe(call => call.Length <= 40);
        messages.Skip(1).Select(message => message!["tool_call_id"]!.GetValue<string>()).ShouldBe(calls);
    }

    [Fact]
    public void Request_AnswerOfThoughtsAlone_SaysNothingInStead()
    {
        var written = Wire.Translate(Wire.Anthropic, Wire.Chat,
            """{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"redacted_thinking","data":"R"}]}]}""", out var report);

        written["messages"]![0]!["content"]!.GetValue<string>().ShouldBe("");
        report.Header.ShouldBe("thinking");
    }

    [Theory]
    [InlineData("max_tokens", 5)]
    [InlineData("max_completion_tokens", 10)]
    public void Request_MaxTokens_FollowTheModelsRules(string member, int limit)
    {
        var written = Wire.Translate(
            Wire.Anthropic, Wire.Chat, """{"model":"m","max_tokens":10,"temperature":0.5,"messages":[]}""", out var report,
            new ModelRules { MaxTokensMember = member, MaxOutputTokens = limit, Rejects = FieldSet.Of(CanonicalField.Temperature) });

        written[member]!.GetValue<int>().ShouldBe(limit);
        written["temperature"].ShouldBeNull();
        report.Header.ShouldBe("temperature");
    }

    [Fact]
    public void Stream_Chat_BecomesEvents()
    {
        var golden = Golden.GoldenAnswers.All.Single(answer => answer.File == "chat-tools.sse");

        var stream = Wire.Write(Wire.Anthropic, Wire.Read(Wire.Chat, [golden.Bytes]), Wire.To(Wire.Anthropic));

        var data = Wire.Data(stream);
        data.Select(node => node["type"]!.GetValue<string>()).ShouldBe(
            ["message_start", "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop", "message_delta", "message_stop"]);
        data[1]["content_block"]!.ShouldMean(JsonNode.Parse("""{"type":"tool_use","id":"call_1","name":"get_weather","input":{}}""")!);
        string.Concat(data.Skip(2).Take(2).Select(node => node["delta"]!["partial_json"]!.GetValue<string>())).ShouldBe("""{"usage":{"prompt_tokens":9}}""");
        data[5]["delta"]!["stop_reason"]!.GetValue<string>().ShouldBe("tool_use");
    }

    [Fact]
    public void Stream_ChatWithUsage_ReportsDisjointCounts()
    {
        var golden = Golden.GoldenAnswers.All.Single(answer => answer.File == "chat.sse");

        var data = Wire.Data(Wire.Write(Wire.Anthropic, Wire.Read(Wire.Chat, [golden.Bytes]), Wire.To(Wire.Anthropic)));

        var usage = data[^2]["usage"]!;
        (usage["input_tokens"]!.GetValue<int>(), usage["cache_read_input_tokens"]!.GetValue<int>(), usage["cache_creation_input_tokens"]!.GetValue<int>(),
            usage["output_tokens"]!.GetValue<int>()).ShouldBe((63, 1024, 30, 46));
        string.Concat(data.Select(node => node["delta"]?["text"]?.GetValue<string>())).ShouldBe("Hello \"wörld\" 你\n");
    }

    [Fact]
    public void Stream_ThoughtsThenTextThenParallelCalls_AreBlocksInOrder()
    {
        var events = Wire.Read(Wire.Chat, string.Concat(
            Chunk("""{"reasoning_content":"h"}"""), Chunk("""{"reasoning_content":"m"}"""), Chunk("""{"content":"a"}"""),
            Chunk("""{"tool_calls":[{"index":0,"id":"x","type":"function","function":{"name":"f","arguments":"{\"a\""}}]}"""),
            Chunk("""{"tool_calls":[{"index":1,"id":"y","type":"function","function":{"name":"g","arguments":"{}"}}]}"""),
            Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}"""),
            Chunk("{}", "\"tool_calls\""), "data: [DONE]\n\n"));

        Grammar.ShouldBeLegal(events);
        var content = Wire.Assemble(events).Choices[0].Content;
        content.Select(block => block.GetType()).ShouldBe([typeof(ReasoningBlock), typeof(TextBlock), typeof(ToolCallBlock), typeof(ToolCallBlock)]);
        ((ReasoningBlock)content[0]).Text.ShouldBe("hm");
        content.OfType<ToolCallBlock>().Select(call => call.Arguments.ToString()).ShouldBe(["{\"a\":1}", "{}"]);
    }

    [Theory]
    [InlineData("""[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]""", """[{"index":0,"id":"b","function":{"name":"g","arguments":"{}"}}]""")]
    [InlineData("""[{"id":"a","function":{"name":"f","arguments":"{}"}}]""", """[{"id":"b","function":{"name":"g","arguments":"{}"}}]""")]
    [InlineData("""[{"index":0,"id":"a","function":{"arguments":"{}"}}]""", """[{"index":0,"function":{"name":"f"}},{"index":1,"id":"b","function":{"name":"g","arguments":{}}}]""")]
    public void Stream_VendorsThatMisnumberCalls_LoseNothing(string first, string second)
    {
        var events = Wire.Read(Wire.Chat, string.Concat(
            Chunk($$"""{"tool_calls":{{first}}}"""), Chunk($$"""{"tool_calls":{{second}}}"""), Chunk("{}", "\"stop\""), "data: [DONE]\n\n"));

        var choice = Wire.Assemble(events).Choices[0];
        choice.Content.Cast<ToolCallBlock>().Select(call => (call.CallId, call.Name, call.Arguments.ToString())).ShouldBe([("a", "f", "{}"), ("b", "g", "{}")]);
        choice.Finish.Reason.ShouldBe(FinishReason.ToolCalls);
    }

    private static string Chunk(string delta, string finish = "null") =>
        $$"""data: {"id":"c","model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""" + "\n\n";
}
