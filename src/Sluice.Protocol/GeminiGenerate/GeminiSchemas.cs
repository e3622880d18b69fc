using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// Turns Google's own schemas (<c>parameters</c>, <c>responseSchema</c>) into the JSON schemas that every dialect takes, this
/// one included: types in small letters, <c>nullable</c> as a second type, counts as numbers.
/// </summary>
internal static class GeminiSchemas
{
    public static RawJson ToJsonSchema(RawJson schema)
    {
        var output = new ArrayBufferWriter<byte>(schema.Span.Length + 16);
        using (var json = new Utf8JsonWriter(output, WireWriting.Options))
        {
            var cursor = new JsonCursor(schema.Utf8);
            Write(ref cursor, json);
        }

        return new RawJson(output.WrittenMemory);
    }

    private static void Write(ref JsonCursor cursor, Utf8JsonWriter json)
    {
        if (!cursor.IsObject)
        {
            json.WriteRaw(cursor.ReadRaw());
            return;
        }

        var ahead = cursor;
        var nullable = ahead.Find("nullable"u8) && ahead.Kind == JsonTokenType.True;
        json.WriteStartObject();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            WriteMember(ref cursor, json, GeminiNames.Camel(name), nullable);
        }

        json.WriteEndObject();
    }

    private static void WriteMember(ref JsonCursor cursor, Utf8JsonWriter json, string name, bool nullable)
    {
        switch (name)
        {
            case "nullable":
                cursor.Skip();
                break;
            case "type" when cursor.IsString:
                WriteType(json, cursor.ReadString(), nullable);
                break;
            case "properties" when cursor.IsObject:
                json.WriteStartObject(name);
                cursor.BeginObject();
                while (cursor.NextMember(out var property))
                {
                    json.WritePropertyName(property);
                    Write(ref cursor, json);
                }

                json.WriteEndObject();
                break;
            case "anyOf" when cursor.IsArray:
                json.WriteStartArray(name);
                cursor.BeginArray();
                while (cursor.NextItem())
                {
                    Write(ref cursor, json);
                }

                json.WriteEndArray();
                break;
            case "items":
                json.WritePropertyName(name);
                Write(ref cursor, json);
                break;
            case "minItems" or "maxItems" or "minLength" or "maxLength" or "minProperties" or "maxProperties"
                when cursor.IsString && long.TryParse(cursor.ReadString(), NumberStyles.None, CultureInfo.InvariantCulture, out var count):
                json.WriteNumber(name, count);
                break;
            default:
                json.WritePropertyName(name);
                json.WriteRaw(cursor.ReadRaw());
                break;
        }
    }

    private static void WriteType(Utf8JsonWriter json, string type, bool nullable)
    {
        if (type == "TYPE_UNSPECIFIED")
        {
            return;
        }

        json.WritePropertyName("type");
        if (!nullable)
        {
            json.WriteStringValue(type.ToLowerInvariant());
            return;
        }

        json.WriteStartArray();
        json.WriteStringValue(type.ToLowerInvariant());
        json.WriteStringValue("null");
        json.WriteEndArray();
    }
}
