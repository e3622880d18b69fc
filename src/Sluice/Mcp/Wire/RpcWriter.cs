using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Mcp.Wire;

/// <summary>Writes JSON-RPC messages around parts that stay the bytes they were. A message is one line, as stdio and event streams need it.</summary>
internal static class RpcWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Request(long id, string method, Action<Utf8JsonWriter> writeParams) => Message(json =>
    {
        json.WriteNumber("id", id);
        json.WriteString("method", method);
        json.WriteStartObject("params");
        writeParams(json);
        json.WriteEndObject();
    });

    /// <param name="method">Such as <c>notifications/initialized</c>.</param>
    /// <param name="writeParams">Writes the members of <c>params</c>; null for none.</param>
    public static byte[] Notification(string method, Action<Utf8JsonWriter>? writeParams = null) => Message(json =>
    {
        json.WriteString("method", method);
        if (writeParams is not null)
        {
            json.WriteStartObject("params");
            writeParams(json);
            json.WriteEndObject();
        }
    });

    /// <param name="id">The request's, as it is written.</param>
    /// <param name="result">A whole JSON object.</param>
    public static byte[] Result(string id, ReadOnlyMemory<byte> result) => Message(json =>
    {
        json.WritePropertyName("id");
        json.WriteRawValue(id, skipInputValidation: true);
        json.WritePropertyName("result");
        json.WriteRawValue(result.Span, skipInputValidation: true);
    });

    /// <param name="id">The request's, as it is written; null where it could not be read.</param>
    /// <param name="code">A value of <see cref="RpcCode"/>.</param>
    /// <param name="message">For a person.</param>
    /// <param name="writeData">Writes the members of <c>data</c>; null for none.</param>
    public static byte[] Error(string? id, int code, string message, Action<Utf8JsonWriter>? writeData = null) => Message(json =>
    {
        WriteId(json, id);
        json.WriteStartObject("error");
        json.WriteNumber("code", code);
        json.WriteString("message", message);
        if (writeData is not null)
        {
            json.WriteStartObject("data");
            writeData(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    /// <summary>A server's own error, under the client's id.</summary>
    public static byte[] ForwardedError(string id, ReadOnlyMemory<byte> error) => Message(json =>
    {
        WriteId(json, id);
        json.WritePropertyName("error");
        json.WriteRawValue(error.Span, skipInputValidation: true);
    });

    /// <summary>A JSON object.</summary>
    public static byte[] Object(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return OneLine(buffer);
    }

    /// <summary>Writes the members of an object as they came, save those that are left out.</summary>
    public static void WriteMembers(Utf8JsonWriter json, JsonElement source, Func<string, bool> keep)
    {
        if (source.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in source.EnumerateObject())
        {
            if (keep(member.Name))
            {
                json.WritePropertyName(member.Name);
                json.WriteRawValue(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
            }
        }
    }

    private static byte[] Message(Action<Utf8JsonWriter> write) => Object(json =>
    {
        json.WriteString("jsonrpc", "2.0");
        write(json);
    });

    private static void WriteId(Utf8JsonWriter json, string? id)
    {
        json.WritePropertyName("id");
        json.WriteRawValue(id ?? "null", skipInputValidation: true);
    }

    /// <summary>Line ends stand only between the tokens of a document, where a blank means the same.</summary>
    private static byte[] OneLine(ArrayBufferWriter<byte> buffer)
    {
        var bytes = buffer.WrittenSpan.ToArray();
        var rest = bytes.AsSpan();
        while (rest.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var at)
        {
            rest[at] = (byte)' ';
            rest = rest[(at + 1)..];
        }

        return bytes;
    }
}
