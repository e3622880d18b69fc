using Sluice.Limits.Budgets;
using Sluice.Protocol.Canonical;
using Sluice.Usage;

namespace Sluice.Tests.Pipeline;

/// <summary>A ledger that remembers what it was told, and can be told to fail.</summary>
internal sealed class MemoryLedger : ILedger
{
    public bool TakesReservations { get; set; } = true;

    public bool KeepsOutcomes { get; set; } = true;

    /// <summary>Completed by the test when the outcome may become durable; null where it does at once.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public List<(string Provider, string Credential)> Reserved { get; } = [];

    public List<TokenUsage> Checkpoints { get; } = [];

    public List<UsageRecord> Settled { get; } = [];

    public ValueTask<bool> ReserveAsync(LedgerEntry entry)
    {
        Reserved.Add((entry.Provider, entry.Credential));
        return new ValueTask<bool>(TakesReservations);
    }

    public void Checkpoint(LedgerEntry entry, in TokenUsage soFar) => Checkpoints.Add(soFar);

    public async ValueTask<bool> SettleAsync(LedgerEntry entry, UsageRecord record)
    {
        Settled.Add(record);
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        return KeepsOutcomes;
    }
}

/// <summary>A gate without budgets.</summary>
internal sealed class NoBudgets : IBudgetGate
{
    public BudgetAccount[] For(BudgetSubject subject, string model) => [];

    public ValueTask<BudgetDecision> ReserveAsync(BudgetAccount[] accounts, long nanoUsd, BudgetHold hold) => new(BudgetDecision.Granted);

    public ValueTask<long> AffordableAsync(BudgetAccount[] accounts) => new(long.MaxValue);

    public void Settle(BudgetHold hold, long costNanoUsd)
    {
    }
}
