using System.Globalization;
using Sluice.Admin.Http;
using Sluice.Auth;
using Sluice.Storage;
using Sluice.Usage;

namespace Sluice.Admin;

/// <summary><c>/api/admin/usage</c>: the account of every call, and its sums.</summary>
internal sealed class UsageEndpoints(UsageReader usage)
{
    private static readonly QueryParameter From = new("from", "The earliest arrival, inclusive, as RFC 3339.");
    private static readonly QueryParameter To = new("to", "The latest arrival, exclusive, as RFC 3339.");

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/usage", "Usage");
        group.MapOperation("GET", "/records", "List the account of calls, newest first", ListAsync)
            .Takes(
            [
                .. OperationMetadata.Paging,
                new QueryParameter("key", "Only calls of the key of this name."),
                new QueryParameter("model", "Only calls that asked for this model."),
                From,
                To,
            ])
            .Answers<Page<UsageRecordItem>>();
        group.MapOperation("GET", "/summary", "Sums of calls, tokens and cost", SummarizeAsync)
            .Takes(new QueryParameter("group_by", "model, key, provider, credential or user; model when absent."), From, To)
            .Answers<UsageSummary>();
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

    private static UsageRecordItem Item(UsageRow row) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"use_{row.Id:x16}"),
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
