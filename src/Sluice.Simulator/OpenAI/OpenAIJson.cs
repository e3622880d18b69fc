using System.Text.Json;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

internal static class OpenAIJson
{
    /// <summary>Writes <c>{"error":{message,type,param,code}}</c>.</summary>
    public static void WriteError(Utf8JsonWriter json, VendorError error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", error.Message);
        json.WriteString("type", error.Type);
        json.WriteString("param", error.Param);
        json.WriteString("code", error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
