using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Writes the <c>usage</c> object: the input includes what was read from and written to the cache.</summary>
internal static class ChatUsage
{
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
    }

    /// <summary>True for the upstream's own usage object.</summary>
    public static bool IsUsage(Extension extension) => extension is { Name: "usage", Owner.Dialect: Dialect.OpenAIChat };

    private static void Write(Utf8JsonWriter json, TokenUsage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", usage.TotalInput);
        json.WriteNumber("completion_tokens", usage.Output);
        json.WriteNumber("total_tokens", usage.Total);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", usage.CacheRead);
        json.WriteNumber("cache_write_tokens", usage.CacheWrite5m + usage.CacheWrite1h);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", usage.Reasoning);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
