using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Writes the <c>usage</c> object: the input excludes both kinds of cache.</summary>
internal static class AnthropicUsage
{
    /// <summary>Writes the upstream's own object where it is of this dialect, else one made of the counts.</summary>
    public static void Write(Utf8JsonWriter json, TokenUsage usage, IReadOnlyList<Extension> extensions)
    {
        if (extensions.FirstOrDefault(extension => extension is { Name: "usage", Owner.Dialect: Dialect.AnthropicMessages }) is { } own)
        {
            json.WriteRaw("usage", own.Value);
            return;
        }

        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", usage.Input);
        json.WriteNumber("cache_creation_input_tokens", usage.CacheWrite5m + usage.CacheWrite1h);
        json.WriteNumber("cache_read_input_tokens", usage.CacheRead);
        json.WriteStartObject("cache_creation");
        json.WriteNumber("ephemeral_5m_input_tokens", usage.CacheWrite5m);
        json.WriteNumber("ephemeral_1h_input_tokens", usage.CacheWrite1h);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", usage.Output);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("thinking_tokens", usage.Reasoning);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
