using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// Frames the chunks of a streamed answer as Google does: events that end in CRLF, or the elements of one array. Holds its
/// JSON writer for the whole stream.
/// </summary>
internal sealed class GeminiOutput(ResponseFraming framing) : IDisposable
{
    private static readonly ArrayBufferWriter<byte> Nowhere = new(1);

    /// <summary>Writes the chunk that was begun.</summary>
    public Utf8JsonWriter Json { get; } = new(Nowhere, WireWriting.Options);

    /// <summary>How many chunks were begun.</summary>
    public int Chunks { get; private set; }

    /// <summary>Begins a chunk.</summary>
    public void Begin(IBufferWriter<byte> output)
    {
        output.Write(framing != ResponseFraming.JsonArray ? "data: "u8 : Chunks == 0 ? "["u8 : ",\n"u8);
        Chunks++;
        Json.Reset(output);
    }

    /// <summary>Ends the chunk that was begun.</summary>
    public void End(IBufferWriter<byte> output)
    {
        Json.Flush();
        if (framing != ResponseFraming.JsonArray)
        {
            output.Write("\r\n\r\n"u8);
        }
    }

    /// <summary>Ends the stream.</summary>
    public void Close(IBufferWriter<byte> output)
    {
        if (framing == ResponseFraming.JsonArray)
        {
            output.Write(Chunks == 0 ? "[]"u8 : "]"u8);
        }
    }

    public void Dispose() => Json.Dispose();
}
