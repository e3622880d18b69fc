using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Usage.Export;

/// <summary>The calls of one series in one hour, as FOCUS counts charges.</summary>
internal sealed record FocusHour
{
    public const string Columns =
        "u.bucket AS Bucket, u.series AS Series, u.calls AS Calls, u.failed AS Failed, u.unpriced AS Unpriced, u.input AS Input, "
        + "u.cache_read AS CacheRead, u.cache_write_5m AS CacheWrite5m, u.cache_write_1h AS CacheWrite1h, u.output AS Output, u.cost AS Cost, "
        + "COALESCE(c.cost, 0) AS Corrected, s.key_id AS KeyId, s.key_name AS KeyName, s.user AS User, s.model AS Model, s.provider AS Provider, "
        + "s.upstream_model AS UpstreamModel, s.credential AS Credential, s.operation AS Operation, s.price_id AS PriceId";

    /// <summary>Hours since the Unix epoch.</summary>
    public long Bucket { get; init; }

    public long Series { get; init; }
    public long Calls { get; init; }
    public long Failed { get; init; }
    public long Unpriced { get; init; }
    public long Input { get; init; }
    public long CacheRead { get; init; }
    public long CacheWrite5m { get; init; }
    public long CacheWrite1h { get; init; }
    public long Output { get; init; }

    /// <summary>Nano-USD, with corrections.</summary>
    public long Cost { get; init; }

    /// <summary>What corrections are of <see cref="Cost"/>, in nano-USD.</summary>
    public long Corrected { get; init; }

    public string KeyId { get; init; } = "";
    public string KeyName { get; init; } = "";
    public string User { get; init; } = "";
    public string Model { get; init; } = "";
    public string Provider { get; init; } = "";
    public string UpstreamModel { get; init; } = "";
    public string Credential { get; init; } = "";
    public string Operation { get; init; } = "";
    public string PriceId { get; init; } = "";
}

/// <summary>What a charge is tagged with: the key, and the user and the model where there is one.</summary>
internal sealed record FocusTags(string Key, string? User, string Model);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FocusTags))]
internal sealed partial class FocusJson : JsonSerializerContext;

/// <summary>
/// The account by FOCUS 1.2, the FinOps Open Cost and Usage Specification (https://focus.finops.org/focus-specification/v1-2/):
/// all of its mandatory columns, the conditional ones that apply, and ours with the prefix <c>x_</c>. A row is an hour of one
/// series; corrections have a row of their own, of the hour in which they were made. There is one price per call and nobody
/// amortises, so the four costs are the same. No unit price is told: a call has several, one per kind of token.
/// </summary>
internal static class FocusTable
{
    private const string Currency = "USD";

    private static readonly string[] Columns =
    [
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
        "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart",
        "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "ListUnitPrice",
        "PricingCategory", "PricingCurrency", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ResourceId",
        "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceId",
        "SubAccountId", "SubAccountName", "Tags",
        "x_Calls", "x_FailedCalls", "x_UnpricedCalls", "x_InputTokens", "x_CacheReadTokens", "x_CacheWriteTokens", "x_OutputTokens",
    ];

    public static void WriteHeader(CsvRow csv)
    {
        foreach (var column in Columns)
        {
            csv.Literal(column);
        }

        csv.End();
    }

    /// <summary>Writes the hour's charge and its correction, each where there is one.</summary>
    public static void Write(CsvRow csv, FocusHour hour)
    {
        if (hour.Calls > hour.Failed || hour.Cost != hour.Corrected)
        {
            WriteUsage(csv, hour);
        }

        if (hour.Corrected != 0)
        {
            WriteCorrection(csv, hour);
        }
    }

    private static void WriteUsage(CsvRow csv, FocusHour hour)
    {
        var tokens = hour.Input + hour.CacheRead + hour.CacheWrite5m + hour.CacheWrite1h + hour.Output;
        var served = hour.Calls - hour.Failed;
        Write(
            csv,
            hour,
            hour.Cost - hour.Corrected,
            chargeClass: "",
            string.Create(CultureInfo.InvariantCulture, $"{hour.Operation} with {hour.UpstreamModel}: {served} calls"),
            tokens > 0 ? tokens : served,
            tokens > 0 ? "Tokens" : "Requests");
        csv.Number(hour.Calls);
        csv.Number(hour.Failed);
        csv.Number(hour.Unpriced);
        csv.Number(hour.Input);
        csv.Number(hour.CacheRead);
        csv.Number(hour.CacheWrite5m + hour.CacheWrite1h);
        csv.Number(hour.Output);
        csv.End();
    }

    private static void WriteCorrection(CsvRow csv, FocusHour hour)
    {
        Write(csv, hour, hour.Corrected, "Correction", $"Correction of {hour.Operation} with {hour.UpstreamModel}", quantity: null, unit: "");
        for (var i = 0; i < 7; i++)
        {
            csv.Number(0);
        }

        csv.End();
    }

    private static void Write(CsvRow csv, FocusHour hour, long cost, string chargeClass, string description, long? quantity, string unit)
    {
        var start = DateTimeOffset.UnixEpoch.AddHours(hour.Bucket);
        var month = new DateTimeOffset(start.Year, start.Month, 1, 0, 0, 0, TimeSpan.Zero);
        csv.Usd(cost);
        csv.Text($"{hour.Provider}/{hour.Credential}");
        csv.Text(hour.Credential);
        csv.Literal(Currency);
        csv.Time(month.AddMonths(1));
        csv.Time(month);
        csv.Literal("Usage");
        csv.Literal(chargeClass);
        csv.Text(description);
        csv.Literal("Usage-Based");
        csv.Time(start.AddHours(1));
        csv.Time(start);
        csv.Number(quantity);
        csv.Literal(unit);
        csv.Usd(cost);
        csv.Usd(cost);
        csv.Text(hour.Provider);
        csv.Usd(cost);
        csv.Literal("");
        csv.Literal(hour.PriceId.Length > 0 ? "Standard" : "");
        csv.Literal(Currency);
        csv.Number(quantity);
        csv.Literal(unit);
        csv.Text(hour.Provider);
        csv.Text(hour.Provider);
        csv.Text(hour.Model);
        csv.Text(hour.Model);
        csv.Literal("Model");
        csv.Literal("AI and Machine Learning");
        csv.Text(hour.Operation);
        csv.Literal("Generative AI");
        csv.Text(hour.UpstreamModel);
        csv.Literal(unit);
        csv.Text(hour.PriceId);
        csv.Text(hour.KeyId);
        csv.Text(hour.KeyName);
        csv.Literal(JsonSerializer.Serialize(new FocusTags(hour.KeyName, hour.User.Length > 0 ? hour.User : null, hour.Model), FocusJson.Default.FocusTags));
    }
}
