namespace Sluice.Routing;

/// <summary>
/// Picks by weight without a random source and without a lock: turn n points at the fractional part of n times the golden
/// ratio, which fills the unit interval evenly, so that every weight gets its share within a few turns.
/// </summary>
internal static class WeightedTurn
{
    /// <summary>2^32 divided by the golden ratio.</summary>
    private const uint GoldenStep = 2_654_435_769;

    /// <summary>The index of the item whose turn it is; items without a positive weight are never first.</summary>
    public static int Pick<T>(ReadOnlySpan<T> items, Func<T, int> weightOf, uint turn)
    {
        long total = 0;
        foreach (var item in items)
        {
            total += Math.Max(0, weightOf(item));
        }

        if (total == 0)
        {
            return (int)(turn % (uint)items.Length);
        }

        var point = (long)((ulong)unchecked(turn * GoldenStep) * (ulong)total >> 32);
        for (var i = 0; i < items.Length; i++)
        {
            point -= Math.Max(0, weightOf(items[i]));
            if (point < 0)
            {
                return i;
            }
        }

        return items.Length - 1;
    }
}
