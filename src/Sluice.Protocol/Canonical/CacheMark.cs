namespace Sluice.Protocol.Canonical;

/// <summary>How long a marked prefix of the prompt is to stay in the vendor's cache.</summary>
public enum CacheLife
{
    /// <summary>The vendor's default.</summary>
    Default,

    /// <summary>Five minutes.</summary>
    FiveMinutes,

    /// <summary>One hour.</summary>
    OneHour,

    /// <summary>One day.</summary>
    OneDay,
}

/// <summary>The prompt is to be cached up to and with the block or tool that carries this mark.</summary>
/// <param name="Life">How long.</param>
public sealed record CacheMark(CacheLife Life);
