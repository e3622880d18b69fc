using System.Globalization;
using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Protocol.Canonical;
using Sluice.Storage;
using Sluice.Usage;
using Sluice.Usage.Export;

namespace Sluice.Admin;

/// <summary><c>/api/admin/usage</c>: the account of every call, its sums, its export and its corrections.</summary>
internal sealed class UsageEndpoints(UsageReader usage, UsageExport export, UsageCorrections corrections)
{
    private const string IdPrefix = "use_";

    private static readonly GatewayError NotCorrectable = new(
        ErrorKind.Conflict, "not_correctable", "The record is a correction itself. Correct the record of the call, whose id is in 'corrects'.");

    private static readonly GatewayError LedgerUnavailable = new(
        ErrorKind.Unavailable, "ledger_unavailable", "The journal takes no records now: the disk is full or fails. Nothing was changed; try again later.");

    private static readonly QueryParameter Key = new("key", "Only calls of the key of this name.");
    private static readonly QueryParameter Model = new("model", "Only calls that asked for this model.");
    private static readonly QueryParameter From = new("from", "The earliest arrival, inclusive, as RFC 3339.");
    private static readonly QueryParameter To = new("to", "The latest arrival, exclusive, as RFC 3339.");

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/usage", "Usage");
        group.MapOperation("GET", "/records", "List the account of calls, newest first", ListAsync)
            .Takes(
            [
                .. OperationMetadata.Paging,
                Key,
                Model,
                From,
                To,
            ])
            .Answers<Page<UsageRecordItem>>();
        group.MapOperation("GET", "/summary", "Sums of calls, tokens and cost", SummarizeAsync)
            .Takes(new QueryParameter("group_by", "model, key, provider, credential or user; model when absent."), From, To)
            .Answers<UsageSummary>();
        group.MapOperation("GET", "/export", "Export the account as CSV, oldest first", ExportAsync)
            .Takes(new QueryParameter("format", "csv, a row per record, or focus, a row per hour and series by FinOps FOCUS 1.2; csv when absent."), Key, Model, From, To);
        group.MapOperation("POST", "/records/{id}/corrections", "Correct what a call cost with a new record of the difference", CorrectAsync)
            .Takes<CorrectUsageBody>()
            .Answers<UsageRecordItem>(StatusCodes.Status201Created);
    }

    private async Task ListAsync(HttpContext context)
    {
        var query = new Query(context.Request);
        var (before, limit) = (query.CursorPosition(), query.Limit());
        var filter = new UsageFilter(query.Text("key"), query.Text("model"), query.Time("from"), query.Time("to"));
        if (query.Error is { } error)
        {
            await context.WriteProblemAsync(error, query.Errors);
            return;
        }

        var rows = await usage.ListAsync(filter, before, limit + 1);
        await context.WriteJsonAsync(Page<UsageRecordItem>.From([.. rows.Select(Item)], limit), AdminJson.Default.PageUsageRecordItem);
    }

    private async Task SummarizeAsync(HttpContext context)
    {
        var query = new Query(context.Request);
        var grouping = query.OneOf("group_by", Spelling.Groupings, UsageGrouping.Model);
        var (from, to) = (query.Time("from"), query.Time("to"));
        if (query.Error is { } error)
        {
            await context.WriteProblemAsync(error, query.Errors);
            return;
        }

        var sums = await usage.SummarizeAsync(grouping, from, to);
        var name = Spelling.Groupings.First(pair => pair.Value == grouping).Key;
        await context.WriteJsonAsync(new UsageSummary(name, [.. sums.Select(sum => Item(sum, grouping))], null), AdminJson.Default.UsageSummary);
    }

    private async Task ExportAsync(HttpContext context)
    {
        var query = new Query(context.Request);
        var format = query.OneOf("format", UsageExport.Formats, ExportFormat.Csv);
        var filter = new UsageFilter(query.Text("key"), query.Text("model"), query.Time("from"), query.Time("to"));
        if (query.Error is { } error)
        {
            await context.WriteProblemAsync(error, query.Errors);
            return;
        }

        var response = context.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"sluice-usage-{format.ToString().ToLowerInvariant()}.csv\"";
        response.Headers.CacheControl = "no-store";
        await foreach (var piece in export.ReadAsync(format, filter))
        {
            // A slow client holds up its own export alone: nothing of the database is held meanwhile.
            await response.BodyWriter.WriteAsync(piece, context.RequestAborted);
            await Task.Yield();
        }
    }

    private async Task CorrectAsync(HttpContext context)
    {
        if (await context.ReadJsonAsync(AdminJson.Default.CorrectUsageBody) is not { } body)
        {
            return;
        }

        var check = new BodyCheck();
        var reason = Reason(check, body.Reason);
        if (body.CostNanoUsd is null == body.DeltaNanoUsd is null)
        {
            check.Refuse("cost_nano_usd", "or 'delta_nano_usd' must be there, and not both");
        }

        if (body.CostNanoUsd < 0)
        {
            check.Refuse("cost_nano_usd", "must not be negative");
        }

        if (await context.IsRefusedAsync(check))
        {
            return;
        }

        var id = RecordId(context.Id());
        var (row, refusal) = await corrections.CorrectAsync(
            id, now => body.DeltaNanoUsd ?? ((Int128)body.CostNanoUsd!.Value - now), reason, context.GetCaller()?.KeyName ?? "");
        await (row is not null
            ? context.WriteJsonAsync(Item(row), AdminJson.Default.UsageRecordItem, StatusCodes.Status201Created)
            : RefuseAsync(context, refusal));
    }

    private static Task RefuseAsync(HttpContext context, CorrectionRefusal refusal) => refusal switch
    {
        CorrectionRefusal.NotFound => context.WriteProblemAsync(AdminErrors.NotFound),
        CorrectionRefusal.NotACall => context.WriteProblemAsync(NotCorrectable),
        CorrectionRefusal.NoDifference => RefuseAsync(context, "is what the account has: there is nothing to correct"),
        CorrectionRefusal.OutOfRange => RefuseAsync(context, "would make the call cost less than nothing, or more than can be counted"),
        _ => context.WriteProblemAsync(LedgerUnavailable),
    };

    private static Task RefuseAsync(HttpContext context, string message)
    {
        FieldError[] errors = [new FieldError("cost_nano_usd", message)];
        return context.WriteProblemAsync(AdminErrors.Invalid(errors), errors);
    }

    private static string Reason(BodyCheck check, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            check.Refuse("reason", "is missing");
        }
        else if (text.Length > UsageCorrections.LongestReason || text.Any(char.IsControl))
        {
            check.Refuse("reason", $"must have at most {UsageCorrections.LongestReason} characters and no control characters");
        }

        return text ?? "";
    }

    /// <summary>The row's id of a record's; 0, which no row has, for a text that is none.</summary>
    private static long RecordId(string id)
        => id.StartsWith(IdPrefix, StringComparison.Ordinal) && id.Length == IdPrefix.Length + 16
            && long.TryParse(id.AsSpan(IdPrefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    private static string RecordId(long id) => string.Create(CultureInfo.InvariantCulture, $"{IdPrefix}{id:x16}");

    private static UsageRecordItem Item(UsageRow row) => new()
    {
        Id = RecordId(row.Id),
        RequestId = row.RequestId,
        ClientRequestId = row.ClientRequestId,
        Key = row.KeyName,
        User = NullIfEmpty(row.User),
        Model = row.Model,
        Provider = NullIfEmpty(row.Provider),
        UpstreamModel = NullIfEmpty(row.UpstreamModel),
        Credential = NullIfEmpty(row.Credential),
        Operation = row.Operation,
        Status = Spelling.Of((UsageStatus)row.Status),
        Tokens = new TokensBody
        {
            Input = row.Input,
            CacheRead = row.CacheRead,
            CacheWrite5m = row.CacheWrite5m,
            CacheWrite1h = row.CacheWrite1h,
            Output = row.Output,
            Reasoning = row.Reasoning,
        },
        CostNanoUsd = row.Cost,
        LatencyMs = row.Latency / 1000.0,
        FirstTokenMs = row.FirstToken / 1000.0,
        Attempts = row.Attempts,
        HttpStatus = row.HttpStatus,
        PriceId = NullIfEmpty(row.PriceId),
        Overrun = row.Overrun != 0,
        Corrects = row.Corrects is { } corrects ? RecordId(corrects) : null,
        Reason = row.Reason,
        CorrectedBy = row.MadeBy,
        At = Clock.FromUnixMicros(row.At),
        Position = row.Id,
    };

    private static UsageSummaryItem Item(UsageSum sum, UsageGrouping grouping) => new()
    {
        Group = sum.Name,
        Model = grouping == UsageGrouping.Model ? sum.Name : null,
        Key = grouping == UsageGrouping.Key ? sum.Name : null,
        Provider = grouping == UsageGrouping.Provider ? sum.Name : null,
        Credential = grouping == UsageGrouping.Credential ? sum.Name : null,
        User = grouping == UsageGrouping.User ? sum.Name : null,
        Calls = sum.Calls,
        FailedCalls = sum.Failed,
        UnpricedCalls = sum.Unpriced,
        Tokens = new TokensBody
        {
            Input = sum.Input,
            CacheRead = sum.CacheRead,
            CacheWrite5m = sum.CacheWrite5m,
            CacheWrite1h = sum.CacheWrite1h,
            Output = sum.Output,
            Reasoning = sum.Reasoning,
        },
        CostNanoUsd = sum.Cost,
        AverageLatencyMs = Math.Round(sum.Latency / 1000.0 / Math.Max(1, sum.Calls), 3),
    };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
