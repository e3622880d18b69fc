using Sluice.Chaos.Simulation;
using Xunit.Abstractions;

namespace Sluice.Tests.Journal;

/// <summary>
/// Power cuts and failing operations on the simulated disk. <c>bench/chaos/disk.sh</c> runs a million; a seed that fails
/// there or here replays exactly.
/// </summary>
public sealed class JournalCrashTests(ITestOutputHelper output)
{
    private const int Trials = 200;
    private const int CutsPerTrial = 100;

    private readonly int _seed = Environment.TickCount & 0xFFFF_FFF;

    [Fact]
    public void Replay_PowerCutAnywhere_BringsBackWhatWasConfirmedAndNothingElse()
    {
        output.WriteLine($"first seed {_seed}");
        long confirmed = 0;
        for (var seed = _seed; seed < _seed + Trials; seed++)
        {
            using var trial = new CrashTrial(seed);
            trial.RunPowerCuts(CutsPerTrial);
            trial.IsClean.ShouldBeTrue($"seed {seed}: {trial}");
            confirmed += trial.Confirmed;
        }

        confirmed.ShouldBeGreaterThan(Trials * CutsPerTrial);
    }

    [Fact]
    public void Replay_DiskThatIgnoresSync_LosesConfirmedRecords()
    {
        using var trial = new CrashTrial(_seed, ignoreSync: true);

        trial.RunPowerCuts(200);

        trial.Lost.ShouldBeGreaterThan(0, "the control must fail, or the simulation proves nothing");
    }

    [Theory]
    [InlineData(DiskFault.ErrorOnce)]
    [InlineData(DiskFault.ErrorsFromHere)]
    internal void Append_NthOperationFails_ConfirmsNothingThatIsLostAndLeavesTheFileAlone(DiskFault fault)
    {
        for (var operation = 1; ; operation++)
        {
            using var trial = new CrashTrial(_seed);
            trial.RunFault(fault, operation);

            (trial.Lost + trial.Torn + trial.Repeated + trial.TouchesAfterFailure).ShouldBe(0, $"seed {_seed}, operation {operation}: {trial}");
            if (!trial.Reached)
            {
                operation.ShouldBeGreaterThan(50);
                return;
            }
        }
    }
}
