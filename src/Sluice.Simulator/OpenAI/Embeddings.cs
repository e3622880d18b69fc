using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary><c>POST /v1/embeddings</c>: floats, or little-endian float32 in base64.</summary>
internal static class Embeddings
{
    private const int MostInputs = 2_048;

    public static Reply Handle(Call call)
    {
        var body = call.Body;
        var most = EmbeddingVector.DefaultDimensions(call.Model);
        var wrongDimensions = OpenAIRefusal.TryInteger(body, "dimensions", 1, out var dimensions);
        var format = body.Text("encoding_format") ?? "float";
        var refused = (call.AskedModel.Length == 0 ? OpenAIRefusal.MissingModel : null)
            ?? CheckInput(body.Get("input"))
            ?? wrongDimensions
            ?? (dimensions > most ? OpenAIRefusal.Refuse($"Invalid value for 'dimensions' = {dimensions}. Must be less than or equal to {most}.", "dimensions") : null)
            ?? (format is "float" or "base64" ? null : OpenAIRefusal.WrongValue("encoding_format", format, "'float' and 'base64'"));
        if (refused is { } error)
        {
            return new ErrorReply(error);
        }

        var inputs = Inputs(body.Get("input"));
        var tokens = inputs.Sum(input => input.Tokens);
        return new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            for (var i = 0; i < inputs.Count; i++)
            {
                WriteVector(json, i, EmbeddingVector.Of(call.Simulation.Options.Seed, call.Model, inputs[i].Text, dimensions ?? most), format);
            }

            json.WriteEndArray();
            json.WriteString("model", call.AskedModel);
            if (new TokenCounts(tokens, 0, 0, 0).Reported(call.Faults.Usage) is { } counts)
            {
                json.WriteStartObject("usage");
                json.WriteNumber("prompt_tokens", counts.Input);
                json.WriteNumber("total_tokens", counts.Input);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }));
    }

    private static VendorError? CheckInput(JsonElement input) =>
        !input.IsPresent() ? OpenAIRefusal.Missing("input")
        : input.Text() is null && !input.IsArray() ? OpenAIRefusal.WrongType("input", "one of a string or array", input)
        : input.Text()?.Length == 0 || (input.IsArray() && input.GetArrayLength() is 0 or > MostInputs)
            ? OpenAIRefusal.Refuse($"Invalid 'input': expected between 1 and {MostInputs} items, none of them empty.", "input")
        : null;

    /// <summary>The texts, or the token arrays, which count as many tokens as they have.</summary>
    private static List<(string Text, int Tokens)> Inputs(JsonElement input)
    {
        if (input.Text() is { } text)
        {
            return [(text, Tokenizer.Count(text))];
        }

        return input[0].ValueKind == JsonValueKind.Number
            ? [(input.GetRawText(), input.GetArrayLength())]
            : [.. input.EnumerateArray().Select(item => item.IsArray()
                ? (item.GetRawText(), item.GetArrayLength())
                : (item.Text() ?? "", Tokenizer.Count(item.Text() ?? "")))];
    }

    private static void WriteVector(Utf8JsonWriter json, int index, float[] vector, string format)
    {
        json.WriteStartObject();
        json.WriteString("object", "embedding");
        json.WriteNumber("index", index);
        if (format == "base64")
        {
            // Little-endian, as every machine that .NET runs on.
            json.WriteBase64String("embedding", MemoryMarshal.AsBytes(vector.AsSpan()));
        }
        else
        {
            json.WriteStartArray("embedding");
            foreach (var value in vector)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
