using Sluice.Protocol.Canonical;

namespace Sluice.Pipeline;

/// <summary>What an attempt knows of the two dialects that it stands between, from its request to the end of its answer.</summary>
/// <param name="Client">The dialect of the client.</param>
/// <param name="Upstream">The dialect of the upstream.</param>
/// <param name="Owner">Who answers.</param>
/// <param name="Request">The request as the client made it.</param>
/// <param name="Tools">Turns the tools of the request into such as the upstream knows, and their calls back again.</param>
/// <param name="Report">What became of the request.</param>
/// <param name="Signatures">What is kept of the caller's conversations.</param>
internal sealed record Translation(
    DialectCodec Client, DialectCodec Upstream, Owner Owner, ChatRequest Request, CustomToolFunctions Tools, TranslationReport Report, ISignatureStore Signatures)
{
    /// <summary>The header that names what was left out.</summary>
    public const string DroppedHeader = "x-sluice-dropped";

    /// <summary>The longest value of <see cref="DroppedHeader"/>, in characters; a client can send any number of names.</summary>
    private const int MaxHeader = 2048;

    /// <summary>What became of the answer; filled as it is written.</summary>
    public TranslationReport AnswerReport { get; } = new();

    /// <summary>Everything that was left out by now, in the client's own spelling, each once: of the request, then of the answer.</summary>
    public IReadOnlyList<string> Lost => AnswerReport.Dropped.Count == 0 ? Report.Dropped : [.. Report.Dropped.Union(AnswerReport.Dropped)];

    /// <summary>How the upstream frames its answer; known once its head was read.</summary>
    public ResponseFraming Framing { get; set; }

    /// <summary>
    /// The value of <see cref="DroppedHeader"/>: printable ASCII, whatever the client called its members. Null when nothing was left out.
    /// The head of a stream goes out before all of its answer is known.
    /// </summary>
    public string? Dropped => HeaderOf(Lost);

    /// <summary>The value of <see cref="DroppedHeader"/> for what was left out; null for nothing.</summary>
    public static string? HeaderOf(IReadOnlyList<string>? lost) => lost is not { Count: > 0 } ? null : Printable(string.Join(", ", lost));

    private static string Printable(string names) =>
        string.Create(Math.Min(names.Length, MaxHeader), names, static (header, text) =>
        {
            for (var i = 0; i < header.Length; i++)
            {
                header[i] = text[i] is >= ' ' and <= '~' ? text[i] : '?';
            }
        });
}
