using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>How a request's wish for thoughts is put to a model: a level or a budget, never both, as Google refuses that.</summary>
/// <param name="Budget">Tokens: 0 for none, -1 to leave it to the model; null to say nothing.</param>
/// <param name="Level">The level's word; null to say nothing.</param>
/// <param name="Shows">True to get the thoughts; null to say nothing.</param>
internal sealed record GeminiThinking(long? Budget, string? Level, bool? Shows)
{
    private const long LeastBudget = 128;

    // The greatest that every model of the second generation takes.
    private const long MostForEffort = 24_576;

    private static readonly ReasoningEffort[] Levels =
        [ReasoningEffort.Minimal, ReasoningEffort.Low, ReasoningEffort.Medium, ReasoningEffort.High];

    public static GeminiThinking? Of(ChatRequest request, FieldSet carried, WriteContext context)
    {
        if (request.Reasoning is not { } wish)
        {
            return null;
        }

        if (context.Rules.Thinking == ThinkingStyle.None)
        {
            Drop(carried, context);
            return null;
        }

        wish = wish with
        {
            Effort = carried.Contains(CanonicalField.ReasoningEffort) ? wish.Effort : null,
            BudgetTokens = carried.Contains(CanonicalField.ReasoningBudget) ? wish.BudgetTokens : null,
        };
        var thinking = context.Rules.Thinking is ThinkingStyle.Effort or ThinkingStyle.Adaptive
            ? WithLevel(wish, context)
            : WithBudget(wish, context);
        return thinking with { Shows = ShowsFor(wish, carried, context) };
    }

    private static void Drop(FieldSet carried, WriteContext context)
    {
        foreach (var field in (CanonicalField[])[CanonicalField.ReasoningEffort, CanonicalField.ReasoningBudget, CanonicalField.ReasoningDisplay])
        {
            if (carried.Contains(field))
            {
                context.Report.Drop(field, context.Client);
            }
        }
    }

    private static bool IsOff(ReasoningRequest wish) => wish.Disabled || wish.Effort == ReasoningEffort.None;

    private static GeminiThinking WithLevel(ReasoningRequest wish, WriteContext context)
    {
        if (IsOff(wish) && context.Rules.AlwaysThinks)
        {
            context.Report.Adjust("thinking was set to its least, since the model cannot do without");
        }

        ReasoningEffort? wished = IsOff(wish) ? ReasoningEffort.Minimal : ReasoningBudgets.EffortOf(wish);
        if (wished is not { } effort)
        {
            return new GeminiThinking(null, null, null);
        }

        var known = context.Rules.Efforts.Where(Levels.Contains).ToList();
        var nearest = known.Count > 0 ? known.Nearest(effort) : Levels.Nearest(effort);
        return new GeminiThinking(null, nearest.Name().ToUpperInvariant(), null);
    }

    private static GeminiThinking WithBudget(ReasoningRequest wish, WriteContext context)
    {
        var least = context.Rules.LeastThinkingBudget ?? LeastBudget;
        if (IsOff(wish))
        {
            if (context.Rules.AlwaysThinks)
            {
                context.Report.Adjust($"the thinking budget became {least}, since the model cannot do without");
            }

            return new GeminiThinking(context.Rules.AlwaysThinks ? least : 0, null, null);
        }

        if (wish.BudgetTokens is { } tokens)
        {
            return new GeminiThinking(Fitting(tokens, context), null, null);
        }

        var budget = wish.Effort is { } effort
            ? Fitting(Math.Min(ReasoningBudgets.ToBudget(effort), context.Rules.MostThinkingBudget ?? MostForEffort), context)
            : (long?)null;
        return new GeminiThinking(budget ?? (wish.Adaptive ? -1 : null), null, null);
    }

    /// <summary>A wish that the model would refuse becomes the nearest that it takes; -1 and 0 have a meaning of their own.</summary>
    private static long Fitting(long tokens, WriteContext context)
    {
        if (tokens is -1 or 0)
        {
            return tokens;
        }

        var fitting = Math.Clamp(tokens, context.Rules.LeastThinkingBudget ?? 0, context.Rules.MostThinkingBudget ?? long.MaxValue);
        if (fitting != tokens)
        {
            context.Report.Adjust($"the thinking budget {tokens} became {fitting}");
        }

        return fitting;
    }

    /// <summary>Google shows thoughts only when asked, while clients of other dialects expect them with the wish to think.</summary>
    private static bool? ShowsFor(ReasoningRequest wish, FieldSet carried, WriteContext context)
    {
        if (wish.Display is { } display)
        {
            return carried.Contains(CanonicalField.ReasoningDisplay) ? display != ReasoningDisplay.Hidden : null;
        }

        return GeminiWords.IsOwnClient(context) || IsOff(wish) || context.Rules.Rejects.Contains(CanonicalField.ReasoningDisplay) ? null : true;
    }
}
