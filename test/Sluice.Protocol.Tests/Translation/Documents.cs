using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>Makes documents that a vendor would take, different for every seed.</summary>
internal sealed class Documents(int seed)
{
    private static readonly string[] Texts =
        ["hello", "a \"quoted\" \\ word", "line\nbreak\ttab", "größe 你好 😀", "{\"not\":\"data\"}", "data: [DONE]\n\n", "</s>", "\u0001\u007f", "x"];

    private static readonly string[] Arguments =
        ["{}", """{"city":"Zürich","n":12345678901234567890123}""", """{ "a" : [1, 2.50, 1e-7], "deep":{"b":null} }""", """{"s":"\"😀\\"}"""];

    private readonly Random _random = new(seed);
    private int _calls;

    public JsonObject ChatRequest()
    {
        var request = new JsonObject { ["model"] = "gpt-x", ["messages"] = ChatMessages() };
        Maybe(() => request["temperature"] = Pick(0, 0.7, 1, 2));
        Maybe(() => request["top_p"] = Pick(0.1, 1));
        Maybe(() => request["presence_penalty"] = Pick(-2, 0.5));
        Maybe(() => request["frequency_penalty"] = Pick(-0.25, 2));
        Maybe(() => request["seed"] = Pick(0L, -7L, 9007199254740993L));
        Maybe(() => request["n"] = Pick(1, 3));
        Maybe(() => request["logprobs"] = Flip());
        Maybe(() => request["top_logprobs"] = Pick(0, 20));
        Maybe(() => request["logit_bias"] = JsonNode.Parse("""{"50256":-100}"""));
        Maybe(() => request[Pick("max_tokens", "max_completion_tokens")] = Pick(1, 4096));
        Maybe(() => request["stop"] = Flip() ? Text() : new JsonArray(Text(), Text()));
        Maybe(() => request["stream"] = Flip());
        Maybe(() => request["verbosity"] = Pick("low", "high"));
        Maybe(() => request["reasoning_effort"] = Pick("none", "minimal", "low", "medium", "high", "xhigh", "max"));
        Maybe(() => request["service_tier"] = Pick("auto", "default", "flex", "scale", "priority", "tomorrow"));
        Maybe(() => request["metadata"] = new JsonObject { ["a"] = Text(), ["b"] = "" });
        Maybe(() => request["prompt_cache_key"] = Text());
        Maybe(() => request["store"] = Flip());
        Maybe(() => request[Pick("user", "safety_identifier")] = Text());
        Maybe(() => request["modalities"] = Flip() ? new JsonArray("text") : new JsonArray("text", "audio"));
        Maybe(() => request["web_search_options"] = JsonNode.Parse("""{"search_context_size":"low"}"""));
        Maybe(() => request["response_format"] = ChatFormat());
        Maybe(() => request["prediction"] = JsonNode.Parse("""{"type":"content","content":"x"}"""));
        Maybe(() => request["a_new_member"] = JsonNode.Parse("""[1,{"x":1.10}]"""));
        Maybe(() => request["top_p"] = null);
        Maybe(() => AddChatTools(request));
        return request;
    }

    public JsonObject ChatResponse()
    {
        var choices = new JsonArray();
        for (var i = _random.Next(1, 4) - 1; i >= 0; i--)
        {
            choices.Insert(0, ChatChoice(i));
        }

        var response = new JsonObject { ["id"] = "chatcmpl-1", ["object"] = "chat.completion", ["created"] = 1741569952, ["model"] = "gpt-x", ["choices"] = choices };
        Maybe(() => response["service_tier"] = Pick("default", "priority", "tomorrow"));
        Maybe(() => response["system_fingerprint"] = "fp_1");
        Maybe(() => response["usage"] = JsonNode.Parse("""{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":3,"audio_tokens":0}}"""));
        return response;
    }

    public JsonObject AnthropicRequest()
    {
        var request = new JsonObject { ["model"] = "claude-x", ["max_tokens"] = 4096, ["messages"] = AnthropicMessages() };
        Maybe(() => request["system"] = Flip() ? Text() : new JsonArray(AnthropicText(), AnthropicText()));
        Maybe(() => request["stop_sequences"] = new JsonArray("x", "\n\nHuman:"));
        Maybe(() => request["stream"] = Flip());
        Maybe(() => request["service_tier"] = Pick("auto", "standard_only"));
        Maybe(() => request["metadata"] = JsonNode.Parse("""{"user_id":"u-1","later":1}"""));
        Maybe(() => request["cache_control"] = Mark());
        Maybe(() => request["container"] = "c_1");
        Maybe(() => request["mcp_servers"] = JsonNode.Parse("""[{"type":"url","url":"https://x","name":"y"}]"""));
        if (Flip())
        {
            Maybe(() => request["temperature"] = Pick(0, 0.5, 1));
            Maybe(() => request["top_p"] = Pick(0.5, 1));
            Maybe(() => request["top_k"] = Pick(1, 40));
        }
        else
        {
            request["thinking"] = JsonNode.Parse(Pick(
                """{"type":"enabled","budget_tokens":2048,"display":"omitted"}""", """{"type":"adaptive"}""", """{"type":"disabled"}""", """{"type":"between_tools"}"""));
        }

        Maybe(() => request["output_config"] = JsonNode.Parse(Pick(
            """{"format":{"type":"json_schema","schema":{"type":"object","properties":{"n":{"const":12345678901234567890}}}}}""", """{"later":{"x":1}}""")));
        Maybe(() => AddAnthropicTools(request));
        return request;
    }

    public JsonObject AnthropicResponse()
    {
        var content = new JsonArray();
        Repeat(5, () => content.Add(AnthropicAnswerBlock()));
        var calls = content.Any(block => block!["type"]!.GetValue<string>() == "tool_use");
        var response = new JsonObject
        {
            ["id"] = "msg_1",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = "claude-x",
            ["content"] = content,
            ["stop_reason"] = calls ? "tool_use" : Pick("end_turn", "max_tokens", "stop_sequence", "pause_turn", "refusal", "model_context_window_exceeded", "news"),
            ["stop_sequence"] = null,
            ["usage"] = JsonNode.Parse("""{"input_tokens":12,"output_tokens":6,"cache_creation_input_tokens":50,"cache_read_input_tokens":0,"server_tool_use":{"web_search_requests":1}}"""),
        };
        Maybe(() => response["container"] = JsonNode.Parse("""{"id":"c_1","expires_at":"2026-11-21T00:00:00Z"}"""));
        return response;
    }

    private JsonArray ChatMessages()
    {
        var messages = new JsonArray();
        Maybe(() => messages.Add(new JsonObject { ["role"] = Pick("system", "developer"), ["content"] = Flip() ? Text() : new JsonArray(ChatText(), ChatText()) }));
        Repeat(3, () =>
        {
            messages.Add(Named(new JsonObject { ["role"] = "user", ["content"] = Flip() ? Text() : ChatParts() }));
            AddChatAnswer(messages);
        });
        messages.Add(new JsonObject { ["role"] = "user", ["content"] = Text() });
        return messages;
    }

    private JsonObject Named(JsonObject message)
    {
        Maybe(() => message["name"] = "anna");
        return message;
    }

    private void AddChatAnswer(JsonArray messages)
    {
        var answer = new JsonObject { ["role"] = "assistant" };
        switch (_random.Next(4))
        {
            case 0:
                answer["content"] = Text();
                break;
            case 1:
                answer["content"] = null;
                answer["refusal"] = Text();
                break;
            case 2:
                answer["content"] = new JsonArray(ChatText(), ChatText());
                break;
            default:
                AddChatCalls(answer, messages);
                return;
        }

        messages.Add(answer);
    }

    private void AddChatCalls(JsonObject answer, JsonArray messages)
    {
        answer["content"] = Flip() ? Text() : null;
        var calls = new JsonArray();
        var results = new List<JsonObject>();
        Repeat(3, () =>
        {
            var call = ChatCall();
            calls.Add(call);
            results.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = call["id"]!.GetValue<string>(), ["content"] = Flip() ? Text() : new JsonArray(ChatText()) });
        });
        answer["tool_calls"] = calls;
        messages.Add(answer);
        foreach (var result in results.OrderBy(_ => _random.Next()))
        {
            messages.Add(result);
        }
    }

    private JsonObject ChatCall()
    {
        var id = $"call_{_calls++}_{_random.Next(1000).ToString(CultureInfo.InvariantCulture)}";
        return Flip()
            ? new JsonObject { ["id"] = id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = "get_weather", ["arguments"] = Pick(Arguments) } }
            : new JsonObject { ["id"] = id, ["type"] = "custom", ["custom"] = new JsonObject { ["name"] = "sql", ["input"] = Text() } };
    }

    private JsonObject ChatText() => new() { ["type"] = "text", ["text"] = Text() };

    private JsonArray ChatParts()
    {
        var parts = new JsonArray();
        Repeat(4, () => parts.Add(JsonNode.Parse(Pick(
            """{"type":"text","text":"look"}""",
            """{"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}}""",
            """{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo+/=="}}""",
            """{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"mp3"}}""",
            """{"type":"file","file":{"file_id":"file-1"}}""",
            """{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}}""",
            """{"type":"text","text":"up to here","prompt_cache_breakpoint":{"mode":"explicit"}}""",
            """{"type":"hologram","hologram":{"x":1}}"""))));
        return parts;
    }

    private JsonNode? ChatFormat() => JsonNode.Parse(Pick(
        """{"type":"text"}""", """{"type":"json_object"}""",
        """{"type":"json_schema","json_schema":{"name":"a","description":"d","schema":{"type":"object","maximum":12345678901234567890},"strict":true}}"""));

    private void AddChatTools(JsonObject request)
    {
        request["tools"] = JsonNode.Parse("""
            [{"type":"function","function":{"name":"get_weather","description":"d","parameters":{"type":"object","properties":{}},"strict":true}},
             {"type":"function","function":{"name":"now"}},
             {"type":"custom","custom":{"name":"sql","description":"d","format":{"type":"text"}}},
             {"type":"teleport","x":1}]
            """);
        Maybe(() => request["parallel_tool_calls"] = Flip());
        Maybe(() => request["tool_choice"] = JsonNode.Parse(Pick(
            "\"auto\"", "\"none\"", "\"required\"", """{"type":"function","function":{"name":"now"}}""", """{"type":"custom","custom":{"name":"sql"}}""",
            """{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"now"}},{"type":"custom","custom":{"name":"sql"}}]}}""")));
    }

    private JsonObject ChatChoice(int index)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = null, ["refusal"] = null };
        var choice = new JsonObject { ["index"] = index, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = Pick("stop", "length", "content_filter", "news") };
        switch (_random.Next(4))
        {
            case 0:
                message["refusal"] = Text();
                break;
            case 1:
                var calls = new JsonArray();
                Repeat(3, () => calls.Add(ChatCall()));
                message["tool_calls"] = calls;
                choice["finish_reason"] = "tool_calls";
                break;
            case 2:
                message["content"] = Text();
                message["annotations"] = JsonNode.Parse("""[{"type":"url_citation","url_citation":{"start_index":0,"end_index":1,"title":"t","url":"https://a"}}]""");
                break;
            default:
                message["content"] = Text();
                Maybe(() => message["reasoning_content"] = Text());
                Maybe(() => choice["logprobs"] = JsonNode.Parse(
                    """{"content":[{"token":"x","logprob":-0.31,"bytes":[120],"top_logprobs":[{"token":"y","logprob":-2.5,"bytes":[121]}]}],"refusal":null}"""));
                break;
        }

        return choice;
    }

    private JsonArray AnthropicMessages()
    {
        var messages = new JsonArray();
        Repeat(3, () =>
        {
            var content = new JsonArray();
            Repeat(4, () => content.Add(AnthropicUserBlock()));
            messages.Add(new JsonObject { ["role"] = "user", ["content"] = Flip() ? Text() : content });
            AddAnthropicAnswer(messages);
        });
        messages.Add(new JsonObject { ["role"] = "user", ["content"] = Text() });
        return messages;
    }

    private JsonNode AnthropicUserBlock() => Flip() ? AnthropicText() : JsonNode.Parse(Pick(
        """{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo+/=="}}""",
        """{"type":"image","source":{"type":"url","url":"https://example.com/a.png"},"cache_control":{"type":"ephemeral","ttl":"5m"}}""",
        """{"type":"image","source":{"type":"file","file_id":"file_1"}}""",
        """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"title":"t","context":"c","citations":{"enabled":true}}""",
        """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}}""",
        """{"type":"document","source":{"type":"content","content":[{"type":"text","text":"x"}]}}""",
        """{"type":"search_result","source":"https://x","title":"t","content":[{"type":"text","text":"x"}]}""",
        """{"type":"hologram","x":1}"""))!;

    private JsonObject AnthropicText()
    {
        var text = new JsonObject { ["type"] = "text", ["text"] = Text() };
        Maybe(() => text["cache_control"] = Mark());
        return text;
    }

    private JsonNode Mark() => JsonNode.Parse(Pick("""{"type":"ephemeral"}""", """{"type":"ephemeral","ttl":"1h"}"""))!;

    private void AddAnthropicAnswer(JsonArray messages)
    {
        var content = new JsonArray();
        var results = new JsonArray();
        content.Add(JsonNode.Parse("""{"type":"thinking","thinking":"hm","signature":"EqQB+/="}"""));
        Repeat(4, () =>
        {
            var block = AnthropicAnswerBlock();
            content.Add(block);
            if (block["type"]!.GetValue<string>() == "tool_use")
            {
                results.Add(AnthropicResult(block["id"]!.GetValue<string>()));
            }
        });
        messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = content });
        if (results.Count > 0)
        {
            Maybe(() => results.Add(AnthropicText()));
            messages.Add(new JsonObject { ["role"] = "user", ["content"] = results });
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = Text() });
        }
    }

    private JsonObject AnthropicResult(string id)
    {
        var result = new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id };
        Maybe(() => result["is_error"] = Flip());
        Maybe(() => result["cache_control"] = Mark());
        Maybe(() => result["content"] = Flip() ? Text() : new JsonArray(
            AnthropicText(), JsonNode.Parse("""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBO"}}"""), JsonNode.Parse("""{"type":"tool_reference","tool_name":"x"}""")));
        return result;
    }

    private JsonNode AnthropicAnswerBlock() => _random.Next(7) switch
    {
        0 => JsonNode.Parse($$$"""{"type":"tool_use","id":"toolu_{{{_calls++}}}","name":"f","input":{{{Pick(Arguments)}}},"caller":{"type":"direct"}}""")!,
        1 => JsonNode.Parse("""{"type":"redacted_thinking","data":"EmwKAhgB+/="}""")!,
        2 => JsonNode.Parse("""{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"x"}}""")!,
        3 => JsonNode.Parse("""{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"https://a","title":"t","encrypted_content":"E","page_age":null}]}""")!,
        4 => JsonNode.Parse("""{"type":"text","text":"cited","citations":[{"type":"web_search_result_location","url":"https://a","title":"t","cited_text":"c","encrypted_index":"E"}]}""")!,
        5 => JsonNode.Parse("""{"type":"hologram","x":1.50}""")!,
        _ => new JsonObject { ["type"] = "text", ["text"] = Text() },
    };

    private void AddAnthropicTools(JsonObject request)
    {
        request["tools"] = JsonNode.Parse("""
            [{"name":"f","description":"d","input_schema":{"type":"object","maximum":12345678901234567890},"strict":true,"cache_control":{"type":"ephemeral"}},
             {"name":"g","input_schema":{"type":"object"},"defer_loading":true},
             {"type":"web_search_20250305","name":"web_search","max_uses":3,"allowed_domains":["a.com"]},
             {"type":"bash_20250124","name":"bash"}]
            """);
        if (request["thinking"] is null)
        {
            Maybe(() => request["tool_choice"] = JsonNode.Parse(Pick(
                """{"type":"auto"}""", """{"type":"any","disable_parallel_tool_use":true}""", """{"type":"tool","name":"f"}""", """{"type":"none"}""")));
        }
    }

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
