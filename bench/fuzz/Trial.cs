using System.Diagnostics;

namespace Sluice.Fuzz;

/// <summary>Gives one reader its inputs and counts the promises that they broke.</summary>
internal sealed class Trial(Subject subject, Mutator mutator, int seed)
{
    /// <summary>A reader may allocate this many times its input.</summary>
    public const int AllocationFactor = 20;

    /// <summary>An input counts as at least so many bytes: a reader's own buffers and the words of an error do not depend on it.</summary>
    public const int SmallestInput = 1024;

    /// <summary>
    /// Time for reading twice, writing twice and checking one input: so much, and so much for each byte. Linear work takes about a
    /// tenth of it; an input that is over it is tried thrice more, by the processor's clock, since a busy machine takes time too.
    /// </summary>
    private static readonly TimeSpan Allowance = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AllowancePerByte = TimeSpan.FromMicroseconds(1);

    private const int Retries = 3;
    private const int MostExamples = 3;

    public Subject Subject => subject;

    public long Inputs { get; private set; }

    public long Accepted { get; private set; }

    public long Violations { get; private set; }

    /// <summary>The most that was allocated for a byte of input.</summary>
    public double WorstAllocation { get; private set; }

    /// <summary>The longest time, in microseconds.</summary>
    public double Slowest { get; private set; }

    /// <summary>What was wrong, with the number that repeats it; the first of each kind.</summary>
    public Dictionary<string, string> Examples { get; } = [];

    /// <summary>Runs inputs <paramref name="from"/> to <paramref name="to"/>, each made from its own number.</summary>
    public void Run(int from, int to)
    {
        for (var number = from; number < to; number++)
        {
            RunOne(number);
        }
    }

    /// <summary>One input. The same number always gives the same.</summary>
    public byte[] Make(int number, out Random random)
    {
        random = new Random(unchecked((seed * 1_000_003) + number));
        return mutator.Spoil(subject.Seeds[random.Next(subject.Seeds.Count)], random);
    }

    private void RunOne(int number)
    {
        var input = Make(number, out var random);
        Inputs++;
        try
        {
            var began = Stopwatch.GetTimestamp();
            var reading = subject.Read(input, random, number);
            var taken = Stopwatch.GetElapsedTime(began);
            Accepted += reading.Accepted ? 1 : 0;
            CheckAllocation(reading.Allocated, input, number);
            var allowed = Allowance + (AllowancePerByte * input.Length);
            for (var retry = 0; retry < Retries && taken > allowed; retry++)
            {
                var used = Environment.CpuUsage.TotalTime;
                subject.Read(input, random, number);
                var repeated = Environment.CpuUsage.TotalTime - used;
                taken = repeated < taken ? repeated : taken;
            }

            Slowest = Math.Max(Slowest, taken.TotalMicroseconds);
            ViolationException.Unless(taken <= allowed, "too slow for its length");
        }
        catch (ViolationException broken)
        {
            Note(broken.Message, $"{number}: {input.Length} bytes");
        }
        catch (Exception defect)
        {
            Note($"{defect.GetType().Name} at {Place(defect)}", $"{number}: {defect.Message}");
        }
    }

    private void CheckAllocation(long allocated, byte[] input, int number)
    {
        var factor = (double)allocated / Math.Max(input.Length, SmallestInput);
        WorstAllocation = Math.Max(WorstAllocation, factor);
        if (factor > AllocationFactor)
        {
            Note($"more than {AllocationFactor} times the input allocated", $"{number}: {factor:F1} times of {input.Length} bytes");
        }
    }

    private void Note(string what, string example)
    {
        Violations++;
        if (Examples.TryGetValue(what, out var known))
        {
            Examples[what] = known.Count('\n') < MostExamples - 1 ? $"{known}\n{example}" : known;
        }
        else
        {
            Examples[what] = example;
        }
    }

    private static string Place(Exception defect) =>
        defect.StackTrace?.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Contains("Sluice.", StringComparison.Ordinal)) ?? "?";
}
