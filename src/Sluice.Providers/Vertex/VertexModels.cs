namespace Sluice.Providers.Vertex;

/// <summary>Whose model a name on Vertex AI is, and how Vertex spells it.</summary>
internal static class VertexModels
{
    public const string Google = "google";
    public const string Anthropic = "anthropic";

    /// <summary>Open models, which Vertex serves in OpenAI's dialect under <c>publisher/model</c>.</summary>
    public const string Others = "others";

    public static string PublisherOf(string model)
        => model.StartsWith("claude-", StringComparison.Ordinal) ? Anthropic
        : model.Contains('/', StringComparison.Ordinal) && !model.StartsWith("models/", StringComparison.Ordinal) ? Others
        : Google;

    /// <summary>Anthropic dates a snapshot <c>claude-x-20250929</c>, Vertex <c>claude-x@20250929</c>.</summary>
    public static string SpellingOf(string model)
        => PublisherOf(model) == Anthropic && HasDate(model) ? string.Concat(model.AsSpan(0, model.Length - 9), "@", model.AsSpan(model.Length - 8)) : model;

    private static bool HasDate(string model)
        => model.Length > 9 && model[^9] == '-' && model.AsSpan(model.Length - 8).IndexOfAnyExceptInRange('0', '9') < 0;
}
