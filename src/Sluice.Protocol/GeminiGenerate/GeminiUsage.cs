using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Writes <c>usageMetadata</c>: the prompt includes what was cached, and thoughts stand beside the answer.</summary>
internal static class GeminiUsage
{
    /// <summary>How the upstream's own object is kept, under the name that all dialects use for it.</summary>
    public const string Kept = "usage";

    /// <summary>Writes the upstream's own object where it is of this dialect, else one made of the counts.</summary>
    public static void Write(Utf8JsonWriter json, TokenUsage? counts, IReadOnlyList<Extension> extensions)
    {
        if (extensions.FirstOrDefault(extension => extension is { Name: Kept, Owner.Dialect: Dialect.GeminiGenerate }) is { } own)
        {
            json.WriteRaw("usageMetadata", own.Value);
            return;
        }

        if (counts is not { } usage)
        {
            return;
        }

        json.WriteStartObject("usageMetadata");
        json.WriteNumber("promptTokenCount", usage.TotalInput);
        json.WriteIf("cachedContentTokenCount", usage.CacheRead > 0 ? usage.CacheRead : null);
        json.WriteNumber("candidatesTokenCount", usage.Output - usage.Reasoning);
        json.WriteIf("thoughtsTokenCount", usage.Reasoning > 0 ? usage.Reasoning : null);
        json.WriteNumber("totalTokenCount", usage.Total);
        json.WriteEndObject();
    }
}
