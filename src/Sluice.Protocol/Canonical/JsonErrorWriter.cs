using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>Writes the small JSON documents of errors, as vendors do: without escaping what JSON need not escape.</summary>
internal static class JsonErrorWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(IBufferWriter<byte> output, Action<Utf8JsonWriter> write)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        write(writer);
    }

    /// <summary>Writes a member that is null when there is no text.</summary>
    public static void WriteStringOrNull(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is null)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteString(name, value);
        }
    }
}
