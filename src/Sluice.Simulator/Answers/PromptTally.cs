namespace Sluice.Simulator.Answers;

/// <summary>The end of a stretch of the prompt: what came up to here, by hash and by tokens.</summary>
/// <param name="Prefix">Hash of everything up to here.</param>
/// <param name="Tokens">Tokens of everything up to here.</param>
/// <param name="CacheFor">Set where the request marks the prefix for caching: how long it lives.</param>
internal readonly record struct PromptSegment(ulong Prefix, int Tokens, TimeSpan? CacheFor);

/// <summary>
/// Counts a prompt as it is read. Texts count by <see cref="Tokenizer"/>, tool definitions by their JSON as sent,
/// each message 4 tokens on top, and each image, sound or file 256.
/// </summary>
internal sealed class PromptTally
{
    private const int MessageTokens = 4;
    private const int MediaTokens = 256;
    private readonly List<PromptSegment> _segments = [];
    private StableHash _hash = new(0);

    public int Tokens { get; private set; }

    public IReadOnlyList<PromptSegment> Segments => _segments;

    public void AddText(string text)
    {
        Tokens += Tokenizer.Count(text);
        _hash.Add(text);
    }

    public void AddMedia(string reference)
    {
        Tokens += MediaTokens;
        _hash.Add(reference);
    }

    public void BeginMessage(string role)
    {
        Tokens += MessageTokens;
        _hash.Add(role);
    }

    public void EndSegment(TimeSpan? cacheFor = null) => _segments.Add(new PromptSegment(_hash.Value, Tokens, cacheFor));

    /// <summary>Marks the last segment for caching, as a cache mark on the whole request does.</summary>
    public void MarkLast(TimeSpan cacheFor)
    {
        if (_segments.Count > 0)
        {
            _segments[^1] = _segments[^1] with { CacheFor = cacheFor };
        }
    }
}
