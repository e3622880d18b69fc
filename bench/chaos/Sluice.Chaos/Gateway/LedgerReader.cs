using System.Globalization;
using System.Text.Json;
using Sluice.TestKit.Gateway;

namespace Sluice.Chaos.Gateway;

/// <summary>Reads the ledger through the administration's API, as anyone outside would.</summary>
internal sealed class LedgerReader(GatewayClient administrator)
{
    private const int PageSize = 500;

    public async Task<LedgerCopy> ReadAsync()
    {
        var records = new List<LedgerRecord>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/api/admin/usage/records?limit={PageSize}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            records.AddRange(page.GetProperty("data").EnumerateArray().Select(Record));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        var groups = (await GetAsync("/api/admin/usage/summary?group_by=key")).GetProperty("data").EnumerateArray().ToList();
        return new LedgerCopy(
            records,
            groups.Sum(group => group.GetProperty("calls").GetInt64()),
            groups.Sum(group => group.GetProperty("cost_nano_usd").GetInt64()));
    }

    /// <summary>What each budget still holds for calls in flight, in nano-USD; null when the service has no budgets to show.</summary>
    public async Task<IReadOnlyList<long>?> HeldAsync()
    {
        var reply = await administrator.GetAsync($"/api/admin/budgets?limit={PageSize.ToString(CultureInfo.InvariantCulture)}");
        return reply.Status == 200
            ? [.. reply.Json.GetProperty("data").EnumerateArray().Select(Held)]
            : null;
    }

    /// <summary>The member is named after its unit or without: the first that begins so.</summary>
    private static long Held(JsonElement budget)
        => budget.EnumerateObject().First(member => member.Name.StartsWith("held", StringComparison.Ordinal)).Value.GetInt64();

    private static LedgerRecord Record(JsonElement item)
    {
        var tokens = item.GetProperty("tokens");
        long Tokens(string bucket) => tokens.GetProperty(bucket).GetInt64();
        return new LedgerRecord(
            item.GetProperty("client_request_id").GetString(),
            item.GetProperty("key").GetString()!,
            item.GetProperty("status").GetString()!,
            Tokens("input") + Tokens("cache_read") + Tokens("cache_write_5m") + Tokens("cache_write_1h"),
            Tokens("output"),
            item.GetProperty("cost_nano_usd") is { ValueKind: JsonValueKind.Number } cost ? cost.GetInt64() : null);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        var reply = await administrator.GetAsync(path);
        return reply.Status == 200 ? reply.Json : throw new InvalidOperationException($"GET {path} answered {reply.Status}: {reply.Text}");
    }
}
