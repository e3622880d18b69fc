using System.Globalization;
using System.Text;
using Sluice.Chaos.Checks;
using Sluice.Chaos.Load;

namespace Sluice.Chaos.Scenarios;

/// <summary>What a scenario measured and what it found wrong.</summary>
internal sealed class ScenarioReport(string title)
{
    private readonly List<(string Name, string Value)> _rows = [];

    public List<string> Violations { get; } = [];

    /// <summary>Dispatches without a ledger record.</summary>
    public long Lost { get; private set; }

    public void Row(string name, IFormattable value)
        => _rows.Add((name, value.ToString(value is long or int ? "N0" : null, CultureInfo.InvariantCulture)));

    public void Row(string name, string value) => _rows.Add((name, value));

    /// <summary>Times as median, 99th percentile and maximum.</summary>
    public void Times(string name, IReadOnlyCollection<TimeSpan> times)
    {
        if (times.Count > 0)
        {
            var sorted = times.Order().ToList();
            string At(double share) => sorted[(int)((sorted.Count - 1) * share)].TotalMilliseconds.ToString("N0", CultureInfo.InvariantCulture);
            Row(name, $"p50 {At(0.5)} ms, p99 {At(0.99)} ms, max {At(1)} ms");
        }
    }

    /// <summary>What became of the calls.</summary>
    public void Calls(RunLog log)
    {
        Row("calls made", log.Count);
        foreach (var group in log.Calls.GroupBy(call => call.Outcome).OrderBy(group => group.Key))
        {
            Row($"  {Name(group.Key)}", group.Count());
        }

        Row("dispatches the oracle saw", log.Dispatches);
        Row("  of calls sent upstream again", log.Calls.Count(call => call.Dispatches > 1));
    }

    public void Ledger(LedgerVerdict verdict)
    {
        foreach (var (status, count) in verdict.Statuses)
        {
            Row($"ledger records {status}", count);
        }

        Row("recovered calls charged, nano-USD", verdict.RecoveredNanoUsd);
        Row("  had they ended", verdict.RecoveredTruthNanoUsd);
        Lost += verdict.Lost;
        Row("lost", verdict.Lost);
        Row("doubled", verdict.Doubled);
        Violations.AddRange(verdict.Violations);
    }

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine(title);
        foreach (var (name, value) in _rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {name,-40} {value,14}");
        }

        foreach (var violation in Violations)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  VIOLATION {violation}");
        }

        return text.Append(Violations.Count == 0 ? "  nothing wrong" : "  wrong").ToString();
    }

    private static string Name(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Unknown => "without an end",
        CallOutcome.Ended => "answered in full",
        CallOutcome.Refused => "refused",
        CallOutcome.Broken => "broken off",
        CallOutcome.Left => "left by the client",
        CallOutcome.Wrong => "answered wrongly",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };
}
