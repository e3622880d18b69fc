using System.Text;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Answers;

/// <summary>Plausible words that repeat what was asked, so that a reader sees which request an answer belongs to.</summary>
internal static class AnswerText
{
    private const int QuotedWords = 12;
    private const int QuotedResult = 400;

    private static readonly string[] Openings =
        ["You said: ", "Your last words were: ", "I read: ", "Here is what I understood: "];

    // Multi-byte text on purpose: a relay that cuts inside a character shows.
    private static readonly string[] Sentences =
    [
        "No vendor was called and nothing was charged.",
        "The same request gives the same answer every time.",
        "A real model would say something cleverer here.",
        "Naïve cafés charge 3 € for an espresso – this one is free.",
        "Everything you see was made from the seed and the request.",
        "Ask for a tool by name and it will be called.",
        "The water runs through the sluice, drop by drop. 💧",
        "Streams, tools, schemas and faults behave as they do on the wire.",
        "これは模擬応答です。",
        "Nothing left this machine.",
    ];

    private static readonly string[] Thoughts =
    [
        "The user wants a short answer.",
        "I should look at the last words first.",
        "There may be a tool for this.",
        "Nothing here needs a vendor.",
        "I will keep the answer plain.",
        "Let me check the request once more.",
    ];

    public static string Write(Prompt prompt, SeededRandom random)
    {
        var text = prompt.Shape switch
        {
            OutputShape.JsonSchema => SchemaInstance.Write(prompt.Schema, random),
            OutputShape.JsonObject => Quote(prompt),
            _ => Say(prompt, random),
        };

        return prompt.BareEnum ? text.Trim('"') : text;
    }

    public static string Reason(Prompt prompt, SeededRandom random)
    {
        var text = new StringBuilder($"The request ends with \"{LastWords(prompt)}\".");
        AppendSome(text, Thoughts, 2 + random.Below(3), random);

        return text.ToString();
    }

    private static string Say(Prompt prompt, SeededRandom random)
    {
        var results = prompt.Conversation.ToolResults;
        var text = new StringBuilder(results.Count > 0
            ? string.Join(' ', results.Select(result => $"The tool answered: {Shorten(result.Trim())}."))
            : $"{random.Pick(Openings)}\"{LastWords(prompt)}\".");
        text.Append(" This is ").Append(prompt.Model).Append(", simulated.");
        AppendSome(text, Sentences, 1 + random.Below(3), random);
        return prompt.TextTokens is { } tokens ? Stretch(text, tokens, random) : text.ToString();
    }

    /// <summary>Appends so many sentences, none of them twice.</summary>
    private static void AppendSome(StringBuilder text, string[] sentences, int count, SeededRandom random)
    {
        var first = random.Below(sentences.Length);
        for (var i = 0; i < count; i++)
        {
            text.Append(' ').Append(sentences[(first + i) % sentences.Length]);
        }
    }

    private static string Stretch(StringBuilder text, int tokens, SeededRandom random)
    {
        // Four bytes a token: as many characters are always enough.
        while (text.Length < tokens * 4L)
        {
            text.Append(' ').Append(random.Pick(Sentences));
        }

        return Tokenizer.Take(text.ToString(), tokens);
    }

    private static string Quote(Prompt prompt) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("answer", LastWords(prompt));
        json.WriteString("model", prompt.Model);
        json.WriteEndObject();
    });

    private static string LastWords(Prompt prompt)
    {
        var words = prompt.Conversation.LastUserPart.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.TakeLast(QuotedWords));
    }

    private static string Shorten(string result) =>
        result.Length <= QuotedResult ? result : Tokenizer.Take(result, QuotedResult / 4) + "…";
}
