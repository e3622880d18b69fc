namespace Sluice.Protocol.Canonical;

/// <summary>
/// What upstreams do wrong and <see cref="BlockSequencer"/> and <see cref="WholeAnswer"/> repair, as the codes that stand in a call's trace. Each is explained
/// in docs/operations/translation.md.
/// </summary>
public static class AnswerRepairs
{
    /// <summary>The stream began without its first event.</summary>
    public const string StartMissing = "start_missing";

    /// <summary>The message began twice; the second was passed over.</summary>
    public const string SecondStart = "start_repeated";

    /// <summary>A block began twice; the second was passed over.</summary>
    public const string SecondBlockStart = "block_start_repeated";

    /// <summary>A delta had no block to belong in, or one that had ended; a block was begun for it.</summary>
    public const string BlockBegun = "block_start_missing";

    /// <summary>Arguments came after the end of their tool call; passed over.</summary>
    public const string ArgumentsAfterEnd = "arguments_after_end";

    /// <summary>A tool call had no id; it was given one.</summary>
    public const string CallIdMissing = "call_id_missing";

    /// <summary>A tool call had the id of another; it was given one of its own.</summary>
    public const string CallIdRepeated = "call_id_repeated";

    /// <summary>A tool call had no arguments; they became an empty object.</summary>
    public const string ArgumentsMissing = "arguments_missing";

    /// <summary>An answer went on after its end; passed over.</summary>
    public const string ContentAfterFinish = "content_after_finish";

    /// <summary>An answer ended twice; the second was passed over.</summary>
    public const string SecondFinish = "finish_repeated";

    /// <summary>An answer had no reason of its end; it ended as usual.</summary>
    public const string FinishMissing = "finish_missing";

    /// <summary>The stream ended without the mark of its end.</summary>
    public const string EndMarkMissing = "end_mark_missing";

    /// <summary>Something came after the end; passed over.</summary>
    public const string EventAfterEnd = "event_after_end";
}
