using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Sluice.Simulator.Wire;

/// <summary>JSON as the vendors write it.</summary>
internal static class JsonText
{
    /// <summary>OpenAI and Anthropic: UTF-8 as it is, nothing escaped that need not be.</summary>
    public static readonly JsonWriterOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Google: UTF-8 as it is, but <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c> and <c>'</c> escaped.</summary>
    public static readonly JsonWriterOptions Google = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        SkipValidation = true,
    };

    /// <summary>Google outside server-sent events: indented.</summary>
    public static readonly JsonWriterOptions GoogleIndented = Google with { Indented = true };

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
