using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Sluice.Protocol.Canonical;

namespace Sluice.Idempotency;

/// <summary>Whose Idempotency-Key it is: another API key's is another.</summary>
internal readonly record struct IdempotencyScope(string KeyId, string Key);

/// <summary>What to do with a call that has an Idempotency-Key: exactly one of the three is there.</summary>
internal readonly record struct IdempotencyDecision
{
    /// <summary>Make the call, and end this when it ends.</summary>
    public IdempotentCall? Proceed { get; init; }

    /// <summary>Answer as before.</summary>
    public StoredAnswer? Replay { get; init; }

    public GatewayError? Refused { get; init; }
}

/// <summary>
/// Lets a call with an Idempotency-Key be made once. The key is on the disk before anything goes to a vendor; whoever repeats the
/// call is told to wait while it is in flight, gets its answer afterwards, and is never served twice, not even after a crash.
/// </summary>
internal sealed partial class IdempotencyGate : IDisposable
{
    private static readonly TimeSpan RemovalInterval = TimeSpan.FromHours(1);

    private readonly IdempotencyStore _store;
    private readonly ILogger<IdempotencyGate> _logger;
    private readonly ITimer _removal;

    /// <summary>The calls of this process with the hashes of their requests: a row that has begun and is not here was left by a crash.</summary>
    private readonly ConcurrentDictionary<IdempotencyScope, byte[]> _inFlight = new();

    public IdempotencyGate(IdempotencyStore store, TimeProvider time, ILogger<IdempotencyGate> logger)
    {
        _store = store;
        _logger = logger;
        _removal = time.CreateTimer(_ => _ = RemoveExpiredAsync(), null, RemovalInterval, RemovalInterval);
    }

    /// <summary>Keys whose calls are in flight now.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>Asks what to do with a call. Completes when the key is durable.</summary>
    /// <param name="scope">The key and whose it is.</param>
    /// <param name="route">Method, path and whatever else beside the body makes it another request.</param>
    /// <param name="body">The request's body; not used after this has returned.</param>
    public ValueTask<IdempotencyDecision> BeginAsync(IdempotencyScope scope, string route, ReadOnlySpan<byte> body)
        => BeginAsync(scope, Hash(route, body));

    public void Dispose() => _removal.Dispose();

    internal void Leave(IdempotencyScope scope) => _inFlight.TryRemove(scope, out _);

    private static byte[] Hash(string route, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(route));

        // No path holds this byte, so that no body can pass for a part of one.
        hash.AppendData([0]);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    private async ValueTask<IdempotencyDecision> BeginAsync(IdempotencyScope scope, byte[] hash)
    {
        if (!_inFlight.TryAdd(scope, hash))
        {
            var same = !_inFlight.TryGetValue(scope, out var other) || other.AsSpan().SequenceEqual(hash);
            return new() { Refused = same ? IdempotencyErrors.InFlight : IdempotencyErrors.Reused };
        }

        var proceeds = false;
        try
        {
            var row = await _store.BeginAsync(scope.KeyId, scope.Key, hash).ConfigureAwait(false);
            proceeds = row.IsNew;
            return proceeds ? new() { Proceed = new IdempotentCall(this, _store, scope, row.Id, _logger) }
                : row.RequestHash.AsSpan().SequenceEqual(hash) ? Repeat(row)
                : new() { Refused = IdempotencyErrors.Reused };
        }
        catch (SqliteException e)
        {
            Log.BeginFailed(_logger, e);
            return new() { Refused = IdempotencyErrors.Unavailable };
        }
        finally
        {
            if (!proceeds)
            {
                Leave(scope);
            }
        }
    }

    private IdempotencyDecision Repeat(OutcomeRow row)
        => row.State == OutcomeState.Begun ? new() { Refused = IdempotencyErrors.OutcomeUnknown }
            : _store.Open(row) is { } answer ? new() { Replay = answer }
            : new() { Refused = IdempotencyErrors.AnswerNotKept };

    private async Task RemoveExpiredAsync()
    {
        try
        {
            await _store.RemoveExpiredAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            // Busy, full, or closing; the next hour tries again, and expired rows are not believed meanwhile.
            Log.RemovalFailed(_logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4202, LogLevel.Error, "An Idempotency-Key could not be stored, so its call is refused")]
        public static partial void BeginFailed(ILogger logger, Exception exception);

        [LoggerMessage(4203, LogLevel.Warning, "Expired idempotency keys could not be removed")]
        public static partial void RemovalFailed(ILogger logger, Exception exception);
    }
}
