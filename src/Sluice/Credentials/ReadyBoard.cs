using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Credentials;

/// <summary>
/// Which credentials of a pool can be asked, side by side in memory: a thousand are looked through in a fraction of a
/// microsecond, however many of them rest. A hint that is written when a credential's state changes; what decides is
/// <see cref="CredentialHealth"/>.
/// </summary>
internal sealed class ReadyBoard(int count)
{
    private readonly long[] _until = new long[count];
    private readonly long[] _full = new long[count];

    /// <summary>Says from which time stamp on a credential is ready.</summary>
    public void SetReadyAt(int index, long until) => Volatile.Write(ref _until[index], until);

    /// <summary>Says whether all places of a credential are taken.</summary>
    public void SetFull(int index, bool full) => Interlocked.Exchange(ref _full[index], full ? 1 : 0);

    public bool CanAsk(int index, long now) => Volatile.Read(ref _until[index]) <= now && Volatile.Read(ref _full[index]) == 0;

    /// <summary>Collects the indexes of those that can be asked, in their order; returns how many they are.</summary>
    /// <param name="now">The current time stamp.</param>
    /// <param name="into">Room for all.</param>
    public int Collect(long now, Span<int> into)
    {
        var found = 0;
        var lanes = Vector256<long>.Count;
        var moment = Vector256.Create(now);
        ref var until = ref MemoryMarshal.GetArrayDataReference(_until);
        ref var full = ref MemoryMarshal.GetArrayDataReference(_full);
        var at = 0;
        for (; at <= _until.Length - lanes; at += lanes)
        {
            var blocked = Vector256.GreaterThan(Vector256.LoadUnsafe(ref until, (nuint)at), moment)
                | Vector256.GreaterThan(Vector256.LoadUnsafe(ref full, (nuint)at), Vector256<long>.Zero);
            for (var ready = ~blocked.ExtractMostSignificantBits() & ((1u << lanes) - 1); ready != 0; ready &= ready - 1)
            {
                into[found++] = at + System.Numerics.BitOperations.TrailingZeroCount(ready);
            }
        }

        for (; at < _until.Length; at++)
        {
            if (CanAsk(at, now))
            {
                into[found++] = at;
            }
        }

        return found;
    }
}
