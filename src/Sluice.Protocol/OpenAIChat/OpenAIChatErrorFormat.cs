using System.Buffers;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIChat;

/// <summary><c>{error:{message,type,param,code}}</c>, the form of all OpenAI errors (wire.md §1.0).</summary>
internal sealed class OpenAIChatErrorFormat : ErrorFormat
{
    public static readonly OpenAIChatErrorFormat Instance = new();

    /// <summary>
    /// The type that OpenAI itself sends: wrong keys, models and paths are all <c>invalid_request_error</c> and differ by
    /// their code.
    /// </summary>
    public static string Type(ErrorKind kind) => kind switch
    {
        ErrorKind.Forbidden => "permission_error",
        ErrorKind.RateLimited => "rate_limit_error",
        ErrorKind.Internal or ErrorKind.UpstreamFailed or ErrorKind.Unavailable or ErrorKind.UpstreamTimeout or ErrorKind.Overloaded => "server_error",
        _ => "invalid_request_error",
    };

    public override void WriteBody(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing) =>
        JsonErrorWriter.Write(output, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("message", error.Message);
            writer.WriteString("type", Type(error.Kind));
            writer.WriteStringOrNull("param", error.Param);
            writer.WriteString("code", error.Code);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });

    public override void WriteStreamEvent(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing, int eventsSent)
    {
        output.Write("data: "u8);
        WriteBody(output, error, requestId, framing);
        output.Write("\n\n"u8);
    }

    public override ReadOnlySpan<byte> KeepAlive(ResponseFraming framing) =>
        framing == ResponseFraming.Sse ? ": keep-alive\n\n"u8 : default;
}
