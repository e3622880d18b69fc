using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Simulator.Wire;

/// <summary>JSON as the vendors write it.</summary>
internal static class JsonText
{
    /// <summary>UTF-8 as it is, nothing escaped that need not be.</summary>
    public static readonly JsonWriterOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Google outside server-sent events: indented.</summary>
    public static readonly JsonWriterOptions Indented = Compact with { Indented = true };

    public static byte[] Bytes(Action<Utf8JsonWriter> write, JsonWriterOptions? options = null)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, options ?? Compact))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static string Write(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(Bytes(write));
}
