using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIResponses;

namespace Sluice.StoredResponses;

/// <summary>Which part of a list is asked for, as OpenAI's lists take it.</summary>
/// <param name="After">The item before the page; null for the beginning.</param>
/// <param name="Before">The item behind the page; null for the end.</param>
/// <param name="Limit">The most items, 1 to 100.</param>
/// <param name="Ascending">True for the oldest first.</param>
internal readonly record struct ItemQuery(string? After, string? Before, int Limit, bool Ascending)
{
    private const int UsualLimit = 20;
    private const int MostPerPage = 100;

    public static ItemQuery Of(IQueryCollection query) => new(
        TextOf(query, "after"),
        TextOf(query, "before"),
        int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, MostPerPage) : UsualLimit,
        query["order"] == "asc");

    private static string? TextOf(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
}

/// <summary>A page of the items that an answer was made of (<c>GET /v1/responses/{id}/input_items</c>): all that was said before it.</summary>
internal static class ItemPage
{
    /// <summary>Writes a page.</summary>
    /// <param name="chain">The answer, with all that it went on from.</param>
    /// <param name="query">Which part.</param>
    /// <param name="refused">Why there is none.</param>
    /// <returns>The list; null when it is refused.</returns>
    public static byte[]? Write(ResponseChain chain, ItemQuery query, out GatewayError? refused)
    {
        var items = ItemsOf(chain);
        if (!query.Ascending)
        {
            items.Reverse();
        }

        refused = null;
        var from = IndexOf(items, query.After, "after", -1, ref refused) + 1;
        var to = IndexOf(items, query.Before, "before", items.Count, ref refused);
        if (refused is not null)
        {
            return null;
        }

        var all = Math.Max(0, to - from);
        var count = Math.Min(query.Limit, all);

        // What stands right before the given item, where nothing says where to begin.
        var first = query.Before is not null && query.After is null ? to - count : from;
        return Write(items.Slice(Math.Max(0, first), count), hasMore: all > count);
    }

    /// <summary>Every item with an id of its own, the first one first.</summary>
    private static List<(string Id, ReadOnlyMemory<byte> Json)> ItemsOf(ResponseChain chain)
    {
        var items = new List<(string Id, ReadOnlyMemory<byte> Json)>();
        foreach (var link in chain.Links)
        {
            var place = 0;
            foreach (var item in ResponsesConversation.ItemsOf(link.Content!.Input))
            {
                items.Add((IdOf(item, link.Id, place), item));
                place++;
            }

            if (!ReferenceEquals(link, chain.Links[^1]))
            {
                items.AddRange(ResponsesConversation.ItemsOf(ResponsesConversation.MemberOf(link.Content.Response, "output"u8))
                    .Select((item, at) => (IdOf(item, link.Id + "o", at), item)));
            }
        }

        return items;
    }

    /// <summary>The item's own id, or one that it has each time it is asked for.</summary>
    private static string IdOf(ReadOnlyMemory<byte> item, string response, int place)
    {
        if (ResponsesConversation.TextOf(item.Span, "id"u8) is { Length: > 0 } id)
        {
            return id;
        }

        var prefix = ResponsesConversation.TextOf(item.Span, "type"u8) switch
        {
            null or "message" => "msg",
            "reasoning" => "rs",
            "function_call" => "fc",
            "function_call_output" => "fco",
            "custom_tool_call" => "ctc",
            "custom_tool_call_output" => "ctco",
            _ => "item",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}_{response.AsSpan(response.IndexOf('_', StringComparison.Ordinal) + 1)}_in{place}");
    }

    private static int IndexOf(List<(string Id, ReadOnlyMemory<byte> Json)> items, string? id, string param, int otherwise, ref GatewayError? refused)
    {
        if (id is null)
        {
            return otherwise;
        }

        var index = items.FindIndex(item => item.Id == id);
        if (index < 0)
        {
            refused ??= StoredResponseErrors.UnknownItem(param, id);
        }

        return index;
    }

    private static byte[] Write(List<(string Id, ReadOnlyMemory<byte> Json)> page, bool hasMore)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        output.Write("{\"object\":\"list\",\"data\":["u8);
        foreach (var (at, (id, item)) in page.Index())
        {
            output.Write(at > 0 ? ","u8 : default);
            ResponsesConversation.WriteListed(output, item, id);
        }

        output.Write("],"u8);
        output.Write(JsonSerializer.SerializeToUtf8Bytes(
            new PageEnd(page.Count > 0 ? page[0].Id : null, page.Count > 0 ? page[^1].Id : null, hasMore), ItemPageJson.Default.PageEnd).AsSpan(1));
        return output.WrittenSpan.ToArray();
    }
}

/// <summary>What stands behind the items of a page.</summary>
internal sealed record PageEnd(string? FirstId, string? LastId, bool HasMore);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PageEnd))]
internal sealed partial class ItemPageJson : JsonSerializerContext;
