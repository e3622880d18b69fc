namespace Sluice.Limits.Budgets;

/// <summary>Lets calls in that their budgets cover, and puts the truth in place of the reservation when they have ended.</summary>
internal interface IBudgetGate
{
    /// <summary>The budgets that a call is under, in a fixed order (global, team, user, key, model); empty for most calls. No allocation when warm.</summary>
    BudgetAccount[] For(BudgetSubject subject, string model);

    /// <summary>
    /// Reserves the amount in all accounts or in none. Completes synchronously while what the process holds suffices. What
    /// the hold had reserved before is given back first.
    /// </summary>
    /// <param name="accounts">What <see cref="For"/> found.</param>
    /// <param name="nanoUsd">The most that the call can cost; below zero counts as zero.</param>
    /// <param name="hold">The call's; to be settled exactly once when the call was allowed.</param>
    ValueTask<BudgetDecision> ReserveAsync(BudgetAccount[] accounts, long nanoUsd, BudgetHold hold);

    /// <summary>The most that could be reserved now in all accounts, for clamping the output; <see cref="long.MaxValue"/> when none bounds. Asks the database.</summary>
    ValueTask<long> AffordableAsync(BudgetAccount[] accounts);

    /// <summary>
    /// Puts the truth in place of the reservation; more than was reserved is booked and marked. 0 gives all back. Only the
    /// first of several counts. The ledger must charge the same cost to the same periods.
    /// </summary>
    void Settle(BudgetHold hold, long costNanoUsd);
}
