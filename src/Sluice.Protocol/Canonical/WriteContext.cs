namespace Sluice.Protocol.Canonical;

/// <summary>What a writer must know besides the thing that it writes.</summary>
/// <param name="Target">Who reads it: the upstream of a request, the client of an answer.</param>
/// <param name="Client">How the client's dialect spells its fields, for the report.</param>
public sealed record WriteContext(Owner Target, FieldNames Client)
{
    /// <summary>What is particular to the upstream's model.</summary>
    public ModelRules Rules { get; init; } = ModelRules.Default;

    /// <summary>What becomes of the fields; filled by the writer.</summary>
    public TranslationReport Report { get; init; } = new();

    /// <summary>Who made the answer that is written; null when it is not known, and for requests.</summary>
    public Owner? Source { get; init; }

    /// <summary>
    /// The signature of thoughts that another vendor did not sign: no data, only whose they are, so that they are told from
    /// the own thoughts of the client's dialect when they come back. Null where nothing need be told.
    /// </summary>
    internal Signature? Unsigned => Source is { } source && source.Dialect != Target.Dialect ? new Signature(source, "") : null;

    /// <summary>The time of an answer in seconds since 1970, where the upstream gave none and the dialect wants one.</summary>
    public long Created { get; init; }

    /// <summary>The id of an answer where the upstream gave none; without a dialect's prefix.</summary>
    public string ResponseId { get; init; } = "0";

    /// <summary>The value of <c>x-request-id</c>, for dialects whose errors carry it.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>The model's name in an answer; null for the name that the upstream gave.</summary>
    public string? Model { get; init; }

    /// <summary>True when the client wants usage at the end of a stream.</summary>
    public bool IncludeUsage { get; init; } = true;

    /// <summary>How a stream is framed: Sse, or JsonArray for Gemini.</summary>
    public ResponseFraming Framing { get; init; } = ResponseFraming.Sse;

    /// <summary>The request that is answered, for dialects that repeat it (Responses); null when it is not at hand.</summary>
    public ChatRequest? Request { get; init; }
}
