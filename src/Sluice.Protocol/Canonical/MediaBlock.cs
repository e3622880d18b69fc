namespace Sluice.Protocol.Canonical;

/// <summary>What kind of thing a <see cref="MediaBlock"/> is.</summary>
public enum MediaKind
{
    /// <summary>A picture.</summary>
    Image,

    /// <summary>A document or any other file.</summary>
    Document,

    /// <summary>Sound.</summary>
    Audio,

    /// <summary>Moving pictures.</summary>
    Video,
}

/// <summary>A picture, a document, sound or video, said by the user, a tool or the model.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Source">Where its bytes are.</param>
public sealed record MediaBlock(MediaKind Kind, MediaSource Source) : ContentBlock
{
    /// <summary>The media type, such as <c>image/png</c>; null when the dialect does not say.</summary>
    public string? MediaType { get; init; }

    /// <summary>The file's name or the document's title; null when there is none.</summary>
    public string? Name { get; init; }

    /// <summary>What the document is about, for the model (Anthropic); null when there is none.</summary>
    public string? Context { get; init; }

    /// <summary>How closely to look: <c>auto</c>, <c>low</c> or <c>high</c>; null for the vendor's default.</summary>
    public string? Detail { get; init; }

    /// <summary>True when the model is to cite this document; null when the request does not say.</summary>
    public bool? Cite { get; init; }

    /// <summary>What is said in sound that the model made; null otherwise.</summary>
    public string? Transcript { get; init; }
}

/// <summary>Where the bytes of a <see cref="MediaBlock"/> are.</summary>
public abstract record MediaSource
{
    private protected MediaSource()
    {
    }
}

/// <summary>The bytes themselves.</summary>
/// <param name="Base64">Base64 as ASCII text; where it needed no unescaping, a slice of the document that was read.</param>
public sealed record InlineMedia(ReadOnlyMemory<byte> Base64) : MediaSource;

/// <summary>A place on the network from which the vendor fetches it.</summary>
/// <param name="Url">An absolute URL, <c>gs://</c> included; never a <c>data:</c> URL, which is read as <see cref="InlineMedia"/>.</param>
public sealed record UrlMedia(string Url) : MediaSource;

/// <summary>A file that lies with the vendor.</summary>
/// <param name="Owner">The vendor that knows the id.</param>
/// <param name="FileId">The vendor's id.</param>
public sealed record FileMedia(Owner Owner, string FileId) : MediaSource;

/// <summary>A document that is plain text.</summary>
/// <param name="Text">The text.</param>
public sealed record TextMedia(string Text) : MediaSource;

/// <summary>A document that consists of blocks (Anthropic).</summary>
/// <param name="Blocks">Text and pictures.</param>
public sealed record BlockMedia(IReadOnlyList<ContentBlock> Blocks) : MediaSource;
