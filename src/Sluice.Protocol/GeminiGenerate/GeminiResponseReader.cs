using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Reads a whole <c>GenerateContentResponse</c>.</summary>
internal static class GeminiResponseReader
{
    public static ChatResponse Read(ref JsonCursor cursor, Owner owner)
    {
        var answer = GeminiAnswer.Read(ref cursor, owner);
        if (answer.Candidates.Count == 0)
        {
            throw new WireFormatException("it has no candidates", "candidates");
        }

        return new ChatResponse
        {
            Id = answer.Id,
            Model = answer.Model,
            Created = answer.Created,
            Usage = answer.Usage,
            Choices = [.. answer.Candidates.Select(candidate => ToChoice(candidate, answer.Id, owner))],
            Extensions = answer.RawUsage is { } usage ? [.. answer.Extensions, usage] : answer.Extensions,
        };
    }

    private static ChatChoice ToChoice(GeminiCandidate candidate, string seed, Owner owner)
    {
        var content = new List<ContentBlock>();
        var calls = 0;
        foreach (var part in candidate.Parts)
        {
            if (part is ToolCallBlock call)
            {
                content.Add(call.CallId.Length > 0 ? call : call with { CallId = GeminiIds.Make(seed, candidate.Index, calls, call) });
                calls++;
            }
            else
            {
                Add(part, content);
            }
        }

        var finish = GeminiWords.ToFinish(candidate.FinishReason ?? "", calls > 0);
        return new ChatChoice(candidate.Index, content, finish with { Explanation = candidate.FinishMessage })
        {
            Logprobs = candidate.Logprobs,
            Grounding = candidate.Grounding.IsEmpty ? null : GeminiGrounding.Read(candidate.Grounding, owner, TextsOf(candidate.Parts)),
            Extensions = candidate.Extensions,
            MessageExtensions = candidate.MessageExtensions,
        };
    }

    /// <summary>A text may be followed by an empty one that only brings its signature.</summary>
    private static void Add(ContentBlock part, List<ContentBlock> content)
    {
        if (part is not TextBlock { Text: "", Extensions.Count: 0 } empty)
        {
            content.Add(part);
        }
        else if (empty.Signature is not null && content is [.., TextBlock { Signature: null } text])
        {
            content[^1] = text with { Signature = empty.Signature };
        }
        else if (empty.Signature is not null)
        {
            content.Add(part);
        }
    }

    private static List<string?> TextsOf(IReadOnlyList<ContentBlock> parts) => [.. parts.Select(part => (part as TextBlock)?.Text)];
}
