using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Admin.Http;
using Sluice.Audit;
using Sluice.Auth;
using Sluice.Storage;

namespace Sluice.Admin;

/// <summary><c>/api/admin/audit</c>: who changed what, as a list and as files.</summary>
internal sealed class AuditEndpoints(AuditLog log)
{
    private const int Batch = 500;

    private static readonly QueryParameter[] Filters =
    [
        new("actor", "The id or name of the user or key that made the change."),
        new("action", "Method and route, such as PUT /api/admin/users/{id}/role."),
        new("target", "The id that was changed."),
        new("from", "The first moment, such as 2026-01-31T12:00:00Z."),
        new("to", "The moment before which entries count."),
    ];

    private static readonly Dictionary<string, bool> Formats = new() { ["jsonl"] = false, ["csv"] = true };

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapAdministrators("/api/admin/audit", "Audit", operatorsRead: false);
        group.MapOperation("GET", "", "List the changes that administrators made, newest first", ListAsync)
            .Takes([.. Filters, .. OperationMetadata.Paging]).Answers<Page<AuditItem>>();
        group.MapOperation("GET", "/export", "All changes as lines of JSON or as CSV, newest first", ExportAsync)
            .Takes([.. Filters, new QueryParameter("format", "jsonl or csv; jsonl when absent.")]).Answers(StatusCodes.Status200OK);
    }

    private Task ListAsync(HttpContext context)
    {
        var query = new Query(context.Request);
        var (filter, before, limit) = (Filter(query), query.CursorPosition(), query.Limit());
        return query.Error is { } error
            ? context.WriteProblemAsync(error, query.Errors)
            : context.WriteJsonAsync(Page<AuditItem>.From(log.List(filter, before ?? long.MaxValue, limit + 1).ConvertAll(Item), limit), AdminJson.Default.PageAuditItem);
    }

    private async Task ExportAsync(HttpContext context)
    {
        var query = new Query(context.Request);
        var filter = Filter(query);
        var isCsv = query.OneOf("format", Formats, false);
        if (query.Error is { } error)
        {
            await context.WriteProblemAsync(error, query.Errors);
            return;
        }

        context.Response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"audit.{(isCsv ? "csv" : "jsonl")}\"";
        if (isCsv)
        {
            await context.Response.WriteAsync("id,at,actor,actor_name,action,target,status,address,request_id,before,after,hash\r\n", context.RequestAborted);
        }

        var before = long.MaxValue;
        while (log.List(filter, before, Batch) is { Count: > 0 } entries)
        {
            var text = new StringBuilder();
            foreach (var item in entries.Select(Item))
            {
                text.Append(isCsv ? Csv(item) : JsonSerializer.Serialize(item, AdminJson.Default.AuditItem)).Append(isCsv ? "\r\n" : "\n");
            }

            await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
            before = entries[^1].Id;
        }
    }

    private static AuditFilter Filter(Query query)
        => new(query.Text("actor"), query.Text("action"), query.Text("target"), query.Time("from"), query.Time("to"));

    private static AuditItem Item(AuditEntry entry) => new()
    {
        Id = entry.Id.ToString(CultureInfo.InvariantCulture),
        At = Clock.FromUnixMicros(entry.At),
        Actor = entry.Actor,
        ActorName = entry.ActorName,
        Action = entry.Action,
        Target = entry.Target,
        Status = entry.Status,
        Before = Parse(entry.Before),
        After = Parse(entry.After),
        Address = entry.Address,
        RequestId = entry.RequestId,
        Hash = Convert.ToHexStringLower(entry.Hash),
        Position = entry.Id,
    };

    private static JsonElement? Parse(string? json) => json is null ? null : JsonElement.Parse(json);

    private static string Csv(AuditItem item) => string.Join(',', new[]
    {
        item.Id, item.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), item.Actor, item.ActorName, item.Action, item.Target,
        item.Status.ToString(CultureInfo.InvariantCulture), item.Address, item.RequestId, item.Before?.GetRawText() ?? "", item.After?.GetRawText() ?? "", item.Hash,
    }.Select(Quoted));

    /// <summary>RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe before it.</summary>
    private static string Quoted(string text)
    {
        var safe = text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}

/// <summary>A change that an administrator made.</summary>
internal sealed record AuditItem : IListItem
{
    public required string Id { get; init; }
    public DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
    public required string ActorName { get; init; }
    public required string Action { get; init; }
    public required string Target { get; init; }
    public int Status { get; init; }
    public JsonElement? Before { get; init; }
    public JsonElement? After { get; init; }
    public required string Address { get; init; }
    public required string RequestId { get; init; }

    /// <summary>SHA-256 over this entry and the hash of the one before it.</summary>
    public required string Hash { get; init; }

    [JsonIgnore]
    public long Position { get; init; }
}
