using System.Collections.Concurrent;
using Sluice.Storage;

namespace Sluice.Mcp.Sessions;

/// <summary>
/// The sessions of this process. A key has a bounded number: a client that forgets to end its sessions loses the one it has not
/// used for longest. A client whose session is gone is told so and begins another, as the protocol asks.
/// </summary>
internal sealed class McpSessions(TimeProvider time)
{
    /// <summary>The most sessions of one key.</summary>
    public const int MostPerKey = 128;

    /// <summary>The most sessions of all keys.</summary>
    public const int Most = 10_000;

    /// <summary>A session that is not used ends after so long; an open stream counts as use.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, McpSession> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _making = new();

    public int Count => _sessions.Count;

    /// <summary>Begins a session; null when there are too many and all are in use.</summary>
    public McpSession? Begin(string keyId)
    {
        lock (_making)
        {
            var known = _sessions.Values.ToList();
            known.RemoveAll(EndIfIdle);
            var own = known.Where(session => session.KeyId == keyId).ToList();
            if ((own.Count >= MostPerKey && !EndOldest(own)) || (own.Count < MostPerKey && known.Count >= Most && !EndOldest(known)))
            {
                return null;
            }

            var made = new McpSession(RandomId.Create("mcp_"), keyId) { UsedAt = time.GetTimestamp() };
            _sessions[made.Id] = made;
            return made;
        }
    }

    /// <summary>The key's session of that id, marked as used; null when there is none. Another key's is none.</summary>
    public McpSession? Find(string id, string keyId)
    {
        if (!_sessions.TryGetValue(id, out var session) || session.KeyId != keyId || EndIfIdle(session))
        {
            return null;
        }

        session.UsedAt = time.GetTimestamp();
        return session;
    }

    public void End(McpSession session)
    {
        _sessions.TryRemove(session.Id, out _);
        session.End();
        session.Dispose();
    }

    private bool EndIfIdle(McpSession session)
    {
        var ends = !session.IsBusy && time.GetElapsedTime(session.UsedAt) > Idle;
        if (ends)
        {
            End(session);
        }

        return ends;
    }

    private bool EndOldest(List<McpSession> sessions)
    {
        var oldest = sessions.Where(session => !session.IsBusy).MinBy(session => session.UsedAt);
        if (oldest is not null)
        {
            End(oldest);
        }

        return oldest is not null;
    }
}
