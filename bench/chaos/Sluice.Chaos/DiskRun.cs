using System.Diagnostics;
using Sluice.Chaos.Simulation;

namespace Sluice.Chaos;

/// <summary>Many power cuts on the simulated disk, on all processors; a failing seed is printed and replays exactly.</summary>
internal static class DiskRun
{
    private const int CutsPerTrial = 1_000;

    /// <summary>Returns 0 when nothing confirmed was lost and the control without syncs failed.</summary>
    public static int Run(int points, int firstSeed)
    {
        var trials = Math.Max(1, points / CutsPerTrial);
        Console.WriteLine($"{trials * CutsPerTrial:N0} power cuts, seeds {firstSeed} to {firstSeed + trials - 1}");
        long confirmed = 0;
        var failed = 0;
        var started = Stopwatch.GetTimestamp();
        Parallel.For(firstSeed, firstSeed + trials, seed =>
        {
            using var trial = new CrashTrial(seed);
            trial.RunPowerCuts(CutsPerTrial);
            Interlocked.Add(ref confirmed, trial.Confirmed);
            if (!trial.IsClean)
            {
                Interlocked.Increment(ref failed);
                Console.WriteLine($"FAILED seed {seed}: {trial}");
            }
        });
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"{confirmed:N0} records confirmed, {failed} trials failed, {seconds:N1} s, {trials * CutsPerTrial / seconds:N0} power cuts a second");

        using var control = new CrashTrial(firstSeed, ignoreSync: true);
        control.RunPowerCuts(CutsPerTrial);
        Console.WriteLine($"control without syncs: {control}");
        return failed == 0 && control.Lost > 0 ? 0 : 1;
    }
}
