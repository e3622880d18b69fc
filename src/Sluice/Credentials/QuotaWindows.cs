using Sluice.Providers.Quota;

namespace Sluice.Credentials;

/// <summary>A quota window as it was last told.</summary>
/// <param name="Kind">What it counts.</param>
/// <param name="Limit">What it allows; -1 when not told.</param>
/// <param name="Remaining">What was left; -1 when not told.</param>
/// <param name="ResetAt">The time stamp at which it is whole again; 0 when not told.</param>
internal readonly record struct QuotaWindow(QuotaKind Kind, long Limit, long Remaining, long ResetAt);

/// <summary>
/// The quota windows of a credential, written by every answer that tells of them and read by administration. Some vendors count
/// by model: the window of the model that was called last is what is seen here.
/// </summary>
internal sealed class QuotaWindows
{
    private readonly long[] _limits = new long[QuotaHeaders.Kinds];
    private readonly long[] _remaining = new long[QuotaHeaders.Kinds];
    private readonly long[] _resets = new long[QuotaHeaders.Kinds];
    private int _known;

    /// <summary>What an account has left with its vendor; null where no vendor has told. Boxed, so that it changes in one step.</summary>
    public object? Balance
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    public void Set(in QuotaWindow window)
    {
        var i = (int)window.Kind;
        Volatile.Write(ref _limits[i], window.Limit);
        Volatile.Write(ref _remaining[i], window.Remaining);
        Volatile.Write(ref _resets[i], window.ResetAt);
        var bit = 1 << i;
        if ((Volatile.Read(ref _known) & bit) == 0)
        {
            Interlocked.Or(ref _known, bit);
        }
    }

    /// <summary>The windows that were told of. One whose reset has passed counts as whole.</summary>
    public IReadOnlyList<QuotaWindow> At(long now)
    {
        var known = Volatile.Read(ref _known);
        var windows = new List<QuotaWindow>();
        for (var i = 0; i < QuotaHeaders.Kinds; i++)
        {
            if ((known & (1 << i)) != 0)
            {
                var resetAt = Volatile.Read(ref _resets[i]);
                var limit = Volatile.Read(ref _limits[i]);
                var isWhole = resetAt != 0 && resetAt <= now && limit >= 0;
                windows.Add(new QuotaWindow((QuotaKind)i, limit, isWhole ? limit : Volatile.Read(ref _remaining[i]), resetAt));
            }
        }

        return windows;
    }
}
