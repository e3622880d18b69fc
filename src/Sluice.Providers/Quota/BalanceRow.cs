using System.Globalization;
using System.Text.Json;

namespace Sluice.Providers.Quota;

/// <summary>What an account has left with its vendor.</summary>
public readonly record struct AccountBalance(decimal Amount, string Currency);

/// <summary>Where a vendor tells, free of charge, what an account has left.</summary>
/// <param name="Path">Under the base URL; a path that begins with <c>~/</c> begins at the host.</param>
/// <param name="Value">The member that holds the amount: names and indexes, joined by dots.</param>
/// <param name="Currency">The same way to the currency, or the currency itself: ISO 4217, or <c>credits</c>.</param>
public sealed record BalanceRow(string Path, string Value, string Currency)
{
    /// <summary>The amount in an answer, a number or a text of one; null when it is not there.</summary>
    public AccountBalance? Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var currency = Find(document.RootElement, Currency) is { ValueKind: JsonValueKind.String } told ? told.GetString()! : Currency;
            decimal? found = Find(document.RootElement, Value) switch
            {
                { ValueKind: JsonValueKind.Number } number when number.TryGetDecimal(out var amount) => amount,
                { ValueKind: JsonValueKind.String } text when decimal.TryParse(
                    text.GetString(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount) => amount,
                _ => null,
            };
            return found is { } sum ? new AccountBalance(sum, currency) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? Find(JsonElement json, string way)
    {
        foreach (var step in way.Split('.'))
        {
            if (json.ValueKind == JsonValueKind.Array && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < json.GetArrayLength())
            {
                json = json[index];
            }
            else if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(step, out json))
            {
                return null;
            }
        }

        return json;
    }
}
