using System.Collections.Concurrent;

namespace Sluice.StoredResponses;

/// <summary>
/// The answers of late, in memory: a call that goes on from one at once finds it, although the disk has not got it yet. Bounded
/// in bytes, the oldest go first, but never one that is still to be written.
/// </summary>
internal sealed class ResponseCache(TimeProvider time, long maxBytes = ResponseCache.MaxBytes)
{
    /// <summary>The most that is held, in bytes, about.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    private readonly ConcurrentDictionary<(string KeyId, string Id), Entry> _entries = new();
    private readonly ConcurrentQueue<Entry> _byAge = new();
    private long _bytes;

    /// <summary>What is held now, in bytes, about.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public StoredResponse? Find(string keyId, string id)
        => _entries.TryGetValue((keyId, id), out var entry) && entry.Response.ExpiresAt > time.GetUtcNow() ? entry.Response : null;

    /// <summary>Takes an answer in, in place of one of the same id.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="isWritten">True when the disk has it.</param>
    public void Put(StoredResponse response, bool isWritten)
    {
        var entry = new Entry(response) { IsWritten = isWritten };
        _entries[(response.KeyId, response.Id)] = entry;
        Interlocked.Add(ref _bytes, response.Bytes);
        _byAge.Enqueue(entry);
        MakeRoom();
    }

    /// <summary>The disk has the answer: it may be forgotten.</summary>
    public void Written(StoredResponse response)
    {
        if (_entries.TryGetValue((response.KeyId, response.Id), out var entry) && ReferenceEquals(entry.Response, response))
        {
            entry.IsWritten = true;
        }
    }

    public void Remove(string keyId, string id)
    {
        // Its room is given back when its turn in the queue comes.
        if (_entries.TryRemove((keyId, id), out var entry))
        {
            entry.IsWritten = true;
        }
    }

    private void MakeRoom()
    {
        // At most once round: what waits for the disk goes to the end again.
        for (var left = _byAge.Count; left > 0 && Bytes > maxBytes && _byAge.TryDequeue(out var oldest); left--)
        {
            var key = (oldest.Response.KeyId, oldest.Response.Id);
            var isCurrent = _entries.TryGetValue(key, out var current) && ReferenceEquals(current, oldest);
            if (isCurrent && !oldest.IsWritten)
            {
                _byAge.Enqueue(oldest);
                continue;
            }

            if (isCurrent)
            {
                _entries.TryRemove(new(key, oldest));
            }

            Interlocked.Add(ref _bytes, -oldest.Response.Bytes);
        }
    }

    private sealed class Entry(StoredResponse response)
    {
        private int _written;

        public StoredResponse Response { get; } = response;

        public bool IsWritten
        {
            get => Volatile.Read(ref _written) != 0;
            set => Volatile.Write(ref _written, value ? 1 : 0);
        }
    }
}
