using System.Collections.Concurrent;

namespace Sluice.Realtime;

/// <summary>
/// The sessions that are open. One timer looks at all of them: writes that do not end, silence, keys that were revoked, the
/// end of the drain time. A session so sets a deadline by writing a number.
/// </summary>
internal sealed class RealtimeSessions : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<RealtimeSession, byte> _open = new();
    private readonly ITimer _timer;

    public RealtimeSessions(TimeProvider time)
        => _timer = time.CreateTimer(static self => ((RealtimeSessions)self!).OnTick(), this, Tick, Tick);

    /// <summary>How many are open.</summary>
    public int Count => _open.Count;

    public void Add(RealtimeSession session) => _open.TryAdd(session, 0);

    public void Remove(RealtimeSession session) => _open.TryRemove(session, out _);

    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        foreach (var (session, _) in _open)
        {
            session.OnTick();
        }
    }
}
