using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>The <c>usage</c> object: the input includes what was read from and written to the cache.</summary>
internal static class ResponsesUsage
{
    /// <summary>The counts, and the whole object beside them, since OpenAI counts more than the buckets hold.</summary>
    public static TokenUsage? Read(ref JsonCursor cursor, List<Extension> extensions)
    {
        var raw = cursor.ReadRaw();
        extensions.Add(new Extension(ResponsesWords.Owner, "usage", raw));
        return UsageReader.TryRead(raw.Span, out var usage) ? usage : null;
    }

    /// <summary>True for the upstream's own usage object.</summary>
    public static bool IsUsage(Extension extension) => extension is { Name: "usage", Owner.Dialect: Dialect.OpenAIResponses };

    /// <summary>Writes the upstream's own object where it is of this dialect, else one made of the counts.</summary>
    public static void Write(Utf8JsonWriter json, TokenUsage? usage, IReadOnlyList<Extension> extensions)
    {
        if (extensions.FirstOrDefault(IsUsage) is { } own)
        {
            json.WriteRaw("usage", own.Value);
        }
        else if (usage is { } counts)
        {
            Write(json, counts);
        }
        else
        {
            json.WriteNull("usage");
        }
    }

    private static void Write(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", usage.TotalInput);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("cached_tokens", usage.CacheRead);
        json.WriteNumber("cache_write_tokens", usage.CacheWrite5m + usage.CacheWrite1h);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", usage.Output);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("reasoning_tokens", usage.Reasoning);
        json.WriteEndObject();
        json.WriteNumber("total_tokens", usage.Total);
        json.WriteEndObject();
    }
}
