using System.Buffers;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>
/// Bodies as in Chat Completions; inside a stream the flat <c>error</c> event (openai 6.49.0 <c>ResponseErrorEvent</c>).
/// </summary>
internal sealed class OpenAIResponsesErrorFormat : ErrorFormat
{
    public static readonly OpenAIResponsesErrorFormat Instance = new();

    public override void WriteBody(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing) =>
        OpenAIChatErrorFormat.Instance.WriteBody(output, error, requestId, framing);

    public override void WriteStreamEvent(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing, int eventsSent)
    {
        output.Write("event: error\ndata: "u8);
        JsonErrorWriter.Write(output, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", "error");
            writer.WriteString("code", error.Code);
            writer.WriteString("message", error.Message);
            writer.WriteStringOrNull("param", error.Param);
            writer.WriteNumber("sequence_number", eventsSent);
            writer.WriteEndObject();
        });
        output.Write("\n\n"u8);
    }

    public override ReadOnlySpan<byte> KeepAlive(ResponseFraming framing) =>
        OpenAIChatErrorFormat.Instance.KeepAlive(framing);
}
