using System.Diagnostics;
using Sluice.Chaos.Gateway;
using Sluice.Chaos.Load;
using Sluice.Chaos.Oracle;
using Sluice.TestKit;

namespace Sluice.Chaos.Scenarios;

/// <summary>What is done to the gateway while clients call it.</summary>
internal enum Fault
{
    /// <summary>SIGKILL.</summary>
    Kill,

    /// <summary>SIGTERM: every call in flight must end whole, and the process with 0.</summary>
    Terminate,

    /// <summary>SIGSTOP for five seconds, then SIGCONT: nothing may break.</summary>
    Pause,
}

/// <summary>
/// Lets clients drive the gateway, does something to it at a random moment, starts it again on the same folder, and so on;
/// then compares its ledger with what the oracle saw. Some lives are killed before they listen, while they replay.
/// </summary>
internal sealed class FaultLoop(ScenarioOptions options, Fault fault, int rounds)
{
    private static readonly ScenarioKey Key = new("chaos");

    /// <summary>From a fault to the first whole answer.</summary>
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PauseLength = TimeSpan.FromSeconds(5);

    private readonly RunLog _log = new();
    private readonly Random _random = new(options.Seed);
    private readonly List<TimeSpan> _recoveries = [];
    private readonly List<string> _unexplained = [];
    private int _stillborn;
    private long _faultAt;

    /// <summary>True holds <see cref="LongestRecovery"/> against the service; false where the machine has other work.</summary>
    public bool ChecksRecoveryTime { get; init; } = true;

    public async Task<ScenarioReport> RunAsync()
    {
        var started = Stopwatch.GetTimestamp();
        using var folder = new TempFolder();
        await using var oracle = await OracleUpstream.StartAsync(_log);
        await using var gateway = new GatewayLives(GatewaySetup.Config(oracle.BaseUrl, [Key], options.Server), folder);
        for (var round = 1; round <= rounds; round++)
        {
            await RoundAsync(gateway, round);
            if (round % 50 == 0)
            {
                options.Progress?.WriteLine($"{round} rounds, {_log.Count} calls, {_log.Dispatches} dispatches, {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s");
            }
        }

        if (fault == Fault.Terminate)
        {
            CheckDrained();
        }

        await gateway.StartAsync();
        var verdict = await gateway.CompareAsync(_log);
        await gateway.StopAsync();

        var report = new ScenarioReport($"{rounds} rounds of {fault} under {options.Clients} clients, seed {options.Seed}");
        report.Calls(_log);
        report.Row("lives ended while they started", _stillborn);
        report.Times("from the fault to the first answer", _recoveries);
        report.Ledger(verdict);
        report.Row("seconds", (long)Stopwatch.GetElapsedTime(started).TotalSeconds);
        report.Violations.AddRange(_unexplained.Take(10));
        if (ChecksRecoveryTime && _recoveries.Count > 0 && _recoveries.Max() > LongestRecovery)
        {
            report.Violations.Add($"the first answer came later than {LongestRecovery.TotalSeconds} s after a fault");
        }

        return report;
    }

    private async Task RoundAsync(GatewayLives gateway, int round)
    {
        if (fault == Fault.Kill && _random.Next(10) == 0)
        {
            await gateway.LaunchAsync();
            await Task.Delay(_random.Next(20, 500));
            await gateway.KillAsync();
            _stillborn++;

            // The start after it is measured from nothing: its predecessor's end was not under load.
            _faultAt = 0;
        }

        await gateway.StartAsync();
        using var client = new ChaosClient(gateway.Process.Address);
        var crowd = new Crowd(_log, client, MakeCalls(round));
        crowd.Start(options.Clients);
        await crowd.FirstAnswer.WithinAsync($"an answer in round {round} (seed {options.Seed})", AnswerPatience);
        if (_faultAt != 0)
        {
            _recoveries.Add(Stopwatch.GetElapsedTime(_faultAt));
        }

        await Task.Delay(_random.Next(50, 400));
        _faultAt = fault == Fault.Kill ? Stopwatch.GetTimestamp() : 0;
        await DoFaultAsync(gateway, crowd);
        _unexplained.AddRange(crowd.Unexplained);
    }

    private async Task DoFaultAsync(GatewayLives gateway, Crowd crowd)
    {
        switch (fault)
        {
            case Fault.Kill:
                crowd.ExpectFault();
                await gateway.KillAsync();
                await crowd.StopAsync();
                break;
            case Fault.Terminate:
                crowd.ExpectFault();
                await TerminateAsync(gateway, crowd);
                break;
            case Fault.Pause:
                await PauseAsync(gateway, crowd);
                break;
            default:
                throw new InvalidOperationException($"No such fault: {fault}");
        }
    }

    private async Task TerminateAsync(GatewayLives gateway, Crowd crowd)
    {
        var code = await gateway.StopAsync();
        await crowd.StopAsync();
        if (code != 0)
        {
            _unexplained.Add($"the process ended with {code} after SIGTERM");
        }
    }

    /// <summary>A call that met the closing of its connection was never taken; one that was dispatched must end whole.</summary>
    private void CheckDrained()
    {
        var cut = _log.Calls.Count(call => call is { Outcome: CallOutcome.Broken, Dispatches: > 0 });
        if (cut > 0)
        {
            _unexplained.Add($"{cut} calls were cut while the service was draining");
        }
    }

    private static async Task PauseAsync(GatewayLives gateway, Crowd crowd)
    {
        await gateway.Process.SignalAsync("STOP");
        await Task.Delay(PauseLength);
        await gateway.Process.SignalAsync("CONT");
        await Task.Delay(TimeSpan.FromMilliseconds(500));
        await crowd.StopAsync();
        await gateway.StopAsync();
    }

    private Func<int, RunLog, (TrackedCall Call, string Key)?> MakeCalls(int round)
    {
        var random = Enumerable.Range(0, options.Clients)
            .Select(caller => new Random(unchecked((((options.Seed * 31) + round) * 1009) + caller))).ToArray();
        return (caller, log) => (log.Add(CallPlan.Mixed(log.NextNumber(), random[caller]), Key.Name), Key.Text);
    }
}
