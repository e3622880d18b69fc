using System.Diagnostics;

namespace Sluice.Fuzz;

/// <summary>Trials of the readers, one after the other.</summary>
internal static class FuzzRun
{
    private const int Batch = 1000;

    /// <summary>Splices between all documents of all dialects.</summary>
    public static Mutator Mutator { get; } = new([.. Subject.All.SelectMany(subject => subject.Seeds)]);

    /// <summary>Runs the readers whose name contains a text.</summary>
    /// <param name="seed">Inputs are the same for the same seed.</param>
    /// <param name="inputs">For each reader.</param>
    /// <param name="most">For all of them; each gets its share.</param>
    /// <param name="filter">A part of a reader's name; empty for all.</param>
    /// <param name="done">Told of each trial that has ended.</param>
    public static List<Trial> All(int seed, int inputs, TimeSpan most, string filter, Action<Trial, TimeSpan> done)
    {
        var subjects = Subject.All.Where(one => one.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)).ToList();
        var trials = new List<Trial>();
        foreach (var subject in subjects)
        {
            WarmUp(subject);
            var trial = new Trial(subject, Mutator, seed);
            var began = Stopwatch.GetTimestamp();
            for (var from = 0; from < inputs && Stopwatch.GetElapsedTime(began) < most / subjects.Count; from += Batch)
            {
                trial.Run(from, Math.Min(from + Batch, inputs));
            }

            trials.Add(trial);
            done(trial, Stopwatch.GetElapsedTime(began));
        }

        return trials;
    }

    /// <summary>One line of the table, and what was wrong.</summary>
    public static void Print(Trial trial, TimeSpan taken)
    {
        Console.WriteLine(
            $"{trial.Subject.Name,-26} {trial.Inputs,10:N0} inputs {100.0 * trial.Accepted / Math.Max(1, trial.Inputs),5:F1} % accepted, allocated at most {trial.WorstAllocation,5:F1} times, "
            + $"slowest {trial.Slowest / 1000,6:F1} ms, {taken.TotalSeconds,5:F0} s, {trial.Violations} violations");
        foreach (var (what, examples) in trial.Examples)
        {
            Console.WriteLine($"    {what}\n        {examples.ReplaceLineEndings("\n        ")}");
        }
    }

    /// <summary>What the first use of a reader costs is nobody's input: its code, its tables.</summary>
    private static void WarmUp(Subject subject)
    {
        foreach (var seed in subject.Seeds)
        {
            for (var target = 0; target < 4; target++)
            {
                subject.Read(seed, new Random(target), target);
            }
        }
    }
}
