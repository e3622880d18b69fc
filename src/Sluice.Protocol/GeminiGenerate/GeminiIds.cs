using System.Security.Cryptography;
using System.Text;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// Ids of tool calls for answers and conversations that have none, since ids are optional here and required elsewhere. An id
/// that was made is known by its beginning and never written back, so that Google sees its own conversation again; calls
/// and results are then matched by their order.
/// </summary>
internal static class GeminiIds
{
    // With the digits 36 characters: fits every dialect.
    private const string Prefix = "call_gemini_";
    private const int HashDigits = 24;

    /// <summary>Makes the id of a call.</summary>
    /// <param name="seed">What tells the answer from others: its id.</param>
    /// <param name="choice">Which candidate of the answer.</param>
    /// <param name="place">Which call of the candidate, or of the conversation.</param>
    /// <param name="call">The call.</param>
    public static string Make(string seed, int choice, int place, ToolCallBlock call)
    {
        // Without an id of the answer its signature and arguments tell it from others.
        var content = $"{seed}/{choice}/{place}/{call.Name}/{call.Signature?.Data}/{(seed.Length == 0 ? call.Arguments.ToString() : "")}";
        return Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..HashDigits];
    }

    /// <summary>True for an id that <see cref="Make"/> made.</summary>
    public static bool IsMade(string id) => id.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>
    /// The conversation with an id for every call and result. A result without one belongs to the first call of its tool
    /// that has no result yet.
    /// </summary>
    public static List<ChatMessage> Fill(List<ChatMessage> messages)
    {
        var open = new List<ToolCallBlock>();
        var calls = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            var content = messages[i].Content;
            if (content.Any(block => block is ToolCallBlock or ToolResultBlock))
            {
                messages[i] = messages[i] with { Content = [.. content.Select(block => Filled(block, open, ref calls))] };
            }
        }

        return messages;
    }

    private static ContentBlock Filled(ContentBlock block, List<ToolCallBlock> open, ref int calls)
    {
        if (block is ToolCallBlock call)
        {
            // The place in the conversation stays the same while it grows, and so does the cached prompt.
            var named = call.CallId.Length > 0 ? call : call with { CallId = Make("conversation", 0, calls, call with { Signature = null }) };
            calls++;
            open.Add(named);
            return named;
        }

        if (block is not ToolResultBlock result)
        {
            return block;
        }

        var answered = open.Find(other => result.CallId.Length > 0 ? other.CallId == result.CallId : other.Name == result.Name);
        if (answered is not null)
        {
            open.Remove(answered);
        }

        return result.CallId.Length > 0 ? result
            : result with { CallId = answered?.CallId ?? Make("result", 0, calls, new ToolCallBlock("", result.Name ?? "", default)) };
    }
}
