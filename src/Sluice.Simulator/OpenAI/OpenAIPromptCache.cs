using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>A request with a <c>prompt_cache_key</c> is remembered by that key for five minutes (a day where it asks for that).</summary>
internal static class OpenAIPromptCache
{
    private static readonly TimeSpan InMemory = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Extended = TimeSpan.FromHours(24);

    public static TimeSpan? LifeOf(JsonElement body) =>
        !body.Get("prompt_cache_key").IsPresent() ? null
        : body.Text("prompt_cache_retention") == "24h" ? Extended
        : InMemory;

    /// <summary>How many tokens of the prompt were cached already.</summary>
    public static int CachedTokens(Call call, PromptTally tally) =>
        call.Body.Text("prompt_cache_key") is { } key
            ? call.Simulation.PromptCache.Use($"openai {call.Model} {key}", tally.Segments).Read
            : 0;
}
