using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary>A call's counts as Anthropic reports them: input without what the cache read or wrote.</summary>
internal readonly record struct AnthropicUsage(int Input, CacheUse Cache, int Output, int Thinking)
{
    public static AnthropicUsage? Of(Call call, PromptTally tally, Answer answer)
    {
        var cache = tally.Segments.Any(segment => segment.CacheFor is not null)
            ? call.Simulation.PromptCache.Use($"anthropic {call.Model}", tally.Segments)
            : default;
        var input = tally.Tokens - cache.Read - cache.Written5m - cache.Written1h;
        return call.Faults.Usage switch
        {
            UsageFault.Missing => null,
            UsageFault.Wrong => new AnthropicUsage(input * 10, new CacheUse(cache.Read * 10, cache.Written5m * 10, cache.Written1h * 10), answer.OutputTokens * 10, answer.ReasoningTokens * 10),
            _ => new AnthropicUsage(input, cache, answer.OutputTokens, answer.ReasoningTokens),
        };
    }

    /// <summary>Writes the usage of a whole message, or of <c>message_start</c> with the tokens put out so far.</summary>
    public void Write(Utf8JsonWriter json, int? outputSoFar = null)
    {
        json.WriteStartObject("usage");
        WriteInput(json);
        json.WriteStartObject("cache_creation");
        json.WriteNumber("ephemeral_5m_input_tokens", Cache.Written5m);
        json.WriteNumber("ephemeral_1h_input_tokens", Cache.Written1h);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", outputSoFar ?? Output);
        if (outputSoFar is null)
        {
            WriteDetails(json);
        }

        json.WriteString("service_tier", "standard");
        json.WriteEndObject();
    }

    /// <summary>Writes the cumulative usage of <c>message_delta</c>.</summary>
    public void WriteDelta(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        WriteInput(json);
        json.WriteNumber("output_tokens", Output);
        WriteDetails(json);
        json.WriteEndObject();
    }

    private void WriteInput(Utf8JsonWriter json)
    {
        json.WriteNumber("input_tokens", Input);
        json.WriteNumber("cache_creation_input_tokens", Cache.Written5m + Cache.Written1h);
        json.WriteNumber("cache_read_input_tokens", Cache.Read);
    }

    private void WriteDetails(Utf8JsonWriter json)
    {
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("thinking_tokens", Thinking);
        json.WriteEndObject();
    }
}
