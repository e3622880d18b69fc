namespace Sluice.Limits;

/// <summary>
/// A sum over the last sixty seconds, kept in slots of one second: the current one and the fifty-nine before it. What was
/// taken counts for more than 59 s and at most 60 s, so that a wait is never longer than the minute that a limit speaks of.
/// Not thread-safe; the owner locks.
/// </summary>
internal sealed class SlidingMinute
{
    private const int Slots = 60;

    private readonly long[] _amounts = new long[Slots];
    private long _second;

    /// <summary>The sum over the window as of the last <see cref="Advance"/>.</summary>
    public long Sum { get; private set; }

    /// <summary>Moves the window on to a second of a monotonic clock.</summary>
    public void Advance(long second)
    {
        var steps = Math.Min(second - _second, Slots);
        for (var i = 0; i < steps; i++)
        {
            ref var slot = ref _amounts[(int)((_second + 1 + i) % Slots)];
            Sum -= slot;
            slot = 0;
        }

        if (second > _second)
        {
            _second = second;
        }
    }

    /// <summary>True when <paramref name="amount"/> more would be over <paramref name="limit"/>.</summary>
    public bool WouldExceed(long amount, long limit) => Sum + amount > limit;

    /// <summary>Adds to the slot of a second inside the window; a correction may be negative.</summary>
    public void Add(long second, long amount)
    {
        if (_second - second >= Slots)
        {
            return;
        }

        _amounts[(int)(second % Slots)] += amount;
        Sum += amount;
    }

    /// <summary>Whole seconds until <paramref name="amount"/> more would fit; at most 60, when the window is empty.</summary>
    public int SecondsUntilFits(long amount, long limit)
    {
        var sum = Sum;
        for (var i = 1; i < Slots; i++)
        {
            // The oldest slot leaves the window first, the current one last.
            sum -= _amounts[(int)((_second + i) % Slots)];
            if (sum + amount <= limit)
            {
                return i;
            }
        }

        return Slots;
    }

    /// <summary>Whole seconds until the window is empty again.</summary>
    public int SecondsUntilEmpty()
    {
        for (var age = 0; age < Slots; age++)
        {
            if (_amounts[(int)((_second - age + (2 * Slots)) % Slots)] != 0)
            {
                return Slots - age;
            }
        }

        return 0;
    }
}
