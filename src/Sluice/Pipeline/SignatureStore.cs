using System.Collections.Concurrent;
using Sluice.Protocol.Canonical;

namespace Sluice.Pipeline;

/// <summary>
/// Keeps signatures between the calls of conversations, in memory. Each caller has a part of its own, with its own lock and
/// bounds: nobody finds another's, waits for another or crowds another out.
/// </summary>
internal sealed class SignatureStore(TimeProvider time)
{
    /// <summary>The most entries of a caller.</summary>
    public const int MaxEntries = 4096;

    /// <summary>The most bytes of a caller, about.</summary>
    public const long MaxBytes = 8 * 1024 * 1024;

    /// <summary>The most bytes of all callers together, about.</summary>
    public const long MaxTotalBytes = 256 * 1024 * 1024;

    /// <summary>What nobody asks for is forgotten after so long.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, CallerPart> _callers = new(StringComparer.Ordinal);
    private long _bytes;

    /// <summary>What is held now, in bytes, about.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>A caller's part.</summary>
    /// <param name="keyId">The id of the caller's API key.</param>
    public ISignatureStore Of(string keyId) => _callers.GetOrAdd(keyId, static (_, store) => new CallerPart(store), this);

    /// <summary>True when a vendor has refused a signature of this caller's, and it is still remembered.</summary>
    /// <param name="keyId">The id of the caller's API key.</param>
    public bool HasRefused(string keyId) => _callers.TryGetValue(keyId, out var part) && part.HasRefused;

    /// <summary>Drops what is too old with callers that do not come back, when the whole is full.</summary>
    private void MakeRoom()
    {
        if (Bytes > MaxTotalBytes)
        {
            foreach (var part in _callers.Values)
            {
                part.Expire();
            }
        }
    }

    private static long SizeOf(string key, KeptSignature kept)
    {
        const int Overhead = 256;
        var letters = key.Length + (kept.OfBlock?.Data.Length ?? 0);
        foreach (var thought in kept.Reasoning)
        {
            letters += Overhead + thought.Text.Length + (thought.Signature?.Data.Length ?? 0) + thought.Summary.Sum(part => part.Length);
        }

        return Overhead + ((long)letters * sizeof(char));
    }

    /// <summary>The entries of one caller, the longest unused first.</summary>
    private sealed class CallerPart(SignatureStore store) : ISignatureStore
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, LinkedListNode<Entry>> _byKey = new(StringComparer.Ordinal);
        private readonly LinkedList<Entry> _byUse = new();
        private long _bytes;
        private int _refused;

        public bool HasRefused => Volatile.Read(ref _refused) > 0;

        public void Keep(string key, KeptSignature kept)
        {
            var size = SizeOf(key, kept);
            if (size > MaxBytes)
            {
                return;
            }

            store.MakeRoom();
            lock (_lock)
            {
                if (_byKey.TryGetValue(key, out var known))
                {
                    Remove(known);
                }

                _byKey[key] = _byUse.AddLast(new Entry(key, kept, size, store.Now));
                _refused += SignatureKeys.IsOfRefused(key) ? 1 : 0;
                Count(size);
                while (_byUse.Count > MaxEntries || _bytes > MaxBytes || (store.Bytes > MaxTotalBytes && _byUse.Count > 0))
                {
                    Remove(_byUse.First!);
                }
            }
        }

        public KeptSignature? Find(string key)
        {
            lock (_lock)
            {
                RemoveExpired();
                if (!_byKey.TryGetValue(key, out var node))
                {
                    return null;
                }

                _byUse.Remove(node);
                node.Value = node.Value with { UsedAt = store.Now };
                _byUse.AddLast(node);
                return node.Value.Kept;
            }
        }

        public void Expire()
        {
            lock (_lock)
            {
                RemoveExpired();
            }
        }

        private void RemoveExpired()
        {
            while (_byUse.First is { } oldest && store.IsOver(oldest.Value.UsedAt))
            {
                Remove(oldest);
            }
        }

        private void Remove(LinkedListNode<Entry> node)
        {
            _byUse.Remove(node);
            _byKey.Remove(node.Value.Key);
            _refused -= SignatureKeys.IsOfRefused(node.Value.Key) ? 1 : 0;
            Count(-node.Value.Size);
        }

        private void Count(long bytes)
        {
            _bytes += bytes;
            Interlocked.Add(ref store._bytes, bytes);
        }
    }

    private readonly record struct Entry(string Key, KeptSignature Kept, long Size, long UsedAt);

    private long Now => time.GetTimestamp();

    private bool IsOver(long usedAt) => time.GetElapsedTime(usedAt) > Life;
}
