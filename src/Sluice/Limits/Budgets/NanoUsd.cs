namespace Sluice.Limits.Budgets;

/// <summary>Arithmetic on nano-USD that stops at the ends of its range: an absurd amount must not turn into its opposite.</summary>
internal static class NanoUsd
{
    public static long Add(long a, long b)
    {
        var sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) >= 0 ? sum : a < 0 ? long.MinValue : long.MaxValue;
    }

    public static long Subtract(long a, long b)
    {
        var difference = unchecked(a - b);
        return ((a ^ b) & (a ^ difference)) >= 0 ? difference : a < 0 ? long.MinValue : long.MaxValue;
    }
}
