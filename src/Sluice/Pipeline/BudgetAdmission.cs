using Sluice.Limits.Budgets;
using Sluice.Pricing;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Routing;
using Sluice.Usage;

namespace Sluice.Pipeline;

/// <summary>
/// Reserves the most that a call can cost. Where the request bounds its answer by nothing, a bound is put into it that the
/// budgets cover; where it asks for more than they cover, it is refused or, if the budget's policy says so, cut.
/// </summary>
internal static class BudgetAdmission
{
    /// <summary>An answer that is cut shorter than this many tokens is of no use to anybody.</summary>
    private const long SmallestAnswer = 16;

    /// <summary>Reserves in all budgets of a call or in none.</summary>
    /// <returns>Null when the call may go on.</returns>
    public static async ValueTask<GatewayError?> ReserveAsync(IBudgetGate budgets, GatewayCall call)
    {
        if (Dearest(call) is not var (target, bound))
        {
            // Nothing that may serve it has a price: it counts as unpriced, which a policy of its own may refuse.
            return null;
        }

        var hold = call.Hold = new BudgetHold();
        var decision = await budgets.ReserveAsync(call.Budgets, bound.NanoUsd!.Value, hold).ConfigureAwait(false);
        if (decision.Allowed)
        {
            call.OutputLimit = bound.OutputBounded ? -1 : bound.OutputTokens / call.Peek.Choices;
            return null;
        }

        if (decision.IsUnknown || !(decision.RefusedBy!.Policy.ClampsOutput || !bound.OutputBounded))
        {
            return BudgetErrors.Of(decision);
        }

        // What is left may shrink while it is being measured: the second try takes what the first was told.
        for (var tries = 0; tries < 2 && !decision.Allowed && !decision.IsUnknown; tries++)
        {
            var (tokens, nano) = LargestAnswer(call, target, bound, decision.AffordableNano);
            if (tokens < SmallestAnswer)
            {
                break;
            }

            call.OutputLimit = tokens;
            decision = await budgets.ReserveAsync(call.Budgets, nano, hold).ConfigureAwait(false);
        }

        return decision.Allowed ? null : BudgetErrors.Of(decision);
    }

    /// <summary>What the call has reserved, for the ledger.</summary>
    public static BudgetCharge[] ChargesOf(GatewayCall call) => ChargesOf(call.Hold);

    /// <summary>What a hold has reserved, for the ledger.</summary>
    public static BudgetCharge[] ChargesOf(BudgetHold? reserved)
    {
        if (reserved is not { Count: > 0 } hold)
        {
            return [];
        }

        var charges = new BudgetCharge[hold.Count];
        for (var i = 0; i < charges.Length; i++)
        {
            charges[i] = new BudgetCharge(hold.PeriodId(i), hold.ReservedNano(i));
        }

        return charges;
    }

    /// <summary>The target that would cost most, with its bound: any of them may serve the call in the end. Null when none has a price.</summary>
    private static (RouteTarget Target, CallBound Bound)? Dearest(GatewayCall call)
    {
        (RouteTarget Target, CallBound Bound)? dearest = null;
        foreach (var target in call.Candidates)
        {
            // The bound reads the body, so it is made once for each target.
            if (target.Price is not null && BoundOf(call, target, call.Peek) is { NanoUsd: { } nano } bound
                && (dearest is not { } other || nano > other.Bound.NanoUsd))
            {
                dearest = (target, bound);
            }
        }

        return dearest;
    }

    private static CallBound BoundOf(GatewayCall call, RouteTarget target, in RequestPeek peek)
        => CallBound.Of(in peek, call.Body, call.Operation, target.Info, target.Price!);

    /// <summary>The longest answer that an amount covers, in tokens for each of the answers asked for, and what it costs with its prompt.</summary>
    private static (long Tokens, long Nano) LargestAnswer(GatewayCall call, RouteTarget target, in CallBound full, long affordable)
    {
        var answers = Math.Max(1, call.Peek.Choices);
        var mostEach = full.OutputTokens / answers;
        var one = BoundedTo(1);
        if (mostEach <= 1 || one.NanoUsd is not { } base1 || base1 > affordable)
        {
            return (0, 0);
        }

        // The cost is linear in the answer's length, but for its rounding up.
        var slope = (Int128)(full.NanoUsd!.Value - base1);
        var each = slope <= 0 ? mostEach : (long)Int128.Min(mostEach, 1 + (((Int128)(affordable - base1) * (mostEach - 1)) / slope));
        var bound = BoundedTo(each);
        if (bound.NanoUsd > affordable && each > 1)
        {
            bound = BoundedTo(--each);
        }

        return bound.NanoUsd <= affordable ? (each, bound.NanoUsd.Value) : (0, 0);

        CallBound BoundedTo(long tokens)
        {
            var peek = call.Peek;
            peek.MaxTokensValue = tokens;
            peek.OtherMaxTokensValue = -1;
            return BoundOf(call, target, in peek);
        }
    }
}
