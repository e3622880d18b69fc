using System.Globalization;
using System.Text.Json;

namespace Sluice.Pricing.Import;

/// <summary>Reads prices from the text of JSON numbers: never through binary floating point, which has no 0.1.</summary>
internal static class PriceNumber
{
    /// <summary>No price of a catalogue is higher: USD per million tokens or characters.</summary>
    public const decimal MostPerMillion = 100_000;

    /// <summary>No price of a catalogue is higher: USD for one image, second, page, request or search.</summary>
    public const decimal MostEach = 1_000;

    /// <summary>Reads a price.</summary>
    /// <param name="value">The JSON value; null counts as absent.</param>
    /// <param name="factor">What brings it to our unit.</param>
    /// <param name="most">The highest that makes sense, in our unit.</param>
    /// <param name="price">Null when absent.</param>
    /// <returns>What is wrong, for a sentence about the member; null when nothing is.</returns>
    public static string? Read(JsonElement value, decimal factor, decimal most, out decimal? price)
    {
        price = null;
        if (value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind is not JsonValueKind.Number)
        {
            return "is not a number";
        }

        var text = value.GetRawText();
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var read))
        {
            return "is larger than any price";
        }

        if (read < 0)
        {
            return "is negative";
        }

        // Normalised before it is judged: decimal arithmetic throws where it would overflow.
        if (read > most / factor)
        {
            return string.Create(CultureInfo.InvariantCulture, $"is absurd: more than {most} USD");
        }

        if (read == 0 && text.AsSpan(0, Math.Max(text.IndexOfAny(['e', 'E']), 0) is var end and > 0 ? end : text.Length).IndexOfAnyInRange('1', '9') >= 0)
        {
            return "is smaller than any price";
        }

        price = read * factor / 1.000000000000000000000000000m;
        return null;
    }
}
