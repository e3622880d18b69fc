using System.Buffers;
using System.Text.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>Writes server-sent events whose data is one JSON object. Holds its JSON writer for the whole stream.</summary>
internal sealed class SseOutput : IDisposable
{
    private static readonly ArrayBufferWriter<byte> Nowhere = new(1);
    private readonly Utf8JsonWriter _json = new(Nowhere, WireWriting.Options);

    /// <summary>Begins an event; the answer takes its data.</summary>
    /// <param name="output">Where the event goes.</param>
    /// <param name="name">The event's name; empty for dialects that give none.</param>
    public Utf8JsonWriter Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> name = default)
    {
        if (!name.IsEmpty)
        {
            output.Write("event: "u8);
            output.Write(name);
            output.Write("\n"u8);
        }

        output.Write("data: "u8);
        _json.Reset(output);
        return _json;
    }

    /// <summary>Ends the event that was begun.</summary>
    public void End(IBufferWriter<byte> output)
    {
        _json.Flush();
        output.Write("\n\n"u8);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
