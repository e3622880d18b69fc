using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sluice.Simulator.Answers;

/// <summary>A string that fits a schema's <c>format</c>, <c>pattern</c>, <c>minLength</c> and <c>maxLength</c>.</summary>
internal static class SchemaString
{
    public static string Make(JsonElement schema, SeededRandom random, IReadOnlyList<string> words)
    {
        if (schema.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String
            && OfFormat(format.GetString()!, random) is { } formatted)
        {
            return formatted;
        }

        if (schema.TryGetProperty("pattern", out var pattern) && pattern.ValueKind == JsonValueKind.String
            && PatternSample.Make(pattern.GetString()!, random) is { } sample)
        {
            return sample;
        }

        var least = (int)Math.Min(SchemaNumber.Value(schema, "minLength") ?? 0, 100_000);
        var most = (int)Math.Min(SchemaNumber.Value(schema, "maxLength") ?? int.MaxValue, int.MaxValue);
        var text = new StringBuilder(random.Pick(words)).Append(' ').Append(random.Pick(words));
        while (text.Length < least)
        {
            text.Append(' ').Append(random.Pick(words));
        }

        // A limit below a word's length may end in a space, which is still within it.
        return text.Length <= most ? text.ToString() : text.ToString(0, most);
    }

    private static string? OfFormat(string format, SeededRandom random)
    {
        var day = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Below(525_600));
        return format switch
        {
            "date-time" => day.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            "date" => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "time" => day.ToString("HH:mm:ssZ", CultureInfo.InvariantCulture),
            "duration" => $"PT{1 + random.Below(59)}M",
            "email" or "idn-email" => $"person{random.Below(1000)}@example.com",
            "hostname" or "idn-hostname" => $"host{random.Below(1000)}.example.com",
            "ipv4" => $"192.0.2.{1 + random.Below(254)}",
            "ipv6" => $"2001:db8::{1 + random.Below(9_999)}",
            "uri" or "url" or "iri" or "uri-reference" => $"https://example.com/{random.Below(1000)}",
            "uuid" => $"{SimulatedId.Hex(random, 8)}-{SimulatedId.Hex(random, 4)}-4{SimulatedId.Hex(random, 3)}-a{SimulatedId.Hex(random, 3)}-{SimulatedId.Hex(random, 12)}",
            "byte" => Convert.ToBase64String(BitConverter.GetBytes(random.Next())),
            _ => null,
        };
    }
}
