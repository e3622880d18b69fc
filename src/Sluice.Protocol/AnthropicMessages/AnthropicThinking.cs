using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>How a request's wish for thoughts is put to a model, and the most tokens that go with it.</summary>
/// <param name="Type"><c>enabled</c>, <c>adaptive</c>, <c>disabled</c> or <c>between_tools</c>; null to say nothing.</param>
/// <param name="BudgetTokens">The budget, for <c>enabled</c>.</param>
/// <param name="Effort">The value of <c>output_config.effort</c>; null to say nothing.</param>
/// <param name="MaxTokens">The most tokens of the answer, thoughts included.</param>
internal sealed record AnthropicThinking(string? Type, long BudgetTokens, ReasoningEffort? Effort, long MaxTokens)
{
    /// <summary>The least budget that Anthropic takes.</summary>
    public const long LeastBudget = 1024;

    /// <summary>True when the model thinks because of this request; it then takes fewer other members.</summary>
    public bool IsOn => Type is "enabled" or "adaptive";

    public static AnthropicThinking Of(ChatRequest request, WriteContext context)
    {
        var rules = context.Rules;
        var most = Math.Min(request.MaxOutputTokens ?? rules.DefaultMaxOutputTokens, rules.MaxOutputTokens ?? long.MaxValue);
        if (most < request.MaxOutputTokens)
        {
            context.Report.Adjust($"{request.MaxOutputTokens} output tokens became {most}");
        }

        var none = new AnthropicThinking(null, 0, null, most);
        if (request.Reasoning is not { } wish)
        {
            return none;
        }

        if (wish.Disabled || wish.Effort == ReasoningEffort.None)
        {
            return Off(wish, none, context);
        }

        if (rules.Thinking == ThinkingStyle.None || IsImpossible(request, wish, context))
        {
            context.Report.Drop(wish.Effort is null ? CanonicalField.ReasoningBudget : CanonicalField.ReasoningEffort, context.Client);
            return none;
        }

        return rules.Thinking switch
        {
            ThinkingStyle.Effort when wish is { Adaptive: false, BudgetTokens: null } => none with { Effort = EffortOf(wish, rules) },
            ThinkingStyle.Adaptive or ThinkingStyle.Effort => none with { Type = "adaptive", Effort = EffortOf(wish with { Effort = ReasoningBudgets.EffortOf(wish) }, rules) },
            _ when wish.Adaptive => none with { Type = "adaptive", Effort = EffortOf(wish, rules) },
            _ => WithBudget(request, wish, none, context),
        };
    }

    /// <summary>The least thinking that the model knows, which may be some.</summary>
    private static AnthropicThinking Off(ReasoningRequest wish, AnthropicThinking none, WriteContext context)
    {
        var rules = context.Rules;
        if (rules.AlwaysThinks)
        {
            context.Report.Adjust("thinking was left on, since the model cannot do without");
        }

        return rules.AlwaysThinks || rules.Thinking == ThinkingStyle.None || rules.ThinkingOff.Length == 0
            ? none
            : none with { Type = rules.ThinkingOff, Effort = EffortOf(wish, rules) };
    }

    private static AnthropicThinking WithBudget(ChatRequest request, ReasoningRequest wish, AnthropicThinking none, WriteContext context)
    {
        var budget = Math.Max(ReasoningBudgets.BudgetOf(wish) ?? LeastBudget, LeastBudget);
        var most = none.MaxTokens;
        if (budget >= most && request.MaxOutputTokens is null)
        {
            // The client named no limit, so that the thoughts come on top of the answer.
            most = Math.Min(budget + most, context.Rules.MaxOutputTokens ?? long.MaxValue);
        }

        if (budget >= most)
        {
            budget = Math.Max(most / 2, LeastBudget);
            context.Report.Adjust($"the thinking budget became {budget}");
        }

        if (budget >= most)
        {
            context.Report.Drop(CanonicalField.ReasoningEffort, context.Client);
            context.Report.Drop(CanonicalField.ReasoningBudget, context.Client);
            return none;
        }

        // An effort beside a budget is the client's own; an effort alone has become the budget.
        return none with { Type = "enabled", BudgetTokens = budget, MaxTokens = most, Effort = wish.BudgetTokens is null ? null : EffortOf(wish, context.Rules) };
    }

    private static ReasoningEffort? EffortOf(ReasoningRequest wish, ModelRules rules)
    {
        // A model that is told a budget takes an effort beside it only where its row names some.
        if (wish.Effort is not { } effort || effort == ReasoningEffort.None || rules is { Thinking: ThinkingStyle.Budget, Efforts.Count: 0 })
        {
            return null;
        }

        // Anthropic's least effort is low.
        return rules.Efforts.Nearest(effort == ReasoningEffort.Minimal ? ReasoningEffort.Low : effort);
    }

    /// <summary>
    /// Anthropic refuses thinking while a tool is forced, and in the middle of a turn whose tool call came without its signed
    /// thoughts, as in a conversation that another vendor's model began.
    /// </summary>
    private static bool IsImpossible(ChatRequest request, ReasoningRequest wish, WriteContext context) =>
        context.Rules.Thinking is ThinkingStyle.Usual or ThinkingStyle.Budget && !wish.Adaptive
        && (request is { ToolChoice.Mode: ToolChoiceMode.Required or ToolChoiceMode.Named, Tools.Count: > 0 } || LacksThoughts(request, context.Target));

    private static bool LacksThoughts(ChatRequest request, Owner target)
    {
        for (var i = request.Messages.Count - 1; i > 0 && request.Messages[i].Role == Role.Tool; i--)
        {
            if (request.Messages[i - 1] is { Role: Role.Assistant } caller)
            {
                return !caller.Content.Any(block => block is ReasoningBlock { Signature: { } signature } && signature.Owner.Accepts(target));
            }
        }

        return false;
    }
}
