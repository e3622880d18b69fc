namespace Sluice.Limits.Budgets;

/// <summary>Whether a call may go on, and if not, which budget is in the way.</summary>
internal readonly record struct BudgetDecision
{
    public static BudgetDecision Granted { get; } = new() { Allowed = true };

    public bool Allowed { get; init; }

    /// <summary>The budget that does not cover the call; null when it is allowed.</summary>
    public BudgetAccount? RefusedBy { get; init; }

    /// <summary>True when the database could not be asked, so that nobody knows what is left: 503, not 403.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>What the budget that refused has left, in nano-USD; a call that is clamped to it may fit.</summary>
    public long AffordableNano { get; init; }

    /// <summary>When the budget that refused begins anew; null when it never does.</summary>
    public DateTimeOffset? ResetsAt { get; init; }
}
