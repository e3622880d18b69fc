using System.Text;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>Named, numbered events; an <c>error</c> event is the last.</summary>
internal sealed class ResponsesStreamFormat : StreamFormat
{
    public static readonly ResponsesStreamFormat Instance = new();

    public override byte[] ErrorFrame(VendorError error, string requestId, int eventsSent)
    {
        var data = JsonText.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("type", "error");
            json.WriteNumber("sequence_number", eventsSent);
            json.WriteString("code", error.Code ?? error.Type);
            json.WriteString("message", error.Message);
            json.WriteString("param", error.Param);
            json.WriteEndObject();
        });
        return Encoding.UTF8.GetBytes($"event: error\ndata: {data}\n\n");
    }
}
