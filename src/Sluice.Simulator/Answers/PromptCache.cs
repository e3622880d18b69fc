namespace Sluice.Simulator.Answers;

/// <summary>What of a prompt was read from and written to the cache, in tokens; disjoint, the rest is plain input.</summary>
internal readonly record struct CacheUse(int Read, int Written5m, int Written1h);

/// <summary>Remembers prompt prefixes, as vendors' prompt caches do: bounded, least recently used out first, no least size.</summary>
internal sealed class PromptCache(int capacity, TimeProvider time)
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(5);
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, LinkedListNode<(ulong Key, DateTimeOffset Until)>> _entries = [];
    private readonly LinkedList<(ulong Key, DateTimeOffset Until)> _byUse = [];

    /// <summary>Reads the longest known prefix and writes the marked ones that go beyond it.</summary>
    /// <param name="scope">Keeps models and cache keys apart.</param>
    /// <param name="segments">The prompt; only prefixes with a life are written.</param>
    public CacheUse Use(string scope, IReadOnlyList<PromptSegment> segments)
    {
        var seed = StableHash.Of(0, scope);
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var read = 0;
            for (var i = segments.Count - 1; i >= 0 && read == 0; i--)
            {
                read = IsKnown(segments[i].Prefix ^ seed, now) ? segments[i].Tokens : 0;
            }

            var (written5m, written1h, upTo) = (0, 0, read);
            foreach (var segment in segments)
            {
                if (segment.CacheFor is not { } life)
                {
                    continue;
                }

                var more = Math.Max(0, segment.Tokens - upTo);
                upTo += more;
                written5m += life <= Short ? more : 0;
                written1h += life <= Short ? 0 : more;
                Remember(segment.Prefix ^ seed, now + life);
            }

            return new CacheUse(read, written5m, written1h);
        }
    }

    private bool IsKnown(ulong key, DateTimeOffset now) => _entries.TryGetValue(key, out var node) && node.Value.Until > now;

    private void Remember(ulong key, DateTimeOffset until)
    {
        if (_entries.Remove(key, out var known))
        {
            _byUse.Remove(known);
        }

        _entries[key] = _byUse.AddLast((key, until));
        if (_entries.Count > capacity)
        {
            _entries.Remove(_byUse.First!.Value.Key);
            _byUse.RemoveFirst();
        }
    }
}
