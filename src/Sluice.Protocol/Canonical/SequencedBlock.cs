using System.Buffers;
using System.Text;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>One block on its way through <see cref="BlockSequencer"/>.</summary>
internal sealed class SequencedBlock(ContentBlock content)
{
    private readonly ArrayBufferWriter<byte>? _arguments = content is ToolCallBlock { Kind: ToolCallKind.Function } ? new() : null;
    private JsonBalance _balance = new();
    private List<BlockDelta>? _held;

    /// <summary>The block as it begins.</summary>
    public ContentBlock Content { get; set; } = content;

    /// <summary>Its place among the blocks of the choice that the writer sees.</summary>
    public int Number { get; set; }

    /// <summary>True once nothing more belongs to it.</summary>
    public bool Ended { get; set; }

    /// <summary>True for a call of a function whose arguments stand open, be it because none have come.</summary>
    public bool IsUnfinishedCall => _arguments is not null && (_balance.IsOpen || _balance.IsBlank);

    /// <summary>True for a call of a function that has no arguments at all.</summary>
    public bool HasNoArguments => _arguments is not null && _balance.IsBlank;

    /// <summary>True for a call of a function whose arguments are not JSON. Reads all of them.</summary>
    public bool HasBrokenArguments => _arguments is not null && !HasNoArguments && !RawJson.IsValid(_arguments.WrittenSpan);

    /// <summary>The block that a delta belongs in when none was begun for it; null for arguments, whose tool nobody knows.</summary>
    public static ContentBlock? ContentFor(BlockDelta delta) => delta switch
    {
        TextDelta or CitationDelta => new TextBlock(""),
        SummaryDelta or SignatureDelta => new ReasoningBlock(""),
        _ => null,
    };

    /// <summary>True when a block of this kind can hold such a delta.</summary>
    public bool Takes(BlockDelta delta) => delta switch
    {
        TextDelta => Content is TextBlock or RefusalBlock or ReasoningBlock,
        SummaryDelta => Content is ReasoningBlock,
        ArgumentsDelta => Content is ToolCallBlock,
        CitationDelta => Content is TextBlock,
        _ => true,
    };

    /// <summary>Remembers what a delta says about the arguments.</summary>
    public void Note(BlockDelta delta)
    {
        if (delta is ArgumentsDelta arguments && _arguments is not null)
        {
            Encoding.UTF8.GetBytes(arguments.Fragment, _arguments);
            _balance.Add(arguments.Fragment);
        }
    }

    /// <summary>Keeps a delta until the block may open.</summary>
    public void Hold(BlockDelta delta) => (_held ??= []).Add(delta);

    /// <summary>Gives the deltas that were kept.</summary>
    public IReadOnlyList<BlockDelta> TakeHeld()
    {
        var held = _held;
        _held = null;
        return held is null ? [] : held;
    }
}
