using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Translation;
using static Sluice.Protocol.Tests.GeminiGenerate.GeminiWire;

namespace Sluice.Protocol.Tests.GeminiGenerate;

/// <summary>Requests of other dialects as Google sees them, and Google's as others do.</summary>
public class GeminiRequestTests
{
    private const string ChatLoop = """
        {"model":"gpt-x","messages":[
          {"role":"system","content":"one"},{"role":"developer","content":"two"},
          {"role":"user","content":"weather?"},
          {"role":"assistant","content":null,"tool_calls":[
            {"id":"call_a","type":"function","function":{"name":"get_weather","arguments":"{\"n\":12345678901234567890}"}},
            {"id":"call_b","type":"function","function":{"name":"get_time","arguments":""}}]},
          {"role":"tool","tool_call_id":"call_b","content":"noon"},
          {"role":"tool","tool_call_id":"call_a","content":"{\"rain\":true}"}],
         "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object"}}},{"type":"function","function":{"name":"get_time"}}]}
        """;

    [Theory]
    [InlineData(Dialect.OpenAIChat)]
    [InlineData(Dialect.OpenAIResponses)]
    [InlineData(Dialect.AnthropicMessages)]
    public void ToAnotherVendor_SignedCall_LosesItsSignatureAndSaysSo(Dialect dialect)
    {
        const string signed = """
            {"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"id":"a","name":"f","args":{}},"thoughtSignature":"CiQB+w=="}]},
             {"role":"user","parts":[{"functionResponse":{"id":"a","name":"f","response":{"output":"y"}}}]}]}
            """;

        var written = Wire.Translate(Gemini, DialectCodec.For(dialect), signed, out var report);

        written.ToJsonString().ShouldNotContain("CiQB");
        report.Dropped.ShouldBe(["thoughtSignature"]);
    }

    [Fact]
    public void FromChat_ToolLoop_OrdersResultsAndNamesThem()
    {
        var written = Wire.Translate(Wire.Chat, Gemini, ChatLoop, out var report);

        written["systemInstruction"]!["parts"]!.ToJsonString().ShouldBe("""[{"text":"one"},{"text":"two"}]""");
        var contents = written["contents"]!.AsArray();
        contents.Select(turn => turn!["role"]!.GetValue<string>()).ShouldBe(["user", "model", "user"]);
        contents[1]!["parts"]![0]!["functionCall"]!.ToJsonString().ShouldBe("""{"id":"call_a","name":"get_weather","args":{"n":12345678901234567890}}""");
        contents[1]!["parts"]![1]!["functionCall"]!["args"]!.ToJsonString().ShouldBe("{}");
        contents[2]!["parts"]!.ToJsonString().ShouldBe(
            """[{"functionResponse":{"id":"call_a","name":"get_weather","response":{"rain":true}}},{"functionResponse":{"id":"call_b","name":"get_time","response":{"output":"noon"}}}]""");
        written["tools"]!.ToJsonString().ShouldBe("""[{"functionDeclarations":[{"name":"get_weather","parametersJsonSchema":{"type":"object"}},{"name":"get_time"}]}]""");
        report.Dropped.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, "skip_thought_signature_validator")]
    [InlineData(false, null)]
    public void FromChat_CallsOfAnotherModel_FirstIsMarkedWhereTheModelWantsSignatures(bool signs, string? expected)
    {
        var parts = Wire.Translate(Wire.Chat, Gemini, ChatLoop, out _, new ModelRules { SignsCalls = signs })["contents"]![1]!["parts"]!;

        parts[0]!["thoughtSignature"]?.GetValue<string>().ShouldBe(expected);
        parts[1]!["thoughtSignature"].ShouldBeNull();
    }

    [Fact]
    public void FromChat_EverySamplingMember_IsCarriedOrNamed()
    {
        const string request = """
            {"model":"m","messages":[{"role":"user","content":"x","name":"anna"}],"temperature":0.5,"top_p":0.9,"seed":7,"n":2,"presence_penalty":1,
             "frequency_penalty":-1,"logprobs":true,"top_logprobs":3,"max_tokens":10,"stop":["a","b"],"reasoning_effort":"high","verbosity":"low",
             "logit_bias":{"1":2},"metadata":{"a":"b"},"user":"u","prompt_cache_key":"k","parallel_tool_calls":false,"service_tier":"flex","store":true,
             "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"},"strict":true}}}
            """;

        var written = Wire.Translate(Wire.Chat, Gemini, request, out var report);

        written["generationConfig"]!.ToJsonString().ShouldBe(
            """{"temperature":0.5,"topP":0.9,"presencePenalty":1,"frequencyPenalty":-1,"seed":7,"candidateCount":2,"responseLogprobs":true,"logprobs":3"""
            + ""","maxOutputTokens":10,"stopSequences":["a","b"],"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}"""
            + ""","thinkingConfig":{"thinkingBudget":24576,"includeThoughts":true}}""");
        written["serviceTier"]!.GetValue<string>().ShouldBe("flex");
        written["store"]!.GetValue<bool>().ShouldBeTrue();
        report.Dropped.ShouldBe(
            ["logit_bias", "verbosity", "parallel_tool_calls", "prompt_cache_key", "safety_identifier", "messages.name", "metadata"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("none", false, """{"thinkingLevel":"MINIMAL"}""")]
    [InlineData("xhigh", false, """{"thinkingLevel":"HIGH","includeThoughts":true}""")]
    [InlineData("medium", true, """{"thinkingLevel":"LOW","includeThoughts":true}""")]
    public void FromChat_Effort_BecomesALevelThatTheModelKnows(string effort, bool isLimited, string expected)
    {
        var rules = new ModelRules { Thinking = ThinkingStyle.Effort, Efforts = isLimited ? [ReasoningEffort.Low, ReasoningEffort.High] : [] };
        var request = $$"""{"model":"m","messages":[{"role":"user","content":"x"}],"reasoning_effort":"{{effort}}"}""";

        Wire.Translate(Wire.Chat, Gemini, request, out _, rules)["generationConfig"]!["thinkingConfig"]!.ToJsonString().ShouldBe(expected);
    }

    [Fact]
    public void FromChat_Media_IsCarried()
    {
        const string request = """
            {"model":"m","messages":[{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO","detail":"low"}},
              {"type":"image_url","image_url":{"url":"https://a/b.webp?x=1"}},
              {"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}},
              {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}},
              {"type":"file","file":{"file_id":"file-1"}}]}]}
            """;

        var written = Wire.Translate(Wire.Chat, Gemini, request, out var report);

        written["contents"]![0]!["parts"]!.ToJsonString().ShouldBe(
            """[{"inlineData":{"mimeType":"image/png","data":"iVBO"},"mediaResolution":{"level":"MEDIA_RESOLUTION_LOW"}},"""
            + """{"fileData":{"mimeType":"image/webp","fileUri":"https://a/b.webp?x=1"}},{"inlineData":{"mimeType":"audio/wav","data":"UklG"}},"""
            + """{"inlineData":{"mimeType":"application/pdf","data":"JVBE"}}]""");
        report.Dropped.ShouldBe(["file.file_id"]);
    }

    [Theory]
    [InlineData("\"required\"", """{"mode":"ANY"}""")]
    [InlineData("\"none\"", """{"mode":"NONE"}""")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""", """{"mode":"ANY","allowedFunctionNames":["f"]}""")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}]}}""", """{"mode":"ANY","allowedFunctionNames":["f","g"]}""")]
    public void FromChat_ToolChoice_IsCarried(string choice, string expected)
    {
        var request = $$$"""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}],"tool_choice":{{{choice}}}}""";

        Wire.Translate(Wire.Chat, Gemini, request, out _)["toolConfig"]!["functionCallingConfig"]!.ToJsonString().ShouldBe(expected);
    }

    [Fact]
    public void FromAnthropic_ToolResultsWithImagesAndErrors_AreCarried()
    {
        const string request = """
            {"model":"c","max_tokens":9,"messages":[{"role":"user","content":"x"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"EqQB"},{"type":"tool_use","id":"toolu_1","name":"shot","input":{}},{"type":"tool_use","id":"toolu_2","name":"shot","input":{"a":1}}]},
             {"role":"user","content":[
               {"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"see"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}]},
               {"type":"tool_result","tool_use_id":"toolu_2","is_error":true,"content":"broken"},{"type":"text","text":"go on","cache_control":{"type":"ephemeral"}}]}],
             "tools":[{"type":"web_search_20250305","name":"web_search","max_uses":3,"allowed_domains":["a.com"]},{"type":"bash_20250124","name":"bash"}]}
            """;

        var written = Wire.Translate(Wire.Anthropic, Gemini, request, out var report);

        written["contents"]![2]!["parts"]!.ToJsonString().ShouldBe(
            """[{"functionResponse":{"id":"toolu_1","name":"shot","response":{"output":"see"},"parts":[{"inlineData":{"mimeType":"image/png","data":"iVBO"}}]}},"""
            + """{"functionResponse":{"id":"toolu_2","name":"shot","response":{"error":"broken"}}},{"text":"go on"}]""");
        written["contents"]![1]!["parts"]!.AsArray().Count.ShouldBe(2);
        written["tools"]!.ToJsonString().ShouldBe("""[{"googleSearch":{}}]""");
        report.Dropped.ShouldBe(["cache_control", "thinking", "bash_20250124", "allowed_domains", "max_uses"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("", true, false)]
    [InlineData("vertex", false, true)]
    public void FromChat_StoreAndMetadata_GoWhereThePlatformTakesThem(string platform, bool store, bool labels)
    {
        const string request = """{"model":"m","messages":[{"role":"user","content":"x"}],"store":true,"metadata":{"team":"a"}}""";
        var context = Wire.To(Gemini, Wire.Chat) with { Target = new Owner(Dialect.GeminiGenerate, platform) };

        var written = Wire.Write(Gemini, Wire.Request(Wire.Chat, request), context);

        (written["store"] is not null).ShouldBe(store);
        (written["labels"] is not null).ShouldBe(labels);
        context.Report.Dropped.ShouldBe([store ? "metadata" : "store"]);
    }

    [Fact]
    public void FromChat_SignatureOfAnotherPlatform_IsLeftOutAndNamed()
    {
        var signed = new ToolCallBlock("c", "f", RawJson.EmptyObject) { Signature = new Signature(new Owner(Dialect.GeminiGenerate, "vertex"), "CiQB") };
        var context = Wire.To(Gemini) with { Target = new Owner(Dialect.GeminiGenerate, "gemini") };

        var written = Wire.Write(Gemini, new ChatRequest { Messages = [new ChatMessage(Role.Assistant, [signed])] }, context);

        written["contents"]![0]!["parts"]![0]!["thoughtSignature"]!.GetValue<string>().ShouldBe("skip_thought_signature_validator");
        context.Report.Dropped.ShouldBe(["thoughtSignature"]);
    }

    [Fact]
    public void FromAnthropic_ForcedServerTool_IsNamed()
    {
        const string request = """
            {"model":"c","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"web_search_20250305","name":"web_search"}],"tool_choice":{"type":"tool","name":"web_search"}}
            """;

        Wire.Translate(Wire.Anthropic, Gemini, request, out var report)["toolConfig"].ShouldBeNull();

        report.Dropped.ShouldBe(["tool_choice"]);
    }

    [Theory]
    [InlineData("""{"mode":"thinking"}""", """{"type":"enabled","budget_tokens":2048}""", """{"thinkingBudget":2048,"includeThoughts":true}""")]
    [InlineData("""{"mode":"off"}""", """{"type":"disabled"}""", """{"thinkingBudget":0}""")]
    [InlineData("""{"mode":"hidden"}""", """{"type":"adaptive","display":"omitted"}""", """{"thinkingBudget":-1,"includeThoughts":false}""")]
    public void FromAnthropic_Thinking_BecomesABudget(string name, string thinking, string expected)
    {
        var request = $$$"""{"model":"c","max_tokens":9000,"messages":[{"role":"user","content":"x"}],"thinking":{{{thinking}}}}""";

        Wire.Translate(Wire.Anthropic, Gemini, request, out _)["generationConfig"]!["thinkingConfig"]!.ToJsonString().ShouldBe(expected, name);
    }

    [Fact]
    public void ToAnthropic_CallsWithoutIds_AreMatchedByNameAndOrder()
    {
        const string request = """
            {"contents":[{"role":"user","parts":[{"text":"x"}]},
             {"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}},{"functionCall":{"name":"g"}},{"functionCall":{"name":"f","args":{"a":2}}}]},
             {"role":"user","parts":[{"functionResponse":{"name":"g","response":{"output":"G"}}},{"functionResponse":{"name":"f","response":{"output":"1"}}},{"functionResponse":{"name":"f","response":{"output":"2"}}}]}]}
            """;

        var messages = Wire.Translate(Gemini, Wire.Anthropic, request, out var report)["messages"]!;
        var calls = messages[1]!["content"]!.AsArray().Select(call => call!["id"]!.GetValue<string>()).ToList();
        var results = messages[2]!["content"]!.AsArray().ToDictionary(result => result!["tool_use_id"]!.GetValue<string>(), result => result!["content"]![0]!["text"]!.GetValue<string>());

        calls.Distinct().Count().ShouldBe(3);
        calls.ShouldAllBe(id => id.Length <= ToolCallIds.LongestInChat);
        calls.Select(id => results[id]).ShouldBe(["1", "G", "2"]);
        report.Dropped.ShouldBeEmpty();
    }

    [Fact]
    public void ToChat_EverythingOfGoogles_IsCarriedOrNamed()
    {
        const string request = """
            {"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[{"text":"x"},{"inlineData":{"mimeType":"image/png","data":"iVBO"}}]}],
             "generationConfig":{"topK":3,"temperature":1,"maxOutputTokens":7,"thinkingConfig":{"thinkingBudget":1024},"responseSchema":{"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true}}}},
             "tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT"}}],"googleSearch":{}},{"googleMaps":{}}],"safetySettings":[],"labels":{"a":"b"}}
            """;

        var written = Wire.Translate(Gemini, Wire.Chat, request, out var report);

        written["reasoning_effort"]!.GetValue<string>().ShouldBe("low");
        written["max_completion_tokens"]!.GetValue<int>().ShouldBe(7);
        written["response_format"]!["json_schema"]!["schema"]!.ToJsonString().ShouldBe("""{"type":"object","properties":{"a":{"type":["string","null"]}}}""");
        written["tools"]![0]!["function"]!["parameters"]!.ToJsonString().ShouldBe("""{"type":"object"}""");
        written["metadata"]!.ToJsonString().ShouldBe("""{"a":"b"}""");
        report.Dropped.ShouldContain("generationConfig.topK");
        report.Dropped.ShouldContain("safetySettings");
        report.Dropped.ShouldNotContain("generationConfig.thinkingConfig.includeThoughts");
    }

    [Theory]
    [InlineData("""{"contents":3}""", "contents")]
    [InlineData("""{"contents":[{"role":"wizard","parts":[]}]}""", "role")]
    [InlineData("""{"contents":[],"generationConfig":{"temperature":"hot"}}""", "temperature")]
    [InlineData("""{"contents":[],"generationConfig":{"stopSequences":[1]}}""", "stopSequences")]
    [InlineData("""[]""", null)]
    [InlineData("""{"contents":[""", null)]
    public void Reading_WhatGoogleWouldNotTake_IsAnErrorThatNamesTheMember(string body, string? member)
    {
        var taken = Gemini.Reader.TryReadRequest(System.Text.Encoding.UTF8.GetBytes(body), out _, out var error);

        taken.ShouldBeFalse();
        error!.Kind.ShouldBe(ErrorKind.InvalidRequest);
        error.Code.ShouldBe(TranslationErrors.InvalidMember);
        error.Param.ShouldBe(member);
    }

    [Theory]
    [InlineData("""{"contents":[{"parts":[§]}]}""", "{}")]
    [InlineData("""{"contents":[{"parts":[§]}]}""", """{"text":""}""")]
    [InlineData("""{"contents":[§]}""", """{"role":"user"}""")]
    [InlineData("""{"contents":[],"tools":[§]}""", "{}")]
    [InlineData("""{"contents":[],"generationConfig":{"stopSequences":[§]}}""", "\"\"")]
    [InlineData("""{"contents":[],"cachedContent":[[[[§]]]]}""", "[[[[]]]]")]
    public void Reading_ManySmallParts_AllocatesInProportion(string document, string part)
    {
        var body = System.Text.Encoding.UTF8.GetBytes(document.Replace("§", string.Join(',', Enumerable.Repeat(part, 5000)), StringComparison.Ordinal));

        Allocation.Of(() => Gemini.Reader.TryReadRequest(body, out _, out _)).ShouldBeLessThan(body.Length * 20);
    }

    [Fact]
    public void Writing_MoreStopTextsThanGoogleTakes_NamesThem()
    {
        var request = new JsonObject
        {
            ["model"] = "c",
            ["max_tokens"] = 5,
            ["messages"] = JsonNode.Parse("""[{"role":"user","content":"x"}]"""),
            ["stop_sequences"] = new JsonArray([.. Enumerable.Range(0, 7).Select(i => JsonValue.Create($"s{i}"))]),
        };

        var written = Wire.Translate(Wire.Anthropic, Gemini, request.ToJsonString(), out var report);

        written["generationConfig"]!["stopSequences"]!.AsArray().Count.ShouldBe(5);
        report.Dropped.ShouldBe(["stop_sequences"]);
    }
}
