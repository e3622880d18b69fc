using System.Globalization;
using Sluice.Protocol.Canonical;

namespace Sluice.Limits.Budgets;

/// <summary>What a caller is told when a budget stops a call: whose budget it is and when it resets, never how much others spent.</summary>
internal static class BudgetErrors
{
    /// <summary>The answer to a decision that does not allow the call.</summary>
    public static GatewayError Of(in BudgetDecision decision) => decision.IsUnknown
        ? new GatewayError(
            ErrorKind.Unavailable, "budget_unavailable", "What is left of the budget could not be found out, so nothing was sent. Try again.")
        : new GatewayError(
            ErrorKind.Forbidden, "budget_exceeded", $"The budget of {Scope(decision.RefusedBy!.Policy)} does not cover this call. {Advice(decision)}");

    private static string Scope(BudgetPolicy policy) => policy.Scope switch
    {
        BudgetScope.Global => "this gateway",
        BudgetScope.Team => "your team",
        BudgetScope.User => "your account",
        BudgetScope.Key => "this API key",
        _ => "this model",
    };

    private static string Advice(in BudgetDecision decision)
    {
        var resets = decision.ResetsAt is { } end
            ? string.Create(CultureInfo.InvariantCulture, $"It resets at {end.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}. ")
            : "";
        return decision.AffordableNano > 0
            ? resets + "Ask for less, for example with a smaller max_tokens, or ask an administrator to raise it."
            : resets + "An administrator can raise it.";
    }
}
