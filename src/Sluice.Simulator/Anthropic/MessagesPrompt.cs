using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary>Reads a Messages request.</summary>
internal static class MessagesPrompt
{
    private const int MostBreakpoints = 4;
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan OneHour = TimeSpan.FromHours(1);

    /// <summary>Reads the request; for counting tokens, no limit is asked for.</summary>
    public static VendorError? TryRead(Call call, bool needsLimit, out Prompt? prompt)
    {
        prompt = null;
        var body = call.Body;
        if (Check(call, needsLimit) is { } error)
        {
            return error;
        }

        var conversation = new Conversation();
        var tools = ReadTools(body, conversation.Tally);
        ReadSystem(body.Get("system"), conversation);
        var messages = new MessagesReader(call, conversation);
        if (messages.Read(body.Get("messages")) is { } refused)
        {
            return refused;
        }

        if (body.Get("cache_control").IsPresent())
        {
            conversation.Tally.MarkLast(LifeOf(body)!.Value);
        }

        var breakpoints = conversation.Tally.Segments.Count(segment => segment.CacheFor is not null);
        if (breakpoints > MostBreakpoints)
        {
            return AnthropicVendor.Refuse($"A maximum of {MostBreakpoints} blocks with cache_control may be provided. Found {breakpoints}.");
        }

        var thinking = Thinking.Read(call);
        if (thinking.Check(body, messages) is { } wrongThinking)
        {
            return wrongThinking;
        }

        prompt = WithChoice(new Prompt
        {
            Model = call.Model,
            Seed = call.Seed,
            Conversation = conversation,
            Tools = tools,
            NarratesCalls = true,
            MaxTokens = body.Get("max_tokens").Integer(),
            Stop = body.Get("stop_sequences").Strings(),
            Reasons = thinking.On,
            TextTokens = call.Faults.TextTokens,
        }, body.Get("tool_choice"));
        var format = body.Get("output_config").Get("format") is { ValueKind: JsonValueKind.Object } current ? current : body.Get("output_format");
        if (format.Text("type") == "json_schema")
        {
            prompt = prompt with { Shape = OutputShape.JsonSchema, Schema = format.Get("schema") };
        }

        return CheckChoice(body, prompt);
    }

    /// <summary>How long a block's cache mark lives; null without a mark.</summary>
    internal static TimeSpan? LifeOf(JsonElement block) =>
        !block.Get("cache_control").IsPresent() ? null
        : block.Get("cache_control").Text("ttl") == "1h" ? OneHour
        : FiveMinutes;

    private static VendorError? Check(Call call, bool needsLimit)
    {
        var body = call.Body;
        var messages = body.Get("messages");
        var limit = body.Get("max_tokens");
        return AnthropicVersion.Check(call.Http.Request, body)
            ?? (!body.Get("model").IsPresent() && call.AskedModel.Length == 0 ? AnthropicVendor.Refuse("model: Field required") : null)
            ?? (call.AskedModel.Length == 0 ? AnthropicVendor.Refuse("model: Input should be a valid string") : null)
            ?? (needsLimit && !limit.IsPresent() ? AnthropicVendor.Refuse("max_tokens: Field required") : null)
            ?? (limit.IsPresent() && limit.Integer() is null ? AnthropicVendor.Refuse("max_tokens: Input should be a valid integer") : null)
            ?? (limit.Integer() < 1 ? AnthropicVendor.Refuse("max_tokens: Input should be greater than or equal to 1") : null)
            ?? (!messages.IsPresent() ? AnthropicVendor.Refuse("messages: Field required") : null)
            ?? (!messages.IsArray() ? AnthropicVendor.Refuse("messages: Input should be a valid list") : null)
            ?? (messages.GetArrayLength() == 0 ? AnthropicVendor.Refuse("messages: at least one message is required") : null)
            ?? (body.Get("stream") is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.True or JsonValueKind.False) }
                ? AnthropicVendor.Refuse("stream: Input should be a valid boolean") : null);
    }

    private static List<OfferedTool> ReadTools(JsonElement body, PromptTally tally)
    {
        var offered = new List<OfferedTool>();
        foreach (var tool in body.Get("tools").Items())
        {
            tally.AddText(tool.GetRawText());
            tally.EndSegment(LifeOf(tool));

            // Tools that Anthropic runs itself have no schema and are never handed to the client.
            if (tool.Text("name") is { Length: > 0 } name && tool.Get("input_schema").IsObject())
            {
                offered.Add(new OfferedTool(name, tool.Get("input_schema")));
            }
        }

        return offered;
    }

    private static void ReadSystem(JsonElement system, Conversation conversation)
    {
        foreach (var (text, block) in system.Text() is { } whole
            ? [(whole, default)]
            : system.Items().Select(block => (block.Text("text") ?? "", block)))
        {
            conversation.Tally.AddText(text);
            conversation.Tally.EndSegment(LifeOf(block));
            conversation.Instructs(text);
        }
    }

    private static VendorError? CheckChoice(JsonElement body, Prompt prompt) =>
        prompt.ToolMode != ToolMode.Always ? null
        : !body.Get("tools").Items().Any() ? AnthropicVendor.Refuse("tool_choice: `tool_choice` may only be specified while providing `tools`.")
        : prompt.AllowedTools is [var name] && body.Get("tools").Items().All(tool => tool.Text("name") != name)
            ? AnthropicVendor.Refuse($"Tool '{name}' not found in provided tools")
        : null;

    private static Prompt WithChoice(Prompt prompt, JsonElement choice)
    {
        prompt = prompt with { ParallelCalls = !choice.Get("disable_parallel_tool_use").IsTrue() };
        return choice.Text("type") switch
        {
            "any" => prompt with { ToolMode = ToolMode.Always },
            "tool" when choice.Text("name") is { } name => prompt with { ToolMode = ToolMode.Always, AllowedTools = [name] },
            "none" => prompt with { ToolMode = ToolMode.Never },
            _ => prompt,
        };
    }
}
