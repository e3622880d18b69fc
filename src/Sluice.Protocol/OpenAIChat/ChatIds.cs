using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Ids of answers as Chat clients expect them.</summary>
internal static class ChatIds
{
    private const string Prefix = "chatcmpl-";

    /// <summary>The upstream's id where it gave one.</summary>
    public static string Of(string id, WriteContext context) =>
        id.Length == 0 ? Prefix + context.ResponseId : id;
}
