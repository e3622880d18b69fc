using System.Buffers;
using Microsoft.Data.Sqlite;

namespace Sluice.Idempotency;

/// <summary>
/// A call that has its Idempotency-Key to itself until it ends: keeps a copy of what the client is sent, up to a bound. Ends once,
/// in one of three ways; used by one thread at a time.
/// </summary>
internal sealed partial class IdempotentCall(IdempotencyGate gate, IdempotencyStore store, IdempotencyScope scope, long id, ILogger logger)
{
    /// <summary>The largest body of an answer that is kept, in bytes.</summary>
    public const int LargestBody = 1024 * 1024;

    private const int FirstBuffer = 4096;

    private byte[] _buffer = [];
    private int _length;
    private bool _tooLarge;
    private bool _ended;

    /// <summary>Takes a copy of bytes that go to the client.</summary>
    public void Capture(ReadOnlySpan<byte> bytes)
    {
        if (_tooLarge || bytes.Length > LargestBody - _length)
        {
            _tooLarge = true;
            ReturnBuffer();
            return;
        }

        if (_length + bytes.Length > _buffer.Length)
        {
            Grow(_length + bytes.Length);
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>The answer is whole: repeating the call gives it again.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="headers">Those that say the same whenever they are sent.</param>
    public ValueTask CompleteAsync(int status, IEnumerable<KeyValuePair<string, string>> headers)
        => EndAsync(() => store.EndAsync(id, _tooLarge ? null : StoredAnswer.Encode(status, headers, _buffer.AsSpan(0, _length))));

    /// <summary>The call has cost something, and its answer is not whole: repeating it is refused.</summary>
    public ValueTask KeepOutcomeAsync() => EndAsync(() => store.EndAsync(id, null));

    /// <summary>The call has cost nothing: repeating it is a first call.</summary>
    public ValueTask ReleaseAsync() => EndAsync(() => store.ForgetAsync(id));

    private async ValueTask EndAsync(Func<Task> write)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (SqliteException e)
        {
            // The row stays as it was: a repetition learns that the outcome is unknown, and is not made.
            Log.EndFailed(logger, e);
        }
        finally
        {
            ReturnBuffer();
            gate.Leave(scope);
        }
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(FirstBuffer, _buffer.Length * 2)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        var length = _length;
        ReturnBuffer();
        (_buffer, _length) = (larger, length);
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _length) = ([], 0);
    }

    private static partial class Log
    {
        [LoggerMessage(4201, LogLevel.Error, "The outcome of a call with an Idempotency-Key could not be stored; repeating it will be refused")]
        public static partial void EndFailed(ILogger logger, Exception exception);
    }
}
