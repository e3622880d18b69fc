using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary><c>POST /v1/moderations</c>: flags by word list, so that a test can make it flag what it wants.</summary>
internal static class Moderations
{
    private const string DefaultModel = "omni-moderation-latest";
    private const double FlaggedAbove = 0.5;

    /// <summary>Categories in the vendor's order, and the words that flag them.</summary>
    private static readonly (string Category, string[] Words)[] Categories =
    [
        ("harassment", ["idiot", "stupid"]),
        ("harassment/threatening", ["threaten"]),
        ("hate", ["hate"]),
        ("hate/threatening", []),
        ("illicit", ["counterfeit", "smuggle"]),
        ("illicit/violent", ["bomb"]),
        ("self-harm", ["suicide"]),
        ("self-harm/instructions", []),
        ("self-harm/intent", []),
        ("sexual", ["porn"]),
        ("sexual/minors", []),
        ("violence", ["kill", "murder"]),
        ("violence/graphic", ["gore"]),
    ];

    public static Reply Handle(Call call)
    {
        var input = call.Body.Get("input");
        if (!input.IsPresent())
        {
            return new ErrorReply(OpenAIRefusal.Missing("input"));
        }

        if (input.Text() is null && !input.IsArray())
        {
            return new ErrorReply(OpenAIRefusal.WrongType("input", "one of a string or array", input));
        }

        return new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", SimulatedId.Moderation(call.Ids()));
            json.WriteString("model", call.AskedModel.Length == 0 ? DefaultModel : call.AskedModel);
            json.WriteStartArray("results");
            foreach (var (text, hasImage) in Inputs(input))
            {
                WriteResult(json, text, hasImage, call.Ids());
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    /// <summary>Each text has a result of its own; text and images given as parts have one together.</summary>
    private static IEnumerable<(string Text, bool HasImage)> Inputs(JsonElement input) =>
        input.IsArray() && input.GetArrayLength() > 0 && input[0].IsObject()
            ? [(string.Join('\n', input.EnumerateArray().Select(part => part.Text("text")).OfType<string>()), input.EnumerateArray().Any(part => part.Text("type") == "image_url"))]
            : input.Strings().Select(text => (text, false));

    private static void WriteResult(Utf8JsonWriter json, string text, bool hasImage, SeededRandom random)
    {
        var scores = Categories.Select(category => Score(category.Words, text, random)).ToList();
        json.WriteStartObject();
        json.WriteBoolean("flagged", scores.Exists(score => score > FlaggedAbove));
        json.WriteStartObject("categories");
        Each(i => json.WriteBoolean(Categories[i].Category, scores[i] > FlaggedAbove));
        json.WriteEndObject();
        json.WriteStartObject("category_scores");
        Each(i => json.WriteNumber(Categories[i].Category, scores[i]));
        json.WriteEndObject();
        json.WriteStartObject("category_applied_input_types");
        Each(i =>
        {
            json.WriteStartArray(Categories[i].Category);
            json.WriteStringValue("text");
            if (hasImage && (Categories[i].Category.StartsWith("self-harm", StringComparison.Ordinal) || Categories[i].Category is "sexual" or "violence" or "violence/graphic"))
            {
                json.WriteStringValue("image");
            }

            json.WriteEndArray();
        });
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static double Score(string[] words, string text, SeededRandom random)
    {
        var small = random.Fraction() / 1_000;
        return Array.Exists(words, word => text.Contains(word, StringComparison.OrdinalIgnoreCase)) ? 0.9 + small : small;
    }

    private static void Each(Action<int> write)
    {
        for (var i = 0; i < Categories.Length; i++)
        {
            write(i);
        }
    }
}
