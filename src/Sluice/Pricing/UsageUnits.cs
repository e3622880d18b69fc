namespace Sluice.Pricing;

/// <summary>What a call used that is not tokens. Negative numbers count as none.</summary>
internal readonly record struct UsageUnits
{
    public long Images { get; init; }

    /// <summary>Of every image, as the vendor writes it, such as <c>1024x1536</c>; null when it is not known.</summary>
    public string? ImageSize { get; init; }

    /// <summary>Such as <c>high</c>; null when it is not known.</summary>
    public string? ImageQuality { get; init; }

    /// <summary>Of video, or of audio; counted to the microsecond.</summary>
    public decimal Seconds { get; init; }

    public long Pages { get; init; }

    /// <summary>Of text to speak.</summary>
    public long Characters { get; init; }
}
