using System.Buffers;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary><c>{type:"error",error:{type,message,details},request_id}</c> (wire.md §2.6); the code stands in the details.</summary>
internal sealed class AnthropicErrorFormat : ErrorFormat
{
    public static readonly AnthropicErrorFormat Instance = new();

    public override void WriteBody(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing) =>
        JsonErrorWriter.Write(output, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("type", "error");
            writer.WriteStartObject("error");
            writer.WriteString("type", Type(error.Kind));
            writer.WriteString("message", error.Message);
            writer.WriteStartObject("details");
            writer.WriteString("error_code", error.Code);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteString("request_id", requestId);
            writer.WriteEndObject();
        });

    public override void WriteStreamEvent(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing, int eventsSent)
    {
        output.Write("event: error\ndata: "u8);
        WriteBody(output, error, requestId, framing);
        output.Write("\n\n"u8);
    }

    public override ReadOnlySpan<byte> KeepAlive(ResponseFraming framing) =>
        framing == ResponseFraming.Sse ? "event: ping\ndata: {\"type\": \"ping\"}\n\n"u8 : default;

    private static string Type(ErrorKind kind) => kind switch
    {
        ErrorKind.Unauthenticated => "authentication_error",
        ErrorKind.Forbidden => "permission_error",
        ErrorKind.NotFound => "not_found_error",
        ErrorKind.Conflict => "conflict_error",
        ErrorKind.TooLarge => "request_too_large",
        ErrorKind.RateLimited => "rate_limit_error",
        ErrorKind.Unavailable or ErrorKind.Overloaded => "overloaded_error",
        ErrorKind.UpstreamTimeout => "timeout_error",
        ErrorKind.Internal or ErrorKind.UpstreamFailed => "api_error",
        _ => "invalid_request_error",
    };
}
