using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Ids of answers as Anthropic's clients expect them.</summary>
internal static class AnthropicIds
{
    private const string Prefix = "msg_";

    /// <summary>The upstream's id where it gave one.</summary>
    public static string Of(string id, WriteContext context) => id.Length == 0 ? Prefix + context.ResponseId : id;
}
