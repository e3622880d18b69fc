using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>: nested in Chat, flat in Responses.</summary>
internal static class OpenAITools
{
    public static IReadOnlyList<OfferedTool> ReadChat(JsonElement body, PromptTally tally) =>
        Read(body, tally, tool => tool.Get(tool.Text("type") ?? ""));

    public static IReadOnlyList<OfferedTool> ReadResponses(JsonElement body, PromptTally tally) => Read(body, tally, tool => tool);

    private static List<OfferedTool> Read(JsonElement body, PromptTally tally, Func<JsonElement, JsonElement> definitionOf)
    {
        var offered = new List<OfferedTool>();
        foreach (var tool in body.Get("tools").Items())
        {
            tally.AddText(tool.GetRawText());
            var definition = definitionOf(tool);
            if (tool.Text("type") is "function" or "custom" && definition.Text("name") is { Length: > 0 } name)
            {
                offered.Add(new OfferedTool(name, definition.Get("parameters")) { Freeform = tool.Text("type") == "custom" });
            }
        }

        return offered;
    }

    public static Prompt WithChatChoice(Prompt prompt, JsonElement choice) => With(prompt, choice, named => named.Get(named.Text("type") ?? ""));

    public static Prompt WithResponsesChoice(Prompt prompt, JsonElement choice) => With(prompt, choice, named => named);

    private static Prompt With(Prompt prompt, JsonElement choice, Func<JsonElement, JsonElement> definitionOf)
    {
        if (choice.Text() is { } mode)
        {
            return prompt with { ToolMode = ModeOf(mode) };
        }

        var definition = definitionOf(choice);
        return choice.Text("type") switch
        {
            "function" or "custom" when definition.Text("name") is { } name => prompt with { ToolMode = ToolMode.Always, AllowedTools = [name] },
            "allowed_tools" => prompt with
            {
                ToolMode = ModeOf(definition.Text("mode") ?? "auto"),
                AllowedTools = [.. definition.Get("tools").Items().Select(tool => definitionOf(tool).Text("name")).OfType<string>()],
            },
            _ => prompt,
        };
    }

    /// <summary>Refuses a call that is asked for of a tool that is not there.</summary>
    public static VendorError? CheckChoice(JsonElement body, Prompt prompt) =>
        prompt.ToolMode != ToolMode.Always ? null
        : !body.Get("tools").Items().Any()
            ? OpenAIRefusal.Refuse("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", "tool_choice")
        : prompt.AllowedTools is [var name] && prompt.Tools.All(tool => tool.Name != name)
            ? OpenAIRefusal.Refuse($"Invalid value for 'tool_choice': tool choice '{name}' not found in 'tools' parameter.", "tool_choice")
        : null;

    private static ToolMode ModeOf(string mode) => mode switch
    {
        "none" => ToolMode.Never,
        "required" => ToolMode.Always,
        _ => ToolMode.Auto,
    };
}
