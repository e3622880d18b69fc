using System.Text.Json;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary><c>GET /v1beta/models</c> and <c>/v1beta/models/{model}</c>.</summary>
internal static class GeminiModels
{
    public static Reply List(Call call) => new JsonReply(JsonText.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("models");
        foreach (var model in SimulatorModels.All)
        {
            Write(json, model);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }, JsonText.Indented));

    /// <summary>Answers for every name but unknown ones, as the other paths do.</summary>
    public static Reply Get(Call call, string id) => id.StartsWith("unknown", StringComparison.Ordinal)
        ? new ErrorReply(call.Vendor.UnknownModel(id))
        : new JsonReply(JsonText.Bytes(json => Write(json, SimulatorModels.Find(id) ?? new SimulatedModel(id, id, 1_000_000, 65_536)), JsonText.Indented));

    private static void Write(Utf8JsonWriter json, SimulatedModel model)
    {
        json.WriteStartObject();
        json.WriteString("name", $"models/{model.Id}");
        json.WriteString("baseModelId", model.Id);
        json.WriteString("version", "001");
        json.WriteString("displayName", model.DisplayName);
        json.WriteNumber("inputTokenLimit", model.ContextTokens);
        json.WriteNumber("outputTokenLimit", model.MaxOutputTokens);
        json.WriteStartArray("supportedGenerationMethods");
        foreach (var method in model.GeminiMethods)
        {
            json.WriteStringValue(method);
        }

        json.WriteEndArray();
        if (model.Thinks)
        {
            json.WriteBoolean("thinking", true);
        }

        json.WriteEndObject();
    }
}
