using System.Collections.Concurrent;

namespace Sluice.Simulator.Faults;

/// <summary>Counts calls per caller for <c>fail-first</c>; forgets all when it has seen too many callers.</summary>
internal sealed class FirstCallCounter
{
    private const int MostCallers = 10_000;
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);

    /// <summary>Counts this call; true while the caller has made at most so many.</summary>
    public bool IsAmongFirst(string caller, int count)
    {
        if (_calls.Count >= MostCallers)
        {
            _calls.Clear();
        }

        return _calls.AddOrUpdate(caller, 1, static (_, calls) => calls + 1) <= count;
    }
}
