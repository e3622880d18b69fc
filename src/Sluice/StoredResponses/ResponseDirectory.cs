using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.StoredResponses;

/// <summary>
/// Every answer that is kept. What is put in is found at once; the disk has it a moment later, together with what came at the
/// same time: a call does not wait for it.
/// </summary>
internal sealed partial class ResponseDirectory(
    StoredResponseStore store, ResponseCache cache, IConfigurationSource configuration, ILogger<ResponseDirectory> logger)
{
    /// <summary>So many go to the disk in one transaction.</summary>
    private const int BatchSize = 256;

    /// <summary>When the disk does not keep up, no more than this is held for it, in bytes.</summary>
    private const long MaxWaiting = 256 * 1024 * 1024;

    private readonly ConcurrentQueue<StoredResponse> _waiting = new();

    /// <summary>Whose the ids are that the disk has not got yet: for every other key they are foreign already.</summary>
    private readonly ConcurrentDictionary<string, string> _unwritten = new(StringComparer.Ordinal);
    private long _waitingBytes;
    private int _writing;
    private Task _writer = Task.CompletedTask;

    /// <summary>Finds an answer of a key. Synchronous for one of late, and else not on the calling thread: the disk is read.</summary>
    public ValueTask<ResponseFound> FindAsync(string keyId, string id)
        => cache.Find(keyId, id) is { } known ? new(new ResponseFound(known, IsForeign: false)) : ReadAsync(keyId, id);

    /// <summary>When an answer that is kept now is forgotten.</summary>
    public DateTimeOffset ExpiryOf(DateTimeOffset created) => created + configuration.Current.Config.Responses.Keep;

    /// <summary>Keeps an answer, in place of one of the same id.</summary>
    public void Keep(StoredResponse response)
    {
        if (Interlocked.Add(ref _waitingBytes, response.Bytes) > MaxWaiting)
        {
            Interlocked.Add(ref _waitingBytes, -response.Bytes);
            Log.Behind(logger, response.Id);
            return;
        }

        _unwritten[response.Id] = response.KeyId;
        cache.Put(response, isWritten: false);
        _waiting.Enqueue(response);
        BeginWriting();
    }

    /// <summary>Forgets an answer, on the disk too when this completes. False when there was none.</summary>
    public async Task<bool> DeleteAsync(string keyId, string id)
    {
        // Whatever waits is written first, so that it cannot come after.
        await FlushAsync().ConfigureAwait(false);
        var had = cache.Find(keyId, id) is not null;
        cache.Remove(keyId, id);
        var deleted = await store.DeleteAsync(keyId, id).ConfigureAwait(false);

        // Whoever has read it from the disk meanwhile has put it in again.
        cache.Remove(keyId, id);
        return deleted || had;
    }

    /// <summary>Completes when everything that was kept so far is on the disk, or could not be written.</summary>
    public async Task FlushAsync()
    {
        while (!_waiting.IsEmpty || Volatile.Read(ref _writing) != 0)
        {
            BeginWriting();
            await Volatile.Read(ref _writer).ConfigureAwait(false);
            await Task.Yield();
        }
    }

    public Task RemoveExpiredAsync() => store.RemoveExpiredAsync();

    private async ValueTask<ResponseFound> ReadAsync(string keyId, string id)
    {
        // Asked first: what is written meanwhile is found on the disk.
        var isForeign = _unwritten.TryGetValue(id, out var owner) && owner != keyId;
        await Task.Yield();
        var found = store.Find(keyId, id);
        found = found with { IsForeign = found.IsForeign || (isForeign && found.Own is null) };
        if (found.Own is { } own)
        {
            cache.Put(own, isWritten: true);
        }

        return found;
    }

    private void BeginWriting()
    {
        if (Interlocked.CompareExchange(ref _writing, 1, 0) == 0)
        {
            Volatile.Write(ref _writer, WriteAsync());
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            var batch = new List<StoredResponse>(BatchSize);
            while (Take(batch))
            {
                await WriteAsync(batch).ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }

        if (!_waiting.IsEmpty)
        {
            // Something came between the last look and the end.
            BeginWriting();
        }
    }

    private bool Take(List<StoredResponse> batch)
    {
        batch.Clear();
        while (batch.Count < BatchSize && _waiting.TryDequeue(out var next))
        {
            batch.Add(next);
        }

        return batch.Count > 0;
    }

    private async Task WriteAsync(List<StoredResponse> batch)
    {
        var settings = configuration.Current.Config.Responses;
        try
        {
            await store.SaveAsync(batch, settings.MaxPerKey, settings.MaxBytesPerKey).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            // Full, busy, or closing: found from memory for a while, and then no more.
            Log.WriteFailed(logger, e, batch.Count);
        }

        foreach (var response in batch)
        {
            Interlocked.Add(ref _waitingBytes, -response.Bytes);
            cache.Written(response);
            _unwritten.TryRemove(new(response.Id, response.KeyId));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4301, LogLevel.Error, "{Count} answers of the Responses API could not be stored; they will not be found later")]
        public static partial void WriteFailed(ILogger logger, Exception exception, int count);

        [LoggerMessage(4302, LogLevel.Warning, "The disk does not keep up with the answers that are to be kept; {Id} is not kept")]
        public static partial void Behind(ILogger logger, string id);
    }
}
