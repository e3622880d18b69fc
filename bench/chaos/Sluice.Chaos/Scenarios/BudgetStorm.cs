using Sluice.Chaos.Gateway;
using Sluice.Chaos.Load;
using Sluice.Chaos.Oracle;
using Sluice.TestKit;

namespace Sluice.Chaos.Scenarios;

/// <summary>
/// Many callers at once on few budgets, until every budget refuses. What was spent, by the ledger and by the oracle's own
/// count, must stay within each budget; what fits must be served; and afterwards nothing may be held back.
/// </summary>
/// <param name="options">Clients and seed.</param>
/// <param name="keys">How many keys with a budget of their own share the callers.</param>
/// <param name="kills">True kills the gateway in the middle.</param>
internal sealed class BudgetStorm(ScenarioOptions options, int keys, bool kills)
{
    /// <summary>Of all keys together: some four calls for each caller.</summary>
    private const long NanoUsdPerCaller = 4 * 550_000;

    /// <summary>A caller may be refused because of what others have reserved for the moment, so it tries again.</summary>
    private const int MostRefusals = 3;

    /// <summary>Of the sequential key.</summary>
    private const int SequentialCalls = 40;

    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(10);

    private readonly RunLog _log = new();
    private readonly List<string> _violations = [];
    private readonly ScenarioKey[] _keys = [.. Enumerable.Range(0, keys).Select(i => new ScenarioKey($"budget{i}", options.Clients * NanoUsdPerCaller / keys))];

    public async Task<ScenarioReport> RunAsync()
    {
        var sequence = new SequentialSpend(SequentialCalls);
        using var folder = new TempFolder();
        await using var oracle = await OracleUpstream.StartAsync(_log);
        await using var gateway = new GatewayLives(GatewaySetup.Config(oracle.BaseUrl, [.. _keys, sequence.Key], options.Server), folder);

        await gateway.StartAsync();
        if (kills)
        {
            await StormAsync(gateway, killed: true);
            await gateway.StartAsync();
        }

        await StormAsync(gateway, killed: false);
        await SpendTheRestAsync(gateway);
        await sequence.RunAsync(_log, gateway.Process.Address);
        var report = new ScenarioReport($"{options.Clients} callers on {keys} budgets{(kills ? ", killed midway" : "")}, seed {options.Seed}");

        // A stop gives back what the process holds for calls to come; a crash before it has not.
        await gateway.StopAsync();
        await gateway.StartAsync();
        report.Calls(_log);
        report.Ledger(await gateway.CompareAsync(_log));
        CheckRefusals();
        await CheckSpendingAsync(gateway, report);
        await CheckNothingHeldAsync(gateway, report);
        await gateway.StopAsync();

        report.Row("sequential calls served", sequence.Served);
        report.Row("sequential calls that fit", sequence.Fitting);
        if (sequence.Served != sequence.Fitting)
        {
            _violations.Add($"{sequence.Served} sequential calls were served where {sequence.Fitting} fit");
        }

        report.Violations.AddRange(_violations);
        return report;
    }

    private async Task StormAsync(GatewayLives gateway, bool killed)
    {
        using var client = new ChaosClient(gateway.Process.Address);
        var crowd = new Crowd(_log, client, MakeCalls(killed ? 1 : 2)) { ExpectsRefusals = true };
        crowd.Start(options.Clients);
        if (killed)
        {
            await crowd.FirstAnswer.WithinAsync("an answer in the storm");
            await Task.Delay(new Random(options.Seed).Next(50, 300));
            crowd.ExpectFault();
            await gateway.KillAsync();
        }

        await crowd.EndAsync();
        _violations.AddRange(crowd.Unexplained.Take(10));
    }

    private Func<int, RunLog, (TrackedCall Call, string Key)?> MakeCalls(int storm)
    {
        var callers = Enumerable.Range(0, options.Clients)
            .Select(caller => new Caller(_keys[caller % keys], new Random(unchecked((((options.Seed * 31) + storm) * 1009) + caller)))).ToArray();
        return (caller, log) => callers[caller].Next(log);
    }

    /// <summary>What the storm's reservations kept from being spent is still there for one caller after the other.</summary>
    private async Task SpendTheRestAsync(GatewayLives gateway)
    {
        using var client = new ChaosClient(gateway.Process.Address);
        var random = new Random(options.Seed);
        foreach (var key in _keys)
        {
            // A service without budgets would go on forever.
            while (SpentByOracle(key) <= key.BudgetNanoUsd
                && await client.CallAsync(_log.Add(CallPlan.Quick(_log.NextNumber(), random), key.Name), key.Text) == CallOutcome.Ended)
            {
            }
        }
    }

    private void CheckRefusals()
    {
        var others = _log.Calls.Where(call => call.Outcome == CallOutcome.Refused
            && (call.Status != 403 || call.Refusal?.Contains("budget", StringComparison.OrdinalIgnoreCase) != true)).ToList();
        if (others.Count > 0)
        {
            _violations.Add($"{others.Count} calls were refused and not for their budget, such as with {others[0].Status}: {others[0].Refusal}");
        }
    }

    private async Task CheckSpendingAsync(GatewayLives gateway, ScenarioReport report)
    {
        using var administrator = gateway.Process.Administrator();
        var spent = (await new LedgerReader(administrator).ReadAsync()).Records
            .GroupBy(record => record.Key).ToDictionary(group => group.Key, group => group.Sum(record => record.CostNanoUsd ?? 0));
        var (budgets, ledgerOver, oracleOver, unspent) = (0L, 0L, 0L, 0);
        foreach (var key in _keys)
        {
            var budget = key.BudgetNanoUsd!.Value;
            var charged = spent.GetValueOrDefault(key.Name);
            budgets += budget;
            ledgerOver += Math.Max(0, charged - budget);
            oracleOver += Math.Max(0, SpentByOracle(key) - budget);
            unspent += budget - charged > SequentialSpend.Bound ? 1 : 0;
        }

        report.Row("budgets in nano-USD", budgets);
        report.Row("overspent by the ledger", ledgerOver);
        report.Row("overspent by the oracle", oracleOver);
        report.Row("budgets with room for one more call", unspent);
        if (ledgerOver > 0 || oracleOver > 0)
        {
            _violations.Add(FormattableString.Invariant($"overspent by {100.0 * Math.Max(ledgerOver, oracleOver) / budgets:N1} %"));
        }

        if (unspent > 0)
        {
            _violations.Add($"{unspent} budgets refuse although a call fits");
        }
    }

    private async Task CheckNothingHeldAsync(GatewayLives gateway, ScenarioReport report)
    {
        using var administrator = gateway.Process.Administrator();
        var reader = new LedgerReader(administrator);
        if (await reader.HeldAsync() is null)
        {
            report.Row("held after the load", "not shown");
            _violations.Add("GET /api/admin/budgets does not answer, so nobody knows what is held");
            return;
        }

        try
        {
            await Eventually.ValueAsync("nothing is held", async () => (await reader.HeldAsync())!.All(held => held == 0) ? "yes" : null, ReleasePatience);
            report.Row("held after the load", 0);
        }
        catch (TimeoutException)
        {
            var held = (await reader.HeldAsync())!.Sum();
            report.Row("held after the load", held);
            _violations.Add($"{held} nano-USD are still held after the load");
        }
    }

    /// <summary>What a key's answered calls cost, whether or not anybody has written it down; calls that a crash cut are the ledger's to judge.</summary>
    private long SpentByOracle(ScenarioKey key) => _log.Calls
        .Where(call => call.Outcome == CallOutcome.Ended && call.KeyName == key.Name)
        .Sum(call => GatewaySetup.Cost(call.Plan.InputTokens, call.Plan.OutputTokens));

    /// <summary>One caller of the storm: goes on until its budget has refused it a few times in a row.</summary>
    private sealed class Caller(ScenarioKey key, Random random)
    {
        private TrackedCall? _last;
        private int _refusals;
        private int _calls;

        public (TrackedCall Call, string Key)? Next(RunLog log)
        {
            _refusals = _last?.Outcome == CallOutcome.Refused ? _refusals + 1 : 0;

            // A service without budgets would go on forever.
            if (_refusals >= MostRefusals || _calls++ >= 10)
            {
                return null;
            }

            _last = log.Add(CallPlan.Mixed(log.NextNumber(), random) with { Leaves = false }, key.Name);
            return (_last, key.Text);
        }
    }
}
