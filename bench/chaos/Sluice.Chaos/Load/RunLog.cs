using System.Collections.Concurrent;

namespace Sluice.Chaos.Load;

/// <summary>Every call of a run, by number. It lives in the harness, which nobody kills.</summary>
internal sealed class RunLog
{
    private readonly ConcurrentDictionary<long, TrackedCall> _calls = new();
    private long _lastNumber;
    private long _dispatches;
    private long _strays;

    public IEnumerable<TrackedCall> Calls => _calls.Values;

    public int Count => _calls.Count;

    /// <summary>Requests that the oracle has received.</summary>
    public long Dispatches => Volatile.Read(ref _dispatches);

    /// <summary>Requests at the oracle that no client of this run has made.</summary>
    public long Strays => Volatile.Read(ref _strays);

    public long NextNumber() => Interlocked.Increment(ref _lastNumber);

    /// <summary>Notes a call before it is sent.</summary>
    public TrackedCall Add(CallPlan plan, string keyName) => _calls[plan.Number] = new TrackedCall(plan, keyName);

    public TrackedCall? Find(long number) => _calls.GetValueOrDefault(number);

    /// <summary>Notes a request that has reached the oracle; null for one that is none of this run's.</summary>
    public TrackedCall? NoteDispatch(CallPlan? plan, int bodyBytes)
    {
        Interlocked.Increment(ref _dispatches);
        if (plan is null || Find(plan.Number) is not { } call || call.Plan != plan)
        {
            Interlocked.Increment(ref _strays);
            return null;
        }

        call.NoteDispatch(bodyBytes);
        return call;
    }
}
