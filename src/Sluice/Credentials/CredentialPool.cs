using System.Buffers;
using Sluice.Protocol;

namespace Sluice.Credentials;

/// <summary>
/// The credentials of a provider, and the choice among them: that of the conversation while it is ready, else by weight. No lock;
/// what it costs does not grow with the pool while most are ready, and is one sweep of <see cref="ReadyBoard"/> when few are.
/// </summary>
internal sealed class CredentialPool
{
    /// <summary>Turns that are tried before the board is swept: with half of the pool out, one call in sixteen sweeps.</summary>
    private const int BlindTurns = 4;

    /// <summary>Choices by weight among the ready ones before the rest is simply gone through.</summary>
    private const int WeighedTurns = 8;

    private const int LargestOnStack = 1024;

    /// <summary>2^32 divided by the golden ratio: turn n points at the fractional part of n times it, which fills the unit interval evenly.</summary>
    private const uint GoldenStep = 2_654_435_769;

    private readonly CredentialSlot[] _slots;
    private readonly long[] _weightsUpTo;
    private readonly ReadyBoard _board;
    private readonly AffinityRanks _ranks;
    private int _turn;

    public CredentialPool(CredentialSlot[] slots)
    {
        _slots = slots;
        _weightsUpTo = new long[slots.Length];
        _board = new ReadyBoard(slots.Length);
        _ranks = new AffinityRanks(slots);
        var sum = 0L;
        foreach (var slot in slots)
        {
            sum += Math.Max(0, slot.Config.Weight);
            _weightsUpTo[slot.Index] = sum;
            slot.Health.Show(_board, slot.Index);
        }
    }

    /// <summary>Leases a credential.</summary>
    /// <param name="tried">Indexes of those that the call has tried.</param>
    /// <param name="now">The current time stamp.</param>
    /// <param name="conversation">The hash of the call's conversation; 0 for none.</param>
    /// <param name="kind">What the call makes.</param>
    /// <returns>Null when none is left that is ready and has a place.</returns>
    public CredentialLease? TryLease(ReadOnlySpan<int> tried, long now, ulong conversation, CallKind kind)
    {
        if (_slots.Length <= 1)
        {
            return _slots.Length == 0 || tried.Contains(0) ? null : _slots[0].TryLease(now, kind);
        }

        return (conversation != 0 ? ByConversation(tried, now, conversation, kind) : ByTurn(tried, now, kind))
            ?? AmongReady(tried, now, conversation, kind);
    }

    private CredentialLease? ByConversation(ReadOnlySpan<int> tried, long now, ulong conversation, CallKind kind)
    {
        foreach (var index in _ranks.First(conversation))
        {
            if (Try(index, tried, now, kind) is { } lease)
            {
                return lease;
            }
        }

        return null;
    }

    private CredentialLease? ByTurn(ReadOnlySpan<int> tried, long now, CallKind kind)
    {
        for (var i = 0; i < BlindTurns; i++)
        {
            if (Try(TakeTurn(), tried, now, kind) is { } lease)
            {
                return lease;
            }
        }

        return null;
    }

    private CredentialLease? Try(int index, ReadOnlySpan<int> tried, long now, CallKind kind)
        => _board.CanAsk(index, now) && !tried.Contains(index) ? _slots[index].TryLease(now, kind) : null;

    private CredentialLease? AmongReady(ReadOnlySpan<int> tried, long now, ulong conversation, CallKind kind)
    {
        var count = _slots.Length;
        var rented = count > LargestOnStack ? ArrayPool<int>.Shared.Rent(count) : null;
        var ready = rented is null ? stackalloc int[count] : rented.AsSpan(0, count);
        try
        {
            ready = ready[.._board.Collect(now, ready)];
            foreach (var index in tried)
            {
                var at = ready.IndexOf(index);
                ready = at < 0 ? ready : Without(ready, at);
            }

            for (var turn = 0; ready.Length > 0; turn++)
            {
                var at = turn >= WeighedTurns ? 0 : conversation != 0 ? _ranks.Best(conversation, ready) : ByWeight(ready);
                if (_slots[ready[at]].TryLease(now, kind) is { } lease)
                {
                    return lease;
                }

                ready = Without(ready, at);
            }

            return null;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<int>.Shared.Return(rented);
            }
        }
    }

    private static Span<int> Without(Span<int> list, int at)
    {
        list[at] = list[^1];
        return list[..^1];
    }

    /// <summary>The credential whose turn it is by weight; where no weight is positive, each in turn.</summary>
    private int TakeTurn()
    {
        var turn = (uint)Interlocked.Increment(ref _turn);
        var total = _weightsUpTo[^1];
        if (total == 0)
        {
            return (int)(turn % (uint)_slots.Length);
        }

        var point = PointOf(turn, total);
        var (low, high) = (0, _weightsUpTo.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _weightsUpTo[middle] > point ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private int ByWeight(ReadOnlySpan<int> ready)
    {
        var turn = (uint)Interlocked.Increment(ref _turn);
        var total = 0L;
        foreach (var index in ready)
        {
            total += WeightOf(index);
        }

        if (total == 0)
        {
            return (int)(turn % (uint)ready.Length);
        }

        var point = PointOf(turn, total);
        var at = 0;
        while ((point -= WeightOf(ready[at])) >= 0)
        {
            at++;
        }

        return at;
    }

    private int WeightOf(int index) => Math.Max(0, _slots[index].Config.Weight);

    private static long PointOf(uint turn, long total) => (long)((ulong)unchecked(turn * GoldenStep) * (ulong)total >> 32);
}
