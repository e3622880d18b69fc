using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary>Whether and how a message thinks.</summary>
/// <param name="On">True when thinking blocks come before the answer.</param>
/// <param name="Budgeted">True with <c>type: enabled</c>, which must come with a budget.</param>
/// <param name="Required">True when the current turn must be echoed with its thinking first, as with <c>type: enabled</c>.</param>
internal readonly record struct Thinking(bool On, bool Budgeted, bool Required)
{
    private const int LeastBudget = 1_024;

    /// <summary>What signatures are made for.</summary>
    public const string SignaturePurpose = "anthropic-thinking";

    /// <summary>What the data of redacted blocks is made for.</summary>
    public const string RedactedPurpose = "anthropic-redacted";

    public static Thinking Read(Call call)
    {
        var type = call.Body.Get("thinking").Text("type");
        var byName = ReasoningRule.Thinks(call.Model) || IsRedacted(call.Model) || call.Model.Contains("fable", StringComparison.Ordinal);
        var on = type switch
        {
            "enabled" or "adaptive" => true,
            "disabled" => false,
            _ => byName,
        };
        return new Thinking(on, type == "enabled", type == "enabled" || (on && call.Faults.StrictSignatures));
    }

    /// <summary>Models named so give their thinking as <c>redacted_thinking</c>.</summary>
    public static bool IsRedacted(string model) => model.Contains("redacted", StringComparison.Ordinal);

    public VendorError? Check(JsonElement body, MessagesReader messages) =>
        (Budgeted ? CheckBudget(body) : null)
            ?? (Required && messages.TurnWithoutThinking is { } index ? AnthropicVendor.Refuse(
                $"messages.{index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`.")
                : null);

    private static VendorError? CheckBudget(JsonElement body)
    {
        var budget = body.Get("thinking").Get("budget_tokens");
        return !budget.IsPresent() ? AnthropicVendor.Refuse("thinking.enabled.budget_tokens: Field required")
            : budget.Integer() is not { } tokens ? AnthropicVendor.Refuse("thinking.enabled.budget_tokens: Input should be a valid integer")
            : tokens < LeastBudget ? AnthropicVendor.Refuse($"thinking.enabled.budget_tokens: Input should be greater than or equal to {LeastBudget}")
            : body.Get("max_tokens").Integer() <= tokens ? AnthropicVendor.Refuse("`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size")
            : body.Get("tool_choice").Text("type") is "any" or "tool" ? AnthropicVendor.Refuse("Thinking may not be enabled when tool_choice forces tool use.")
            : null;
    }
}
