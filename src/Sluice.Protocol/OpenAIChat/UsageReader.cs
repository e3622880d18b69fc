using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>
/// The <c>usage</c> object of Chat Completions, Completions and Embeddings (openai 6.49.0 <c>CompletionUsage</c>).
/// <c>prompt_tokens</c> includes what was read from and written to the cache.
/// </summary>
internal static class UsageReader
{
    /// <summary>False when the value holds no count that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage)
    {
        long prompt = -1, completion = -1, total = -1, cached = -1, hit = -1, written = -1, reasoning = -1;
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            switch (members.Name)
            {
                case var name when name.SequenceEqual("prompt_tokens"u8):
                    prompt = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("completion_tokens"u8):
                    completion = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("total_tokens"u8):
                    total = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("prompt_cache_hit_tokens"u8):
                    // DeepSeek's own name; it also sends the usual one.
                    hit = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("prompt_tokens_details"u8):
                    OpenAIDetails.Read(members.Value, ref cached, ref written, ref reasoning);
                    break;
                case var name when name.SequenceEqual("completion_tokens_details"u8):
                    OpenAIDetails.Read(members.Value, ref cached, ref written, ref reasoning);
                    break;
            }
        }

        if (reasoning > 0 && total == prompt + completion + reasoning)
        {
            // xAI counts reasoning beside the completion; OpenAI counts it inside.
            completion += reasoning;
        }

        usage = OpenAIDetails.Disjoint(prompt, completion, Math.Max(cached, hit), written, reasoning);
        return prompt >= 0 || completion >= 0;
    }
}
