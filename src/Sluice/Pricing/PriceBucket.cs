using Sluice.Protocol.Canonical;

namespace Sluice.Pricing;

/// <summary>What is counted of a call and priced on its own.</summary>
internal enum PriceBucket : byte
{
    Input,
    AudioInput,
    ImageInput,
    CacheRead,
    CacheWrite5m,
    CacheWrite1h,
    Output,
    Reasoning,
    AudioOutput,
    ImageOutput,
    WebSearch,

    /// <summary>The fee for the call itself.</summary>
    Request,
}

internal static class PriceBuckets
{
    public const int Count = (int)PriceBucket.Request + 1;

    private static readonly string[] Names =
    [
        "input", "audio_input", "image_input", "cache_read", "cache_write_5m", "cache_write_1h",
        "output", "reasoning", "audio_output", "image_output", "web_search", "request",
    ];

    /// <summary>The name in settings, traces and answers.</summary>
    public static string Name(this PriceBucket bucket) => Names[(int)bucket];

    /// <summary>How much of a bucket was used; never negative. Reasoning is taken out of the output that it is a part of.</summary>
    public static long CountOf(this PriceBucket bucket, in TokenUsage used) => Math.Max(0, bucket switch
    {
        PriceBucket.Input => used.Input,
        PriceBucket.AudioInput => used.AudioInput,
        PriceBucket.ImageInput => used.ImageInput,
        PriceBucket.CacheRead => used.CacheRead,
        PriceBucket.CacheWrite5m => used.CacheWrite5m,
        PriceBucket.CacheWrite1h => used.CacheWrite1h,
        PriceBucket.Output => Math.Max(used.Output, 0) - Math.Clamp(used.Reasoning, 0, Math.Max(used.Output, 0)),
        PriceBucket.Reasoning => Math.Clamp(used.Reasoning, 0, Math.Max(used.Output, 0)),
        PriceBucket.AudioOutput => used.AudioOutput,
        PriceBucket.ImageOutput => used.ImageOutput,
        PriceBucket.WebSearch => used.WebSearches,
        _ => 1,
    });
}
