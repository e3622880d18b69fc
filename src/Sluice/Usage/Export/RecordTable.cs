using System.Globalization;
using Sluice.Storage;

namespace Sluice.Usage.Export;

/// <summary>The account as a table: a row per record, with the names of the API.</summary>
internal static class RecordTable
{
    private static readonly string[] Columns =
    [
        "id", "at", "request_id", "client_request_id", "key", "user", "model", "provider", "upstream_model", "credential", "operation",
        "status", "http_status", "attempts", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning",
        "cost_nano_usd", "cost_usd", "price_id", "latency_ms", "first_token_ms", "overrun", "corrects", "reason",
    ];

    public static void WriteHeader(CsvRow csv)
    {
        foreach (var column in Columns)
        {
            csv.Literal(column);
        }

        csv.End();
    }

    public static void Write(CsvRow csv, UsageRow row)
    {
        csv.Literal(Id(row.Id));
        csv.Time(Clock.FromUnixMicros(row.At));
        csv.Text(row.RequestId);
        csv.Text(row.ClientRequestId);
        csv.Text(row.KeyName);
        csv.Text(row.User);
        csv.Text(row.Model);
        csv.Text(row.Provider);
        csv.Text(row.UpstreamModel);
        csv.Text(row.Credential);
        csv.Text(row.Operation);
        csv.Literal(Status((UsageStatus)row.Status));
        csv.Number(row.HttpStatus);
        csv.Number(row.Attempts);
        csv.Number(row.Input);
        csv.Number(row.CacheRead);
        csv.Number(row.CacheWrite5m);
        csv.Number(row.CacheWrite1h);
        csv.Number(row.Output);
        csv.Number(row.Reasoning);
        csv.Number(row.Cost);
        csv.Usd(row.Cost);
        csv.Text(row.PriceId);
        csv.Milliseconds(row.Latency);
        csv.Milliseconds(row.FirstToken);
        csv.Literal(row.Overrun == 0 ? "false" : "true");
        csv.Literal(row.Corrects is { } corrects ? Id(corrects) : "");
        csv.Text(row.Reason);
        csv.End();
    }

    private static string Id(long id) => string.Create(CultureInfo.InvariantCulture, $"use_{id:x16}");

    private static string Status(UsageStatus status) => status switch
    {
        UsageStatus.Settled => "settled",
        UsageStatus.Recovered => "recovered",
        UsageStatus.Estimated => "estimated",
        UsageStatus.Failed => "failed",
        _ => "void",
    };
}
