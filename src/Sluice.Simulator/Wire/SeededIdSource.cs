using Sluice.Simulator.Answers;

namespace Sluice.Simulator.Wire;

/// <summary>Request ids: one of its own for every call, also for two equal ones.</summary>
internal sealed class SeededIdSource(int seed)
{
    private long _calls;

    public SeededRandom Next() => new(((ulong)seed << 32) ^ (ulong)Interlocked.Increment(ref _calls));
}
