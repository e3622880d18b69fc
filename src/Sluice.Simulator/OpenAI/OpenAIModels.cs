using System.Text.Json;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary><c>GET /v1/models</c> and <c>/v1/models/{id}</c>.</summary>
internal static class OpenAIModels
{
    public static Reply List(Call call) => new JsonReply(JsonText.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var model in SimulatorModels.All)
        {
            Write(json, model.Id);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }));

    /// <summary>Answers for every name but unknown ones, as the other paths do.</summary>
    public static Reply Get(Call call, string id) => id.StartsWith("unknown", StringComparison.Ordinal)
        ? new ErrorReply(call.Vendor.UnknownModel(id) with { Param = "model" })
        : new JsonReply(JsonText.Bytes(json => Write(json, id)));

    private static void Write(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", "model");
        json.WriteNumber("created", SimulatorModels.Released.ToUnixTimeSeconds());
        json.WriteString("owned_by", "simulator");
        json.WriteEndObject();
    }
}
