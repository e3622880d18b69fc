using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary>
/// Vertex AI's general calls: <c>:predict</c> (an embedding for an instance with content, a picture for one with a prompt),
/// <c>:predictLongRunning</c> (a film) and <c>:fetchPredictOperation</c>, whose operation is done when it is first asked for.
/// </summary>
internal static class Predictions
{
    /// <summary>One grey pixel.</summary>
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

    public static Reply Handle(Call call)
    {
        var instances = call.Body.Get("instances").Items().ToList();
        if (instances.Count == 0 || instances.Exists(instance => instance.Text("content") is null && instance.Text("prompt") is null))
        {
            return new ErrorReply(GeminiVendor.Refuse("Invalid instances: each must have a content or a prompt.", "instances"));
        }

        return new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("predictions");
            foreach (var instance in instances)
            {
                Write(json, call, instance);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }, JsonText.Indented));
    }

    public static Reply HandleLongRunning(Call call) => call.Body.Get("instances").Items().Any()
        ? new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("name", $"{PlaceOf(call)}/publishers/google/models/{call.AskedModel}/operations/{SimulatedId.Noise(call.Ids(), 24)}");
            json.WriteEndObject();
        }, JsonText.Indented))
        : new ErrorReply(GeminiVendor.Refuse("Invalid instances: there must be one.", "instances"));

    public static Reply HandleFetch(Call call)
    {
        if (call.Body.Text("operationName") is not { } name || !name.StartsWith($"{PlaceOf(call)}/", StringComparison.Ordinal))
        {
            return new ErrorReply(new VendorError(404, "NOT_FOUND", "The operation is not found in this project and location."));
        }

        return new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteBoolean("done", true);
            json.WriteStartObject("response");
            json.WriteString("@type", "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse");
            json.WriteNumber("raiMediaFilteredCount", 0);
            json.WriteStartArray("videos");
            json.WriteStartObject();
            json.WriteString("gcsUri", $"gs://simulated/{name[(name.LastIndexOf('/') + 1)..]}.mp4");
            json.WriteString("mimeType", "video/mp4");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }, JsonText.Indented));
    }

    private static void Write(Utf8JsonWriter json, Call call, JsonElement instance)
    {
        json.WriteStartObject();
        if (instance.Text("content") is { } content)
        {
            json.WriteStartObject("embeddings");
            json.WriteStartArray("values");
            foreach (var value in EmbeddingVector.Of(
                call.Simulation.Options.Seed, call.Model, content,
                Math.Clamp(call.Body.Get("parameters").Get("outputDimensionality").Integer() ?? EmbeddingVector.DefaultDimensions(call.Model), 1, 3_072)))
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
            json.WriteStartObject("statistics");
            json.WriteBoolean("truncated", false);
            json.WriteNumber("token_count", Tokenizer.Count(content));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("mimeType", "image/png");
            json.WriteString("bytesBase64Encoded", Png);
        }

        json.WriteEndObject();
    }

    /// <summary>Project and location as the path has them; those of nobody where it has none.</summary>
    private static string PlaceOf(Call call)
    {
        var values = call.Http.Request.RouteValues;
        return $"projects/{values["project"] ?? "simulated"}/locations/{values["location"] ?? "global"}";
    }
}
