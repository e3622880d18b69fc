namespace Sluice.Limits.Budgets;

/// <summary>A part of a budget that was used up; told once per threshold and period.</summary>
/// <param name="Policy">The budget.</param>
/// <param name="Subject">Whose it is.</param>
/// <param name="Threshold">The part, in millionths of the limit.</param>
/// <param name="SpentNano">What was spent when it was noticed.</param>
/// <param name="ResetsAt">When the budget begins anew; null when it never does.</param>
internal sealed record BudgetAlert(BudgetPolicy Policy, string Subject, int Threshold, long SpentNano, DateTimeOffset? ResetsAt)
{
    /// <summary>The threshold as a part of 1.</summary>
    public decimal Part => Threshold / 1_000_000m;
}
