namespace Sluice.Chaos.Checks;

/// <summary>What the comparison of ledger and oracle found.</summary>
internal sealed class LedgerVerdict
{
    private const int MostExamples = 5;

    private readonly SortedDictionary<string, List<string>> _violations = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Records by status.</summary>
    public SortedDictionary<string, long> Statuses { get; } = new(StringComparer.Ordinal);

    /// <summary>Dispatches without a record.</summary>
    public long Lost => Count(Violation.Lost);

    /// <summary>Calls with more than one record.</summary>
    public long Doubled => Count(Violation.Doubled);

    /// <summary>Nano-USD of all records.</summary>
    public long CostNanoUsd { get; set; }

    /// <summary>Nano-USD of the recovered records.</summary>
    public long RecoveredNanoUsd { get; set; }

    /// <summary>Nano-USD that the recovered calls would have cost had they ended.</summary>
    public long RecoveredTruthNanoUsd { get; set; }

    /// <summary>Each kind of violation, how often, with a few examples.</summary>
    public IEnumerable<string> Violations
        => _violations.Select(pair => $"{pair.Key}: {_counts[pair.Key]}, such as {string.Join("; ", pair.Value)}");

    public long Count(string kind) => _counts.GetValueOrDefault(kind);

    public void Add(string kind, string example)
    {
        _counts[kind] = Count(kind) + 1;
        if (!_violations.TryGetValue(kind, out var examples))
        {
            _violations.Add(kind, examples = []);
        }

        if (examples.Count < MostExamples)
        {
            examples.Add(example);
        }
    }
}

/// <summary>The ways in which a ledger can be wrong.</summary>
internal static class Violation
{
    public const string Lost = "dispatched and not in the ledger";
    public const string Doubled = "more than one record of a call";
    public const string Foreign = "a record of no call";
    public const string Unsettled = "the client has the whole answer and the call is not settled";
    public const string WrongTokens = "settled with other tokens or another cost than the oracle's";
    public const string OverBound = "charged more than the call could cost";
    public const string Free = "the oracle answered in full and nothing is charged";
    public const string Charged = "charged although nothing was sent upstream";
    public const string RollUps = "roll-ups differ from the records";
    public const string Stray = "the oracle received what no client has sent";
}
