using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Fuzz;

/// <summary>A reader that is given spoilt inputs.</summary>
/// <param name="name">For the table.</param>
/// <param name="dialect">The reader's.</param>
/// <param name="seeds">What its inputs are made of.</param>
internal abstract class Subject(string name, Dialect dialect, IReadOnlyList<byte[]> seeds)
{
    private static readonly Dialect[] Dialects = [Dialect.OpenAIChat, Dialect.OpenAIResponses, Dialect.AnthropicMessages, Dialect.GeminiGenerate];

    public string Name => name;

    public IReadOnlyList<byte[]> Seeds => seeds;

    protected Dialect Dialect => dialect;

    protected DialectCodec Codec { get; } = DialectCodec.For(dialect);

    /// <summary>All thirteen: requests, answers and streams of four dialects, Gemini's streams in both framings.</summary>
    public static IReadOnlyList<Subject> All { get; } =
    [
        .. Dialects.Select(dialect => new RequestSubject(dialect)),
        .. Dialects.Select(dialect => new AnswerSubject(dialect)),
        .. Dialects.Select(dialect => new StreamSubject(dialect, ResponseFraming.Sse)),
        new StreamSubject(Dialect.GeminiGenerate, ResponseFraming.JsonArray),
    ];

    /// <summary>
    /// Reads an input, and writes what was read in another dialect.
    /// </summary>
    /// <param name="input">The input.</param>
    /// <param name="random">Chooses cuts.</param>
    /// <param name="target">Who writes: 0 to 3.</param>
    /// <exception cref="ViolationException">A promise was broken.</exception>
    public Reading Read(byte[] input, Random random, int target) => Read(input, random, Dialects[target % Dialects.Length]);

    protected abstract Reading Read(byte[] input, Random random, Dialect target);
}

/// <summary>What became of an input.</summary>
/// <param name="Accepted">False when the reader gave an error, or a stream that ends in one.</param>
/// <param name="Allocated">What the reader allocated, in bytes.</param>
internal readonly record struct Reading(bool Accepted, long Allocated);
