using System.Runtime.CompilerServices;

namespace Sluice.Limits.Budgets;

/// <summary>What a call has reserved: an amount in each of its budgets' periods. Owned by the call and reused for the next one.</summary>
internal sealed class BudgetHold
{
    private const int Inline = 5;

    private Entries _entries;
    private List<BudgetReservation>? _more;
    private int _open;

    /// <summary>In how many budgets the call is reserved. What is reserved can still be read after it was settled.</summary>
    public int Count { get; private set; }

    /// <summary>True when the call has cost more than was reserved.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>The row of <c>budget_periods</c> in which a part is reserved, for the ledger.</summary>
    public long PeriodId(int index) => this[index].Chunk.Id;

    /// <summary>How much is reserved in it, in nano-USD.</summary>
    public long ReservedNano(int index) => this[index].Nano;

    internal BudgetReservation this[int index] => index < Inline ? _entries[index] : _more![index - Inline];

    /// <summary>True while there is something to settle.</summary>
    internal bool IsOpen => Volatile.Read(ref _open) == 1;

    /// <summary>Begins a reservation; the former one was settled.</summary>
    internal void Open()
    {
        Count = 0;
        _more?.Clear();
        IsOverrun = false;
        Volatile.Write(ref _open, 1);
    }

    internal void Add(BudgetReservation reservation)
    {
        if (Count < Inline)
        {
            _entries[Count] = reservation;
        }
        else
        {
            (_more ??= []).Add(reservation);
        }

        Count++;
    }

    /// <summary>True for the first that closes the reservation: whoever comes later changes nothing.</summary>
    internal bool Close() => Interlocked.Exchange(ref _open, 0) == 1;

    internal void MarkOverrun() => IsOverrun = true;

    [InlineArray(Inline)]
    private struct Entries
    {
        private BudgetReservation _first;
    }
}

/// <summary>An amount, in nano-USD, that a call has reserved in one period of one budget.</summary>
internal readonly record struct BudgetReservation(BudgetChunk Chunk, long Nano);
