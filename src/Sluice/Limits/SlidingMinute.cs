namespace Sluice.Limits;

/// <summary>
/// A sum over the last sixty seconds, kept in slots of one second that remember when they last grew: a slot leaves whole,
/// sixty seconds after that. So no window of sixty seconds, wherever it begins, holds more than <see cref="WouldExceed"/>
/// allowed, and nobody is told to wait for longer than a minute. Not thread-safe; the owner locks.
/// </summary>
internal sealed class SlidingMinute
{
    private const int Window = 60_000;
    private const int SlotLength = 1_000;
    private const int Slots = (Window / SlotLength) + 1;

    private readonly long[] _amounts = new long[Slots];

    /// <summary>When a slot last grew; of no meaning while its amount is 0.</summary>
    private readonly long[] _grown = new long[Slots];
    private long _now;

    /// <summary>The sum over the window as of the last <see cref="Advance"/>.</summary>
    public long Sum { get; private set; }

    /// <summary>Moves the window on to a time of a monotonic clock, in milliseconds; a time before the last one changes nothing.</summary>
    public void Advance(long now)
    {
        if (now <= _now)
        {
            return;
        }

        var second = now / SlotLength;
        for (var i = Math.Max(_now / SlotLength, second - Slots) + 1; i <= second; i++)
        {
            Clear(i);
        }

        // One second's slot may be older than a minute in part, or in whole.
        var oldest = Slot(second + 1);
        if (_grown[oldest] + Window <= now)
        {
            Clear(second + 1);
        }

        _now = now;
    }

    /// <summary>True when <paramref name="amount"/> more would be over <paramref name="limit"/>.</summary>
    public bool WouldExceed(long amount, long limit) => amount > limit - Sum;

    /// <summary>Adds what is taken at a time; by a moment it may be behind the last <see cref="Advance"/>, which another thread made.</summary>
    public void Add(long at, long amount)
    {
        at = Math.Max(at, _now - SlotLength);
        var slot = Slot(at / SlotLength);
        _grown[slot] = _amounts[slot] == 0 ? at : Math.Max(_grown[slot], at);
        _amounts[slot] += amount;
        Sum += amount;
    }

    /// <summary>Gives back a part of what was taken at a time; nothing when that has left the window.</summary>
    public void GiveBack(long takenAt, long amount)
    {
        var second = takenAt / SlotLength;
        if ((_now / SlotLength) - second >= Slots)
        {
            return;
        }

        var slot = Slot(second);
        var back = Math.Min(amount, _amounts[slot]);
        _amounts[slot] -= back;
        Sum -= back;
    }

    /// <summary>Whole seconds, from 1 to 60, until <paramref name="amount"/> more would fit.</summary>
    public int SecondsUntilFits(long amount, long limit)
    {
        var sum = Sum;
        for (var i = 1; i <= Slots; i++)
        {
            // The oldest slot leaves the window first, the current one last.
            var slot = Slot((_now / SlotLength) + i);
            sum -= _amounts[slot];
            if (_amounts[slot] != 0 && amount <= limit - sum)
            {
                return Wait(slot);
            }
        }

        return Window / SlotLength;
    }

    /// <summary>Whole seconds until the window is empty again; 0 when it is.</summary>
    public int SecondsUntilEmpty()
    {
        for (var age = 0; age < Slots; age++)
        {
            var slot = Slot((_now / SlotLength) + Slots - age);
            if (_amounts[slot] != 0)
            {
                return Wait(slot);
            }
        }

        return 0;
    }

    private static int Slot(long second) => (int)(second % Slots);

    private int Wait(int slot) => (int)((_grown[slot] + Window - _now + SlotLength - 1) / SlotLength);

    private void Clear(long second)
    {
        ref var amount = ref _amounts[Slot(second)];
        Sum -= amount;
        amount = 0;
    }
}
