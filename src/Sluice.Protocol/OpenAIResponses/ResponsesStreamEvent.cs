using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>The members of an event about an item, whichever it has.</summary>
internal readonly record struct ResponsesStreamEvent()
{
    /// <summary>Keeps a hostile number from making as many empty summaries.</summary>
    private const int MostSummaries = 1000;

    /// <summary>Which item.</summary>
    public int OutputIndex { get; init; }

    /// <summary>Which part of a message.</summary>
    public int ContentIndex { get; init; }

    /// <summary>Which summary of a reasoning item.</summary>
    public int SummaryIndex { get; init; }

    /// <summary>What is added.</summary>
    public string Delta { get; init; } = "";

    /// <summary>The whole text, refusal, arguments or input.</summary>
    public string Text { get; init; } = "";

    /// <summary>The id of the item; null when it has none.</summary>
    public string? ItemId { get; init; }

    /// <summary>Unmodelled members of a message item.</summary>
    public IReadOnlyList<Extension> Members { get; init; } = [];

    /// <summary>What the item says by now; null when the event holds no item.</summary>
    public IReadOnlyList<ContentBlock>? Blocks { get; init; }

    /// <summary>The part; null when the event holds none.</summary>
    public ContentBlock? Part { get; init; }

    /// <summary>The citation; null when the event holds none.</summary>
    public Citation? Annotation { get; init; }

    /// <summary>How likely the tokens were.</summary>
    public IReadOnlyList<TokenLogprob> Logprobs { get; init; } = [];

    public static ResponsesStreamEvent Read(ref JsonCursor cursor, Owner owner)
    {
        var found = new ResponsesStreamEvent();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            found = name switch
            {
                "output_index" => found with { OutputIndex = cursor.ReadCountOrNull() ?? 0 },
                "content_index" => found with { ContentIndex = cursor.ReadCountOrNull() ?? 0 },
                "summary_index" => found with { SummaryIndex = Math.Clamp(cursor.ReadCountOrNull() ?? 0, 0, MostSummaries) },
                "delta" when cursor.IsString => found with { Delta = cursor.ReadString() },
                "text" or "refusal" or "arguments" or "input" when cursor.IsString => found with { Text = cursor.ReadString() },
                "item" when cursor.IsObject => ReadItem(ref cursor, found, owner),
                "part" when cursor.IsObject => ReadPart(ref cursor, found, owner),
                "annotation" when cursor.IsObject => found with { Annotation = ResponsesCitations.ReadOne(ref cursor, owner) },
                "logprobs" when cursor.IsArray => found with { Logprobs = ChatLogprobs.ReadTokens(ref cursor) },
                _ => Skipped(ref cursor, found),
            };
        }

        return found;
    }

    private static ResponsesStreamEvent Skipped(ref JsonCursor cursor, ResponsesStreamEvent found)
    {
        cursor.Skip();
        return found;
    }

    private static ResponsesStreamEvent ReadItem(ref JsonCursor cursor, ResponsesStreamEvent found, Owner owner)
    {
        if (cursor.PeekType() is "" or "message")
        {
            var logprobs = new List<TokenLogprob>();
            var (id, members, content) = ResponsesItemReader.ReadMessageMembers(ref cursor, owner, logprobs);
            return found with { ItemId = id, Members = members, Blocks = content, Logprobs = logprobs };
        }

        var blocks = new List<ContentBlock>();
        ResponsesItemReader.Read(ref cursor, owner, blocks, logprobs: null);
        return found with { Blocks = blocks };
    }

    /// <summary>A part of a message. Those of reasoning items have events of their own.</summary>
    private static ResponsesStreamEvent ReadPart(ref JsonCursor cursor, ResponsesStreamEvent found, Owner owner)
    {
        if (cursor.PeekType() is "summary_text" or "reasoning_text")
        {
            cursor.Skip();
            return found;
        }

        return found with { Part = ResponsesPartReader.ReadPart(ref cursor, owner, []) };
    }
}
