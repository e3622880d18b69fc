using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary>Reads a <c>generateContent</c> request, in camelCase or snake_case.</summary>
internal static class GeminiPrompt
{
    public static VendorError? TryRead(Call call, out Prompt? prompt) => TryRead(call, call.Body, out prompt);

    /// <summary>Reads a request that may be wrapped in another (<c>countTokens</c> has a <c>generateContentRequest</c>).</summary>
    public static VendorError? TryRead(Call call, JsonElement body, out Prompt? prompt)
    {
        prompt = null;
        var contents = body.Get("contents");
        if (!contents.IsPresent() || (contents.IsArray() && contents.GetArrayLength() == 0))
        {
            return GeminiVendor.Refuse("* GenerateContentRequest.contents: contents is not specified\n");
        }

        var config = body.Get("generationConfig", "generation_config");
        if (WrongShape(body, contents, config) is { } wrong)
        {
            return wrong;
        }

        if (body.Get("cachedContent", "cached_content").IsPresent())
        {
            return new VendorError(403, "PERMISSION_DENIED", "CachedContent not found (or permission denied)");
        }

        var conversation = new Conversation();
        var tools = ReadTools(body, conversation.Tally);
        ReadSystem(body.Get("systemInstruction", "system_instruction"), conversation);
        var thinks = Thinks(call, config);
        if (new GeminiContents(call, conversation, thinks).Read(contents) is { } refused)
        {
            return refused;
        }

        prompt = new Prompt
        {
            Model = call.Model,
            Seed = call.Seed,
            Conversation = conversation,
            Tools = tools,
            MaxTokens = config.Get("maxOutputTokens", "max_output_tokens").Integer(),
            Stop = config.Get("stopSequences", "stop_sequences").Strings(),
            Reasons = thinks,
            TextTokens = call.Faults.TextTokens,
        };
        prompt = WithChoice(prompt, body.Get("toolConfig", "tool_config").Get("functionCallingConfig", "function_calling_config"));
        prompt = WithShape(prompt, config);
        return null;
    }

    public static bool IncludesThoughts(JsonElement body) => body.Get("generationConfig", "generation_config")
        .Get("thinkingConfig", "thinking_config").Get("includeThoughts", "include_thoughts").IsTrue();

    private static VendorError? WrongShape(JsonElement body, JsonElement contents, JsonElement config) =>
        !contents.IsArray() && !contents.IsObject() ? Invalid("contents", contents)
        : config.IsPresent() && !config.IsObject() ? Invalid("generation_config", config)
        : body.Get("tools") is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Array or JsonValueKind.Object) } tools ? Invalid("tools", tools)
        : config.Get("maxOutputTokens", "max_output_tokens") is { ValueKind: not JsonValueKind.Undefined } most && most.Integer() is null or < 1
            ? Invalid("generation_config.max_output_tokens", config.Get("maxOutputTokens", "max_output_tokens"))
        : null;

    internal static VendorError Invalid(string field, JsonElement value) =>
        GeminiVendor.Refuse($"Invalid value at '{field}', {value.GetRawText()}", field);

    private static bool Thinks(Call call, JsonElement config)
    {
        var thinking = config.Get("thinkingConfig", "thinking_config");
        return thinking.Get("thinkingBudget", "thinking_budget").Integer() is { } budget ? budget != 0
            : thinking.IsObject() || ReasoningRule.Gemini(call.Model);
    }

    private static List<OfferedTool> ReadTools(JsonElement body, PromptTally tally)
    {
        var offered = new List<OfferedTool>();
        foreach (var tool in body.Get("tools").Items())
        {
            tally.AddText(tool.GetRawText());
            foreach (var function in tool.Get("functionDeclarations", "function_declarations").Items())
            {
                if (function.Text("name") is { Length: > 0 } name)
                {
                    var schema = function.Get("parametersJsonSchema", "parameters_json_schema");
                    offered.Add(new OfferedTool(name, schema.IsPresent() ? schema : function.Get("parameters")));
                }
            }
        }

        return offered;
    }

    private static void ReadSystem(JsonElement system, Conversation conversation)
    {
        foreach (var part in system.Get("parts").Items())
        {
            var text = part.Text("text") ?? "";
            conversation.Tally.AddText(text);
            conversation.Instructs(text);
        }
    }

    private static Prompt WithChoice(Prompt prompt, JsonElement config)
    {
        var allowed = config.Get("allowedFunctionNames", "allowed_function_names").Strings();
        return config.Text("mode") switch
        {
            "ANY" => prompt with { ToolMode = ToolMode.Always, AllowedTools = allowed.Count > 0 ? allowed : null },
            "VALIDATED" => prompt with { AllowedTools = allowed.Count > 0 ? allowed : null },
            "NONE" => prompt with { ToolMode = ToolMode.Never },
            _ => prompt,
        };
    }

    private static Prompt WithShape(Prompt prompt, JsonElement config)
    {
        var schema = config.Get("responseJsonSchema", "response_json_schema") is { ValueKind: JsonValueKind.Object } current
            ? current
            : config.Get("responseSchema", "response_schema");
        return (config.Get("responseMimeType", "response_mime_type").Text(), schema.IsPresent()) switch
        {
            ("text/x.enum", true) => prompt with { Shape = OutputShape.JsonSchema, Schema = schema, BareEnum = true },
            ("application/json", true) => prompt with { Shape = OutputShape.JsonSchema, Schema = schema },
            ("application/json", false) => prompt with { Shape = OutputShape.JsonObject },
            _ => prompt,
        };
    }
}
