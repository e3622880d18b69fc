using System.Globalization;
using System.Text.Json;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Answers;

/// <summary>A number that fits a schema's bounds and <c>multipleOf</c>.</summary>
internal static class SchemaNumber
{
    private const int MostSteps = 1_000;

    public static double Make(JsonElement schema, SeededRandom random, bool whole)
    {
        var step = Value(schema, "multipleOf") is { } multiple && multiple > 0 ? multiple : whole ? 1 : 0.5;
        var open = whole ? 1 : step;
        var low = Value(schema, "minimum") ?? (Value(schema, "exclusiveMinimum") is { } above ? above + open : null);
        var high = Value(schema, "maximum") ?? (Value(schema, "exclusiveMaximum") is { } below ? below - open : null);
        var from = low ?? Math.Min(0, high ?? 0);
        var to = high ?? from + 100;
        var first = Math.Ceiling(from / step);
        var last = Math.Floor(to / step);
        if (!double.IsFinite(first) || !double.IsFinite(last))
        {
            return from;
        }

        if (last < first)
        {
            // A range narrower than the step: its middle, where no multiple is asked for.
            return whole ? Math.Ceiling(from) : (from + to) / 2;
        }

        return (first + random.Below((int)Math.Min(last - first + 1, MostSteps))) * step;
    }

    /// <summary>A keyword's number; null where there is none. Google sends its integers as strings.</summary>
    public static double? Value(JsonElement schema, string keyword)
    {
        var member = schema.Get(keyword);
        var number = member.ValueKind == JsonValueKind.Number ? member.GetDouble()
            : double.TryParse(member.Text(), CultureInfo.InvariantCulture, out var parsed) ? parsed
            : double.NaN;
        return double.IsFinite(number) ? number : null;
    }
}
