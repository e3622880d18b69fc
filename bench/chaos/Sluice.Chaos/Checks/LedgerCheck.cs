using Sluice.Chaos.Gateway;
using Sluice.Chaos.Load;

namespace Sluice.Chaos.Checks;

/// <summary>
/// Holds the ledger against what clients and oracle saw. Every dispatch has exactly one outcome; what a client has in full is
/// settled with the oracle's own count; what nobody can know (a crash) is charged at most the call's upper bound.
/// </summary>
internal static class LedgerCheck
{
    public static LedgerVerdict Compare(RunLog log, LedgerCopy ledger)
    {
        var verdict = new LedgerVerdict();
        var byNumber = ledger.Records.ToLookup(record => CallPlan.NumberOf(record.Marker));
        foreach (var call in log.Calls)
        {
            Check(call, [.. byNumber[call.Plan.Number]], verdict);
        }

        foreach (var record in ledger.Records)
        {
            verdict.Statuses[record.Status] = verdict.Statuses.GetValueOrDefault(record.Status) + 1;
            verdict.CostNanoUsd += record.CostNanoUsd ?? 0;
            if (CallPlan.NumberOf(record.Marker) is not { } number || log.Find(number) is null)
            {
                verdict.Add(Violation.Foreign, record.ToString());
            }
        }

        CheckSums(log, ledger, verdict);
        return verdict;
    }

    private static void Check(TrackedCall call, LedgerRecord[] records, LedgerVerdict verdict)
    {
        if (records.Length > 1)
        {
            verdict.Add(Violation.Doubled, $"{call.Plan.Marker} ({string.Join(", ", records.Select(record => record.Status))})");
        }

        if (records.Length == 0)
        {
            if (call.Dispatches > 0)
            {
                verdict.Add(Violation.Lost, $"{call.Plan.Marker} (client: {call.Outcome})");
            }

            return;
        }

        foreach (var record in records)
        {
            CheckCharge(call, record, verdict);
            if (record.Status == "recovered")
            {
                verdict.RecoveredNanoUsd += record.CostNanoUsd ?? 0;
                verdict.RecoveredTruthNanoUsd += GatewaySetup.Cost(call.Plan.InputTokens, call.Plan.OutputTokens);
            }
        }
    }

    private static void CheckCharge(TrackedCall call, LedgerRecord record, LedgerVerdict verdict)
    {
        var example = $"{call.Plan.Marker} (client: {call.Outcome}, {record.Status}, {record.Input} + {record.Output} tokens, {record.CostNanoUsd} nano-USD)";
        if (call.Outcome == CallOutcome.Ended && record.Status != "settled")
        {
            verdict.Add(Violation.Unsettled, example);
        }

        switch (record.Status)
        {
            case "settled" when !IsTruth(call.Plan, record):
                verdict.Add(Violation.WrongTokens, example);
                break;
            case "settled" or "estimated" when call.Dispatches == 0:
                verdict.Add(Violation.Charged, example);
                break;

            // A crash between the reservation and the first byte upstream can not be told from one after it: recovered
            // may stand without a dispatch.
            case "recovered" or "estimated" when record.CostNanoUsd is null || record.CostNanoUsd < 0 || record.CostNanoUsd > Bound(call):
                verdict.Add(Violation.OverBound, example);
                break;
            case "failed" or "void" when record.CostNanoUsd is > 0:
                verdict.Add(Violation.Charged, example);
                break;
            case "failed" or "void" when call.Finished:
                verdict.Add(Violation.Free, example);
                break;
            default:
                break;
        }
    }

    private static bool IsTruth(CallPlan plan, LedgerRecord record)
        => record.Input == plan.InputTokens && record.Output == plan.OutputTokens
            && record.CostNanoUsd == GatewaySetup.Cost(plan.InputTokens, plan.OutputTokens);

    /// <summary>A token has at least one byte, so the body's bytes bound the input, and <c>max_tokens</c> bounds the output.</summary>
    private static long Bound(TrackedCall call)
        => GatewaySetup.Cost(Math.Max(call.Plan.ToBody().Length, call.UpstreamBytes), call.Plan.MaxTokens);

    private static void CheckSums(RunLog log, LedgerCopy ledger, LedgerVerdict verdict)
    {
        if (ledger.RolledUpCalls != ledger.Records.Count || ledger.RolledUpNanoUsd != verdict.CostNanoUsd)
        {
            verdict.Add(
                Violation.RollUps,
                $"{ledger.RolledUpCalls} calls for {ledger.RolledUpNanoUsd} nano-USD beside {ledger.Records.Count} records for {verdict.CostNanoUsd}");
        }

        if (log.Strays > 0)
        {
            verdict.Add(Violation.Stray, $"{log.Strays} requests");
        }
    }
}
