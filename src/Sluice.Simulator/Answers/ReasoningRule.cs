namespace Sluice.Simulator.Answers;

/// <summary>Which models reason without being asked, by name.</summary>
internal static class ReasoningRule
{
    private static readonly string[] OpenAIPrefixes = ["o1", "o3", "o4", "gpt-5", "gpt-6"];

    /// <summary><c>sim-think</c> and everything else with "think" in its name.</summary>
    public static bool Thinks(string model) => model.Contains("think", StringComparison.OrdinalIgnoreCase);

    public static bool OpenAI(string model) =>
        Thinks(model) || OpenAIPrefixes.Any(prefix => model.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Gemini 3 and later reason, and sign, at every level.</summary>
    public static bool Gemini(string model) =>
        Thinks(model) || (model.StartsWith("gemini-", StringComparison.Ordinal) && model.Length > 7 && model[7] is >= '3' and <= '9');
}
