using System.Buffers;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIRealtime;

/// <summary>An <c>error</c> event as the vendor sends it (openai 6.49.0 <c>RealtimeErrorEvent</c>).</summary>
public static class RealtimeErrorEvent
{
    /// <summary>Writes the event.</summary>
    /// <param name="output">Takes the message.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="eventId">The id of this event.</param>
    /// <param name="cause">The id of the client's event that is refused; null where none is at fault, or it had none.</param>
    public static void Write(IBufferWriter<byte> output, GatewayError error, string eventId, string? cause)
        => JsonErrorWriter.Write(output, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", "error");
            writer.WriteString("event_id", eventId);
            writer.WriteStartObject("error");
            writer.WriteString("type", OpenAIChatErrorFormat.Type(error.Kind));
            writer.WriteString("code", error.Code);
            writer.WriteString("message", error.Message);
            writer.WriteStringOrNull("param", error.Param);
            writer.WriteStringOrNull("event_id", cause);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
}
