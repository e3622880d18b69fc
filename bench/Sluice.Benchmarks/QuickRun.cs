using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace Sluice.Benchmarks;

/// <summary>The same methods in a few seconds: median of short rounds, for a look while working.</summary>
internal static class QuickRun
{
    private const int Rounds = 15;

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs the benchmarks whose names contain a text.</summary>
    public static void Run(string filter)
    {
        Console.WriteLine($"{"benchmark",-24} {"ns/op",12} {"bytes/op",10}");
        Run(new HotPath(), filter);
        Run(new CredentialSelection(), filter);
    }

    private static void Run<T>(T sut, string filter)
        where T : notnull
    {
        foreach (var method in typeof(T).GetMethods().Where(one => one.GetCustomAttribute<BenchmarkAttribute>() is not null))
        {
            if (!method.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var (nanoseconds, bytes) = Measure(method, sut);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{method.Name,-24} {nanoseconds,12:N1} {bytes,10:N1}"));
        }
    }

    private static (double Nanoseconds, double Bytes) Measure(MethodInfo method, object sut) =>
        method.ReturnType == typeof(bool) ? Measure(method.CreateDelegate<Func<bool>>(sut))
        : method.ReturnType == typeof(int) ? Measure(method.CreateDelegate<Func<int>>(sut))
        : Measure(method.CreateDelegate<Func<long>>(sut));

    /// <summary>Median time and allocated bytes of one run, after a warm-up.</summary>
    public static (double Nanoseconds, double Bytes) Measure<T>(Func<T> run)
    {
        var count = 0;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp; count++)
        {
            run();
        }

        count = (int)Math.Max(1, count * (Round / WarmUp));
        var times = new double[Rounds];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                run();
            }

            times[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
        }

        var bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count / Rounds;
        Array.Sort(times);
        return (times[Rounds / 2], bytes);
    }
}
