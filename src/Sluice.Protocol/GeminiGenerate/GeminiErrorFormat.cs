using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// <c>{error:{code,message,status,details}}</c> with <c>google.rpc</c> details (wire.md §3.10): the code stands in
/// <c>ErrorInfo.reason</c>, the time to come back in <c>RetryInfo</c>, the member at fault in <c>BadRequest</c>.
/// </summary>
internal sealed class GeminiErrorFormat : ErrorFormat
{
    public static readonly GeminiErrorFormat Instance = new();

    public override void WriteBody(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing)
    {
        if (framing == ResponseFraming.JsonArray)
        {
            output.Write("["u8);
        }

        WriteObject(output, error, requestId);
        if (framing == ResponseFraming.JsonArray)
        {
            output.Write("]"u8);
        }
    }

    public override void WriteStreamEvent(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing, int eventsSent)
    {
        if (framing == ResponseFraming.JsonArray)
        {
            output.Write(eventsSent == 0 ? "["u8 : ",\n"u8);
            WriteObject(output, error, requestId);
            output.Write("]"u8);
            return;
        }

        output.Write("data: "u8);
        WriteObject(output, error, requestId);
        output.Write("\r\n\r\n"u8);
    }

    /// <remarks>
    /// Google's own SDKs do not take a comment for one: python-genai parses the line as JSON and go-genai answers "invalid
    /// stream chunk". An empty event is what all of them pass over, as long as its line ends are those of Google's stream
    /// (go-genai looks for LF LF before CRLF CRLF, so that a bare LF would tear the event after it).
    /// </remarks>
    public override ReadOnlySpan<byte> KeepAlive(ResponseFraming framing) => framing switch
    {
        ResponseFraming.Sse => "\r\n\r\n"u8,
        ResponseFraming.JsonArray => "\n"u8,
        _ => default,
    };

    private static void WriteObject(IBufferWriter<byte> output, GatewayError error, string requestId) =>
        JsonErrorWriter.Write(output, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteNumber("code", error.Status);
            writer.WriteString("message", error.Message);
            writer.WriteString("status", Status(error.Kind));
            writer.WriteStartArray("details");
            WriteDetails(writer, error, requestId);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        });

    private static void WriteDetails(Utf8JsonWriter writer, GatewayError error, string requestId)
    {
        writer.WriteStartObject();
        writer.WriteString("@type", "type.googleapis.com/google.rpc.ErrorInfo");
        writer.WriteString("reason", error.Kind == ErrorKind.Unauthenticated ? "API_KEY_INVALID" : error.Code.ToUpperInvariant());
        writer.WriteString("domain", "sluice");
        writer.WriteStartObject("metadata");
        writer.WriteString("code", error.Code);
        writer.WriteString("requestId", requestId);
        writer.WriteEndObject();
        writer.WriteEndObject();
        if (error.RetryAfter is { } wait)
        {
            writer.WriteStartObject();
            writer.WriteString("@type", "type.googleapis.com/google.rpc.RetryInfo");
            writer.WriteString("retryDelay", string.Create(CultureInfo.InvariantCulture, $"{wait.TotalSeconds:0.###}s"));
            writer.WriteEndObject();
        }

        if (error.Param is { } param)
        {
            writer.WriteStartObject();
            writer.WriteString("@type", "type.googleapis.com/google.rpc.BadRequest");
            writer.WriteStartArray("fieldViolations");
            writer.WriteStartObject();
            writer.WriteString("field", param);
            writer.WriteString("description", error.Message);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    private static string Status(ErrorKind kind) => kind switch
    {
        ErrorKind.Unauthenticated => "UNAUTHENTICATED",
        ErrorKind.Forbidden => "PERMISSION_DENIED",
        ErrorKind.NotFound => "NOT_FOUND",
        ErrorKind.MethodNotAllowed => "UNIMPLEMENTED",
        ErrorKind.Conflict => "ABORTED",
        ErrorKind.RateLimited => "RESOURCE_EXHAUSTED",
        ErrorKind.Internal => "INTERNAL",
        ErrorKind.UpstreamFailed or ErrorKind.Unavailable or ErrorKind.Overloaded => "UNAVAILABLE",
        ErrorKind.UpstreamTimeout => "DEADLINE_EXCEEDED",
        _ => "INVALID_ARGUMENT",
    };
}
