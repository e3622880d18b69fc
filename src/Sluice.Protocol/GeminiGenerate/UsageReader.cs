using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// The <c>usageMetadata</c> object (@google/genai 2.32.0 <c>GenerateContentResponseUsageMetadata</c>).
/// <c>promptTokenCount</c> includes cached content; thoughts and tool prompts stand beside candidates and prompt.
/// </summary>
internal static class UsageReader
{
    /// <summary>False when the value holds no count that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage)
    {
        long prompt = -1, candidates = -1, thoughts = -1, cached = -1, toolPrompt = -1;
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            switch (members.Name)
            {
                case var name when name.SequenceEqual("promptTokenCount"u8):
                    prompt = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("candidatesTokenCount"u8):
                    candidates = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("thoughtsTokenCount"u8):
                    thoughts = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("cachedContentTokenCount"u8):
                    cached = TokenCount.Read(members.Value);
                    break;
                case var name when name.SequenceEqual("toolUsePromptTokenCount"u8):
                    toolPrompt = TokenCount.Read(members.Value);
                    break;
            }
        }

        var input = Math.Max(prompt, 0);
        cached = Math.Clamp(cached, 0, input);
        thoughts = Math.Max(thoughts, 0);
        usage = new TokenUsage(
            input - cached + Math.Max(toolPrompt, 0), cached, 0, 0, Math.Max(candidates, 0) + thoughts, thoughts);
        return prompt >= 0 || candidates >= 0;
    }
}
