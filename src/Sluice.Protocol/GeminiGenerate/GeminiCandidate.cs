using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>One candidate of an answer, or what one chunk of a stream says of it.</summary>
internal sealed class GeminiCandidate
{
    private const string NoReason = "FINISH_REASON_UNSPECIFIED";

    /// <summary>Its place, from 0.</summary>
    public int Index { get; private set; }

    /// <summary>Its parts as they came.</summary>
    public IReadOnlyList<ContentBlock> Parts { get; private set; } = [];

    /// <summary>The vendor's word for the end; null before it.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>Why it ended so, in words; null when the vendor does not tell.</summary>
    public string? FinishMessage { get; private set; }

    /// <summary>How likely the tokens were.</summary>
    public IReadOnlyList<TokenLogprob> Logprobs { get; private set; } = [];

    /// <summary>What a search found; empty when there was none.</summary>
    public RawJson Grounding { get; private set; }

    /// <summary>Members that the model does not know.</summary>
    public List<Extension> Extensions { get; } = [];

    /// <summary>Members of the content that the model does not know.</summary>
    public IReadOnlyList<Extension> MessageExtensions { get; private set; } = [];

    /// <summary>The answer to a prompt that Google refused: nothing.</summary>
    public static GeminiCandidate Blocked(string? why) => new() { FinishReason = GeminiWords.PromptFeedback, FinishMessage = why };

    public static GeminiCandidate Read(ref JsonCursor cursor, int place, Owner owner)
    {
        var candidate = new GeminiCandidate { Index = place };
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            candidate.ReadMember(ref cursor, name, owner);
        }

        return candidate;
    }

    private void ReadMember(ref JsonCursor cursor, string name, Owner owner)
    {
        switch (GeminiNames.Camel(name))
        {
            case "index" when !cursor.IsNull:
                Index = Math.Max(cursor.ReadCountOrNull() ?? 0, 0);
                break;
            case "content" when !cursor.IsNull:
                var content = GeminiContentReader.Read(ref cursor, owner);
                Parts = content.Content;
                MessageExtensions = content.Extensions;
                break;
            case "finishReason" when cursor.IsString:
                var word = cursor.ReadString();
                FinishReason = word is "" or NoReason ? null : word;
                break;
            case "finishMessage" when cursor.IsString:
                FinishMessage = cursor.ReadString();
                break;
            case "groundingMetadata" when cursor.IsObject:
                Grounding = cursor.ReadRaw();
                break;
            case "logprobsResult" when cursor.IsObject:
                var raw = cursor;
                Logprobs = GeminiLogprobs.Read(ref cursor);
                GeminiNames.Keep(ref raw, Extensions, GeminiLogprobs.Member);
                break;
            case "index" or "content" or "finishReason" or "finishMessage" or "groundingMetadata" or "logprobsResult":
                cursor.Skip();
                break;
            default:
                GeminiNames.Keep(ref cursor, Extensions, name);
                break;
        }
    }
}
