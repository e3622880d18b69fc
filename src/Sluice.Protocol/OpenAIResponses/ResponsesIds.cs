using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Ids of answers and their items as clients of the Responses API expect them.</summary>
internal static class ResponsesIds
{
    private const string Prefix = "resp_";

    /// <summary>The id that clients ask for the answer by later: the gateway's where it keeps the answer, else the upstream's where it is of this dialect.</summary>
    public static string Of(string id, WriteContext context) =>
        context.KeptAs is { } kept ? kept : id.StartsWith(Prefix, StringComparison.Ordinal) ? id : Prefix + context.ResponseId;

    /// <summary>The id of an item: its own, or one made of the answer's and the item's place.</summary>
    public static string OfItem(ContentBlock block, int place, WriteContext context) =>
        string.IsNullOrEmpty(block.Id) ? $"{PrefixOf(block)}_{context.ResponseId}_{place}" : block.Id;

    private static string PrefixOf(ContentBlock block) => block switch
    {
        ReasoningBlock => "rs",
        ToolCallBlock { Kind: ToolCallKind.Custom } => "ctc",
        ToolCallBlock => "fc",
        ServerToolCallBlock => "ws",
        MediaBlock => "ig",
        _ => "msg",
    };
}
