namespace Sluice.Simulator.Answers;

/// <summary>
/// Unit vectors that are the same for the same model and text. Words are hashed into dimensions, so texts that share words
/// lie closer together than texts that do not, and a search over them finds something.
/// </summary>
internal static class EmbeddingVector
{
    private const int DimensionsPerWord = 16;
    private const double Noise = 0.02;

    /// <summary>How long a model's vectors are unless asked otherwise: 3,072 for the large ones, 1,536 for OpenAI's, 256 for the simulator's.</summary>
    public static int DefaultDimensions(string model) =>
        model.Contains("large", StringComparison.Ordinal) || model.StartsWith("gemini-embedding", StringComparison.Ordinal) ? 3_072
        : model.StartsWith("text-embedding-0", StringComparison.Ordinal) ? 768
        : model.StartsWith("text-embedding", StringComparison.Ordinal) ? 1_536
        : 256;

    public static float[] Of(int seed, string model, string text, int dimensions)
    {
        var sums = new double[dimensions];
        var modelSeed = StableHash.Of((ulong)seed, model);
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var random = new SeededRandom(StableHash.Of(modelSeed, word.ToLowerInvariant()));
            for (var i = 0; i < DimensionsPerWord; i++)
            {
                sums[random.Below(dimensions)] += random.Below(2) == 0 ? 1 : -1;
            }
        }

        var noise = new SeededRandom(StableHash.Of(modelSeed, text));
        for (var i = 0; i < dimensions; i++)
        {
            sums[i] += Noise * (noise.Fraction() - 0.5);
        }

        var length = Math.Sqrt(sums.Sum(value => value * value));
        return [.. sums.Select(value => (float)(value / length))];
    }
}
