namespace Sluice.Protocol.Tests;

/// <summary>Counts what a piece of code allocates once it is warm.</summary>
internal static class Allocation
{
    private const int Attempts = 20;

    /// <summary>Bytes of one run: the least of several, because the runtime allocates now and then while it compiles.</summary>
    public static long Of(Action run)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Attempts && least > 0; i++)
        {
            run();
            var before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
