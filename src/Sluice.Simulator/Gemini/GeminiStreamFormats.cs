using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary>With <c>alt=sse</c>: data-only events ended by CRLF; the connection's end is the stream's.</summary>
internal sealed class GeminiSseFormat : StreamFormat
{
    public static readonly GeminiSseFormat Instance = new();

    public override string ContentType => "text/event-stream";

    public override ReadOnlySpan<byte> EventEnd => "\r\n\r\n"u8;

    public override byte[] ErrorFrame(VendorError error, string requestId, int eventsSent) =>
        [.. "data: "u8, .. JsonText.Bytes(json => GeminiVendor.WriteError(json, error)), .. "\r\n\r\n"u8];
}

/// <summary>Without: one JSON array, sent element by element.</summary>
internal sealed class GeminiArrayFormat : StreamFormat
{
    public static readonly GeminiArrayFormat Instance = new();

    public override string ContentType => "application/json; charset=UTF-8";

    public override ReadOnlySpan<byte> EventEnd => "\n"u8;

    public override byte[] ErrorFrame(VendorError error, string requestId, int eventsSent) =>
        [.. eventsSent == 0 ? "["u8 : ",\r\n"u8, .. JsonText.Bytes(json => GeminiVendor.WriteError(json, error), JsonText.Indented), .. "\n]"u8];
}
