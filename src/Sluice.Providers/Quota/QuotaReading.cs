namespace Sluice.Providers.Quota;

/// <summary>What a vendor counts in a window.</summary>
public enum QuotaKind
{
    Requests,
    Tokens,
    InputTokens,
    OutputTokens,
}

/// <summary>How one window of an account stands, as the headers of an answer tell it.</summary>
public record struct QuotaReading
{
    /// <summary>What the window allows; -1 when not told.</summary>
    public long Limit { get; set; }

    /// <summary>What is left of it; -1 when not told.</summary>
    public long Remaining { get; set; }

    /// <summary>The time until it is whole again; null when not told.</summary>
    public TimeSpan? Reset { get; set; }

    /// <summary>Nothing was told.</summary>
    public static QuotaReading Unknown => new() { Limit = -1, Remaining = -1 };

    /// <summary>True when anything was told.</summary>
    public readonly bool IsKnown => Limit >= 0 || Remaining >= 0;

    /// <summary>True when the window has nothing left and says when it will have.</summary>
    public readonly bool IsUsedUp => Remaining == 0 && Reset > TimeSpan.Zero;
}
