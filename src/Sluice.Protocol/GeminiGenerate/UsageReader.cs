using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// The <c>usageMetadata</c> object (@google/genai 2.32.0 <c>GenerateContentResponseUsageMetadata</c>).
/// <c>promptTokenCount</c> includes cached content; thoughts and tool prompts stand beside candidates and prompt.
/// </summary>
internal static class UsageReader
{
    private static readonly CountTable Counts = new(
        "promptTokenCount",
        "candidatesTokenCount",
        "thoughtsTokenCount",
        "cachedContentTokenCount",
        "toolUsePromptTokenCount");

    /// <summary>False when the value holds no count that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage)
    {
        Span<long> counts = stackalloc long[CountTable.Room];
        Counts.Read(json, counts);
        var prompt = Math.Max(counts[0], 0);
        var thoughts = Math.Max(counts[2], 0);
        var cached = Math.Clamp(counts[3], 0, prompt);
        var input = prompt - cached + Math.Max(counts[4], 0);
        usage = new TokenUsage(input, cached, 0, 0, Math.Max(counts[1], 0) + thoughts, thoughts);
        return counts[0] >= 0 || counts[1] >= 0;
    }
}
