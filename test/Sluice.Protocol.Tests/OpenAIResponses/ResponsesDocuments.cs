using System.Text.Json.Nodes;

namespace Sluice.Protocol.Tests.OpenAIResponses;

/// <summary>Makes documents that OpenAI would take or send, different for every seed.</summary>
internal sealed class ResponsesDocuments(int seed)
{
    private static readonly string[] Texts =
        ["hello", "a \"quoted\" \\ word", "line\nbreak\ttab", "größe 你好 😀", "{\"not\":\"data\"}", "data: [DONE]\n\n", "</s>", "\u0001\u007f", "x"];

    private static readonly string[] Arguments =
        ["{}", """{"city":"Zürich","n":12345678901234567890123}""", """{ "a" : [1, 2.50, 1e-7], "deep":{"b":null} }""", """{"s":"\"😀\\"}"""];

    private readonly Random _random = new(seed);
    private int _ids;

    public JsonObject Request()
    {
        var request = new JsonObject { ["model"] = "gpt-x", ["input"] = Flip() ? Text() : Input() };
        Maybe(() => request["instructions"] = Text());
        Maybe(() => request["stream"] = Flip());
        Maybe(() => request["temperature"] = Pick(0, 0.7, 1, 2));
        Maybe(() => request["top_p"] = Pick(0.1, 1));
        Maybe(() => request["top_logprobs"] = Pick(0, 20));
        Maybe(() => request["max_output_tokens"] = Pick(16, 4096));
        Maybe(() => request["max_tool_calls"] = 3);
        Maybe(() => request["parallel_tool_calls"] = Flip());
        Maybe(() => request["store"] = Flip());
        Maybe(() => request["background"] = Flip());
        Maybe(() => request["previous_response_id"] = "resp_0");
        Maybe(() => request["conversation"] = Flip() ? "conv_1" : new JsonObject { ["id"] = "conv_1" });
        Maybe(() => request["truncation"] = "auto");
        Maybe(() => request["service_tier"] = Pick("auto", "default", "flex", "scale", "priority", "tomorrow"));
        Maybe(() => request["metadata"] = new JsonObject { ["a"] = Text(), ["b"] = "" });
        Maybe(() => request["prompt_cache_key"] = Text());
        Maybe(() => request["prompt_cache_retention"] = "24h");
        Maybe(() => request[Pick("user", "safety_identifier")] = Text());
        Maybe(() => request["stream_options"] = JsonNode.Parse("""{"include_obfuscation":false}"""));
        Maybe(() => request["include"] = JsonNode.Parse(Pick(
            """["reasoning.encrypted_content"]""", """["message.output_text.logprobs","file_search_call.results"]""", """["web_search_call.action.sources"]""")));
        Maybe(() => request["reasoning"] = JsonNode.Parse(Pick(
            """{"effort":"xhigh","summary":"detailed"}""", """{"effort":"none"}""", """{"summary":"auto","context":"current_turn"}""", """{"effort":"tomorrow"}""")));
        Maybe(() => request["text"] = TextConfig());
        Maybe(() => request["a_new_member"] = JsonNode.Parse("""[1,{"x":1.10}]"""));
        Maybe(() => request["top_p"] = null);
        Maybe(() => AddTools(request));
        return request;
    }

    /// <summary>An answer; one that is not complete may still be in the making, as no stream's is at its end.</summary>
    public JsonObject Response(bool isComplete = false)
    {
        var output = new JsonArray();
        Repeat(5, () => output.Add(OutputItem()));
        var status = Pick("completed", "completed", "incomplete", isComplete ? "completed" : "in_progress");
        var response = new JsonObject
        {
            ["id"] = "resp_1",
            ["object"] = "response",
            ["created_at"] = 1741290958,
            ["status"] = status,
            ["error"] = null,
            ["incomplete_details"] = status == "incomplete" ? new JsonObject { ["reason"] = Pick("max_output_tokens", "content_filter", "news") } : null,
            ["model"] = "gpt-x",
            ["output"] = output,
            ["parallel_tool_calls"] = true,
            ["tools"] = JsonNode.Parse("""[{"type":"function","name":"f","parameters":{"type":"object"},"strict":false}]"""),
            ["tool_choice"] = "auto",
            ["text"] = JsonNode.Parse("""{"format":{"type":"text"}}"""),
            ["metadata"] = new JsonObject(),
        };
        Maybe(() => response["service_tier"] = Pick("default", "priority", "tomorrow"));
        Maybe(() => response["usage"] = JsonNode.Parse(
            """{"input_tokens":37,"input_tokens_details":{"cached_tokens":16,"news":1},"output_tokens":11,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":48}"""));
        return response;
    }

    private JsonArray Input()
    {
        var input = new JsonArray();
        Maybe(() => input.Add(new JsonObject { ["type"] = "message", ["role"] = Pick("system", "developer"), ["content"] = Flip() ? Text() : new JsonArray(InputText()) }));
        Repeat(3, () =>
        {
            input.Add(new JsonObject { ["role"] = "user", ["content"] = Flip() ? Text() : InputParts() });
            Repeat(4, () => AddAnswerItem(input));
        });
        input.Add(new JsonObject { ["id"] = "msg_u", ["type"] = "message", ["role"] = "user", ["content"] = Text(), ["status"] = "completed" });
        return input;
    }

    private void AddAnswerItem(JsonArray input)
    {
        if (Flip())
        {
            input.Add(new JsonObject { ["role"] = "assistant", ["content"] = Text() });
            return;
        }

        var item = OutputItem();
        input.Add(item);
        if (item["type"]!.GetValue<string>() is "function_call" or "custom_tool_call")
        {
            var result = new JsonObject { ["type"] = $"{item["type"]!.GetValue<string>()}_output", ["call_id"] = item["call_id"]!.DeepClone(), ["output"] = Flip() ? Text() : OutputParts() };
            Maybe(() => result["status"] = Pick("completed", "incomplete"));
            input.Add(result);
        }

        Maybe(() => input.Add(JsonNode.Parse(Pick(
            """{"type":"mcp_approval_response","approval_request_id":"a","approve":true}""",
            """{"type":"shell_call_output","call_id":"sh_1","output":[{"stdout":"x"}]}""",
            """{"type":"item_reference","id":"msg_9"}"""))));
    }

    private JsonObject InputText()
    {
        var text = new JsonObject { ["type"] = "input_text", ["text"] = Text() };
        Maybe(() => text["prompt_cache_breakpoint"] = JsonNode.Parse("""{"mode":"explicit"}"""));
        return text;
    }

    private JsonArray InputParts()
    {
        var parts = new JsonArray();
        Repeat(4, () => parts.Add(Flip() ? InputText() : JsonNode.Parse(Pick(
            """{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"mp3"}}""", """{"type":"hologram","x":1.50}""", OutputPart()))));
        return parts;
    }

    private JsonArray OutputParts()
    {
        var parts = new JsonArray(InputText());
        Repeat(2, () => parts.Add(JsonNode.Parse(OutputPart())));
        return parts;
    }

    private string OutputPart() => Pick(
        """{"type":"input_image","image_url":"https://example.com/a.png","detail":"low"}""",
        """{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo+/==","detail":"auto","file_id":null}""",
        """{"type":"input_image","file_id":"file-2"}""",
        """{"type":"input_file","file_id":"file-1"}""",
        """{"type":"input_file","file_url":"https://example.com/a.pdf"}""",
        """{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}""");

    /// <summary>Items of every kind, each with an id of its own as OpenAI's have.</summary>
    private JsonObject OutputItem()
    {
        var id = $"i_{_ids++}";
        var item = _random.Next(9) switch
        {
            0 => new JsonObject { ["type"] = "function_call", ["call_id"] = $"call_{id}", ["name"] = "f", ["arguments"] = Pick(Arguments), ["status"] = "completed" },
            1 => new JsonObject { ["type"] = "custom_tool_call", ["call_id"] = $"call_{id}", ["name"] = "sql", ["input"] = Text(), ["namespace"] = "n" },
            2 => Parsed("""{"type":"reasoning","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"encrypted_content":"gAAAA+/="}"""),
            3 => Parsed("""{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"hm"}],"status":"completed"}"""),
            4 => Parsed("""{"type":"web_search_call","status":"completed","action":{"type":"search","query":"x"}}"""),
            5 => Parsed("""{"type":"image_generation_call","status":"completed","result":"iVBORw0KGgo=","output_format":"webp"}"""),
            6 => Parsed("""{"type":"compaction","encrypted_content":"x","news":1.10}"""),
            _ => Message(),
        };
        item["id"] = id;
        return item;
    }

    private JsonObject Message()
    {
        var message = new JsonObject { ["type"] = "message", ["role"] = "assistant", ["status"] = "completed" };
        message["content"] = _random.Next(4) switch
        {
            0 => new JsonArray(new JsonObject { ["type"] = "refusal", ["refusal"] = Text() }),
            1 => JsonNode.Parse(
                """
                [{"type":"output_text","text":"cited","annotations":[{"type":"url_citation","start_index":0,"end_index":5,"title":"t","url":"https://a"},
                {"type":"file_citation","file_id":"f","filename":"n","index":0}],"logprobs":[]},{"type":"output_text","text":"more","annotations":[]}]
                """),
            _ => new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = Text(), ["annotations"] = new JsonArray() }),
        };
        Maybe(() => message["phase"] = Pick("commentary", "final_answer"));
        return message;
    }

    private JsonNode TextConfig() => JsonNode.Parse(Pick(
        """{"format":{"type":"text"},"verbosity":"low"}""", """{"format":{"type":"json_object"}}""", """{"verbosity":"high","later":1}""",
        """{"format":{"type":"json_schema","name":"a","description":"d","schema":{"type":"object","maximum":12345678901234567890},"strict":true}}"""))!;

    private void AddTools(JsonObject request)
    {
        request["tools"] = JsonNode.Parse("""
            [{"type":"function","name":"f","description":"d","parameters":{"type":"object","properties":{},"maximum":12345678901234567890},"strict":true},
             {"type":"function","name":"g","parameters":null,"defer_loading":true},
             {"type":"custom","name":"sql","description":"d","format":{"type":"text"}},
             {"type":"web_search","filters":{"allowed_domains":["a.com"]},"search_context_size":"low"},
             {"type":"mcp","server_label":"s","server_url":"https://s"},
             {"type":"teleport","x":1}]
            """);
        Maybe(() => request["tool_choice"] = JsonNode.Parse(Pick(
            "\"auto\"", "\"none\"", "\"required\"", """{"type":"function","name":"f"}""", """{"type":"custom","name":"sql"}""", """{"type":"web_search_preview"}""",
            """{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"custom","name":"sql"}]}""",
            """{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"},{"type":"mcp","server_label":"s"}]}""")));
    }

    private static JsonObject Parsed(string json) => JsonNode.Parse(json)!.AsObject();

    private string Text() => Pick(Texts);

    private bool Flip() => _random.Next(2) == 0;

    private void Maybe(Action add)
    {
        if (_random.Next(3) == 0)
        {
            add();
        }
    }

    private void Repeat(int most, Action add)
    {
        for (var i = _random.Next(1, most + 1); i > 0; i--)
        {
            add();
        }
    }

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
