using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>What all writers need of <see cref="Utf8JsonWriter"/>: members that are left out when there is nothing to say.</summary>
internal static class WireWriting
{
    /// <summary>As vendors write: nothing escaped that JSON need not escape.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };

    /// <summary>Writes a value as it came; it was checked when it was read.</summary>
    public static void WriteRaw(this Utf8JsonWriter writer, string name, RawJson value)
    {
        if (!value.IsEmpty)
        {
            writer.WritePropertyName(name);
            writer.WriteRaw(value);
        }
    }

    /// <summary>Writes a value as it came, on one line: a line break would end the data of a server-sent event.</summary>
    public static void WriteRaw(this Utf8JsonWriter writer, RawJson value)
    {
        if (!value.Span.ContainsAny((byte)'\r', (byte)'\n'))
        {
            writer.WriteRawValue(value.Span, skipInputValidation: true);
            return;
        }

        // Inside strings they are escaped, so that these stand between values.
        var line = value.Span.ToArray();
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        writer.WriteRawValue(line, skipInputValidation: true);
    }

    /// <summary>A text as a JSON string.</summary>
    public static RawJson ToRaw(string text)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 2);
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            writer.WriteStringValue(text);
        }

        return new RawJson(output.WrittenMemory);
    }

    /// <summary>Writes a member unless it is null.</summary>
    public static void WriteIf(this Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    /// <summary>Writes a member unless it is null.</summary>
    public static void WriteIf(this Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    /// <summary>Writes a member unless it is null.</summary>
    public static void WriteIf(this Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    /// <summary>Writes a member unless it is null.</summary>
    public static void WriteIf(this Utf8JsonWriter writer, string name, bool? value)
    {
        if (value is { } flag)
        {
            writer.WriteBoolean(name, flag);
        }
    }

    /// <summary>Writes an array of strings unless it is empty.</summary>
    public static void WriteIfAny(this Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes back the unmodelled members that belong to the target.</summary>
    public static void WriteExtensions(this Utf8JsonWriter writer, IReadOnlyList<Extension> extensions, Owner target)
    {
        foreach (var extension in extensions)
        {
            if (extension.Owner.Accepts(target))
            {
                writer.WriteRaw(extension.Name, extension.Value);
            }
        }
    }
}
