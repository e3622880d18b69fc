using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary><c>models/{model}:embedContent</c> and <c>:batchEmbedContents</c>.</summary>
internal static class EmbedContent
{
    private const int MostRequests = 100;

    public static Reply Handle(Call call) => Check(call.Body, "EmbedContentRequest") is { } error
        ? new ErrorReply(error)
        : new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WritePropertyName("embedding");
            WriteVector(json, call, call.Body);
            WriteUsage(json, call, [call.Body]);
            json.WriteEndObject();
        }, JsonText.Indented));

    public static Reply HandleBatch(Call call)
    {
        var requests = call.Body.Get("requests").Items().ToList();
        if (requests.Count is 0 or > MostRequests)
        {
            return new ErrorReply(GeminiVendor.Refuse(requests.Count == 0
                ? "* BatchEmbedContentsRequest.requests: requests is not specified\n"
                : $"* BatchEmbedContentsRequest.requests: at most {MostRequests} requests can be in one batch\n"));
        }

        if (requests.Select(request => Check(request, "BatchEmbedContentsRequest.requests")).FirstOrDefault(error => error is not null) is { } refused)
        {
            return new ErrorReply(refused);
        }

        return new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("embeddings");
            foreach (var request in requests)
            {
                WriteVector(json, call, request);
            }

            json.WriteEndArray();
            WriteUsage(json, call, requests);
            json.WriteEndObject();
        }, JsonText.Indented));
    }

    private static VendorError? Check(JsonElement request, string name) =>
        !request.Get("content").Get("parts").IsArray() ? GeminiVendor.Refuse($"* {name}.content: contents is not specified\n")
        : Dimensions(request) is < 1 or > 3_072 ? GeminiVendor.Refuse($"* {name}.output_dimensionality: output_dimensionality must be between 1 and 3072\n")
        : null;

    private static int? Dimensions(JsonElement request)
    {
        var dimensions = request.Get("outputDimensionality", "output_dimensionality");
        return dimensions.IsPresent() ? dimensions.Integer() ?? 0 : null;
    }

    private static string Text(JsonElement request) =>
        string.Join('\n', request.Get("content").Get("parts").Items().Select(part => part.Text("text")).OfType<string>());

    private static void WriteVector(Utf8JsonWriter json, Call call, JsonElement request)
    {
        json.WriteStartObject();
        json.WriteStartArray("values");
        foreach (var value in EmbeddingVector.Of(
            call.Simulation.Options.Seed, call.Model, Text(request), Dimensions(request) ?? EmbeddingVector.DefaultDimensions(call.Model)))
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, Call call, IEnumerable<JsonElement> requests)
    {
        var tokens = requests.Sum(request => Tokenizer.Count(Text(request)));
        new GeminiUsage(tokens, 0, 0).Reported(call.Faults.Usage)?.Write(json);
    }
}
