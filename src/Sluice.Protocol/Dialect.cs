namespace Sluice.Protocol;

/// <summary>The wire formats that clients and upstreams speak.</summary>
public enum Dialect
{
    /// <summary>OpenAI Chat Completions and its one-shot relatives (completions, embeddings, moderations).</summary>
    OpenAIChat,

    /// <summary>OpenAI Responses.</summary>
    OpenAIResponses,

    /// <summary>Anthropic Messages.</summary>
    AnthropicMessages,

    /// <summary>Google Gemini <c>generateContent</c> and its relatives.</summary>
    GeminiGenerate,
}

/// <summary>The names that <c>sluice.yaml</c> and the documentation use for a <see cref="Dialect"/>.</summary>
public static class DialectNames
{
    /// <summary>Every name, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"];

    /// <summary>The configuration name of a dialect, such as <c>openai-chat</c>.</summary>
    public static string Name(this Dialect dialect) => All[(int)dialect];

    /// <summary>Finds a dialect by its configuration name (exact, lower case).</summary>
    public static bool TryParse(string name, out Dialect dialect)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i] == name)
            {
                dialect = (Dialect)i;
                return true;
            }
        }

        dialect = default;
        return false;
    }
}
