namespace Sluice.Protocol.Canonical;

/// <summary>
/// What a call used, in disjoint buckets: no token is counted in two of them, so the sum of <see cref="TotalInput"/> and
/// <see cref="TotalOutput"/> is the total. Each dialect's usage object is converted to this form once, by its usage reader.
/// No count is negative, and none is over <see cref="LargestCount"/>.
/// </summary>
/// <param name="Input">Input tokens of text (and of kinds that vendors bill as text) that were neither read from nor written to a prompt cache.</param>
/// <param name="CacheRead">Input tokens served from the prompt cache, whatever their kind.</param>
/// <param name="CacheWrite5m">Input tokens written to a cache of five minutes, or of the vendor's default life.</param>
/// <param name="CacheWrite1h">Input tokens written to a cache of one hour.</param>
/// <param name="Output">Output tokens of text, reasoning included.</param>
/// <param name="Reasoning">The part of <paramref name="Output"/> that was reasoning; never added to it.</param>
public readonly record struct TokenUsage(
    long Input, long CacheRead, long CacheWrite5m, long CacheWrite1h, long Output, long Reasoning)
{
    /// <summary>
    /// No bucket of a call holds more: the largest context window is a tenth of it. A larger number is a defect of the
    /// upstream; it becomes this one, and the usage <see cref="Suspect"/>.
    /// </summary>
    public const long LargestCount = 100_000_000;

    /// <summary>Input tokens of audio that were not read from a cache.</summary>
    public long AudioInput { get; init; }

    /// <summary>Input tokens of images that were not read from a cache, where the vendor tells them apart.</summary>
    public long ImageInput { get; init; }

    /// <summary>Output tokens of audio.</summary>
    public long AudioOutput { get; init; }

    /// <summary>Output tokens of images.</summary>
    public long ImageOutput { get; init; }

    /// <summary>Searches of the web that the vendor made for the call and bills each. Not tokens.</summary>
    public long WebSearches { get; init; }

    /// <summary>How the vendor served the call.</summary>
    public ServiceTier Tier { get; init; }

    /// <summary>True when the upstream has reported what cannot be: a negative or absurd count, or a part larger than its whole.</summary>
    public bool Suspect { get; init; }

    /// <summary>All tokens, input and output.</summary>
    public long Total => TotalInput + TotalOutput;

    /// <summary>All input tokens, cached or not, of every kind.</summary>
    public long TotalInput => Input + AudioInput + ImageInput + CacheRead + CacheWrite5m + CacheWrite1h;

    /// <summary>All output tokens, reasoning included, of every kind.</summary>
    public long TotalOutput => Output + AudioOutput + ImageOutput;

    /// <summary>
    /// The same tokens with audio and images counted as <see cref="Input"/> and <see cref="Output"/>, for accounts that
    /// do not tell them apart. The total is the same; the price is not. A method, because a record prints its properties, and
    /// one of its own type would print itself for ever.
    /// </summary>
    public TokenUsage Fold() => this with
    {
        Input = Input + AudioInput + ImageInput,
        Output = TotalOutput,
        AudioInput = 0,
        ImageInput = 0,
        AudioOutput = 0,
        ImageOutput = 0,
    };
}
