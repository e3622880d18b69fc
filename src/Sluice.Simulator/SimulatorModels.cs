namespace Sluice.Simulator;

/// <summary>A model that the simulator lists; it answers for any other name as well.</summary>
/// <param name="Id">The name in requests.</param>
/// <param name="DisplayName">The name for people.</param>
/// <param name="ContextTokens">Tokens it says it can take in.</param>
/// <param name="MaxOutputTokens">Tokens it says it can put out; 0 for models without text output.</param>
public sealed record SimulatedModel(string Id, string DisplayName, int ContextTokens, int MaxOutputTokens)
{
    /// <summary>True when it reasons without being asked.</summary>
    public bool Thinks { get; init; }

    /// <summary>The methods that a Gemini list names for it.</summary>
    public IReadOnlyList<string> GeminiMethods { get; init; } = ["generateContent", "streamGenerateContent", "countTokens"];
}

/// <summary>The models that the simulator lists.</summary>
public static class SimulatorModels
{
    /// <summary>Every listed model, in the order of the lists.</summary>
    public static IReadOnlyList<SimulatedModel> All { get; } =
    [
        new("sim-small", "Simulator Small", 128_000, 16_384),
        new("sim-large", "Simulator Large", 1_000_000, 65_536),
        new("sim-think", "Simulator Think", 200_000, 65_536) { Thinks = true },
        new("sim-realtime", "Simulator Realtime", 32_000, 4_096) { GeminiMethods = [] },
        new("sim-embed", "Simulator Embeddings", 8_192, 0) { GeminiMethods = ["embedContent", "batchEmbedContents", "countTokens"] },
        new("sim-moderation", "Simulator Moderation", 32_768, 0) { GeminiMethods = [] },
    ];

    /// <summary>The release date that the lists state for every model: 2026-01-01.</summary>
    internal static readonly DateTimeOffset Released = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static SimulatedModel? Find(string id) => All.FirstOrDefault(model => model.Id == id);
}
