namespace Sluice.Limits.Budgets;

/// <inheritdoc cref="IBudgetGate"/>
internal sealed partial class BudgetGate(BudgetDirectory directory, BudgetTeller teller, TimeProvider time, ILogger<BudgetGate> logger) : IBudgetGate
{
    public BudgetAccount[] For(BudgetSubject subject, string model) => directory.For(subject, model);

    public ValueTask<BudgetDecision> ReserveAsync(BudgetAccount[] accounts, long nanoUsd, BudgetHold hold)
    {
        Settle(hold, 0);
        hold.Open();
        return Reserve(accounts, 0, Math.Max(0, nanoUsd), hold, out var waitsFor)
            ? new ValueTask<BudgetDecision>(BudgetDecision.Granted)
            : ReserveSlowlyAsync(accounts, waitsFor, Math.Max(0, nanoUsd), hold);
    }

    public async ValueTask<long> AffordableAsync(BudgetAccount[] accounts)
    {
        var least = long.MaxValue;
        foreach (var account in accounts)
        {
            var answer = account.ProbeAsync();
            teller.Ask(account);
            least = Math.Min(least, (await answer).Decision.AffordableNano);
        }

        return least;
    }

    public void Settle(BudgetHold hold, long costNanoUsd)
    {
        if (!hold.Close())
        {
            return;
        }

        var cost = Math.Max(0, costNanoUsd);
        var stamp = time.GetTimestamp();
        for (var i = 0; i < hold.Count; i++)
        {
            var reservation = hold[i];
            var account = reservation.Chunk.Account;
            if (account.Settle(reservation, cost, stamp))
            {
                hold.MarkOverrun();
                Log.Overrun(logger, account.Policy.Name, account.Subject, cost, reservation.Nano);
                teller.Ask(account);
            }
        }
    }

    /// <summary>Reserves from one account on; false at the first that must ask the database.</summary>
    private bool Reserve(BudgetAccount[] accounts, int from, long nano, BudgetHold hold, out int waitsFor)
    {
        var now = time.GetUtcNow();
        var stamp = time.GetTimestamp();
        for (waitsFor = from; waitsFor < accounts.Length; waitsFor++)
        {
            if (!accounts[waitsFor].TryReserve(nano, now, stamp, out var reservation, out var isLow))
            {
                return false;
            }

            hold.Add(reservation);
            if (isLow)
            {
                teller.Ask(accounts[waitsFor]);
            }
        }

        return true;
    }

    private async ValueTask<BudgetDecision> ReserveSlowlyAsync(BudgetAccount[] accounts, int waitsFor, long nano, BudgetHold hold)
    {
        do
        {
            var wait = accounts[waitsFor].WaitAsync(nano);
            teller.Ask(accounts[waitsFor]);
            var (decision, reservation) = await wait;
            if (!decision.Allowed)
            {
                Settle(hold, 0);
                return decision;
            }

            hold.Add(reservation);
        }
        while (!Reserve(accounts, waitsFor + 1, nano, hold, out waitsFor));
        return BudgetDecision.Granted;
    }

    private static partial class Log
    {
        [LoggerMessage(3304, LogLevel.Warning, "A call cost budget {Budget} of {Subject} {Cost} nano-USD, more than the {Reserved} that were reserved for it")]
        public static partial void Overrun(ILogger logger, string budget, string subject, long cost, long reserved);
    }
}
