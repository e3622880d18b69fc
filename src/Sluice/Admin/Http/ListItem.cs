using System.Text.Json.Serialization.Metadata;
using Sluice.Auth;

namespace Sluice.Admin.Http;

/// <summary>An item of a collection.</summary>
internal interface IListItem
{
    string Id { get; }

    /// <summary>Where it stands: lists go down in position. Rows of the database count up from 1, what has no row counts down from -1.</summary>
    long Position { get; }
}

internal static class ListItems
{
    /// <summary>Answers the page that the query asks for.</summary>
    public static Task WritePageAsync<T>(this HttpContext context, IEnumerable<T> items, JsonTypeInfo<Page<T>> type)
        where T : IListItem
    {
        var query = new Query(context.Request);
        var (before, limit) = (query.CursorPosition() ?? long.MaxValue, query.Limit());
        return query.Error is { } error
            ? context.WriteProblemAsync(error, query.Errors)
            : context.WriteJsonAsync(Page<T>.From([.. items.Where(item => item.Position < before).Take(limit + 1)], limit), type);
    }

    /// <summary>Answers the item of the path's id, or that there is none.</summary>
    public static Task WriteItemAsync<T>(this HttpContext context, IEnumerable<T> items, JsonTypeInfo<T> type)
        where T : class, IListItem
        => items.FirstOrDefault(item => item.Id == context.Id()) is { } item
            ? context.WriteJsonAsync(item, type)
            : context.WriteProblemAsync(AdminErrors.NotFound);
}
