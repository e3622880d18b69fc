using System.Text;
using Sluice.Protocol;

namespace Sluice.Providers;

/// <summary>
/// The paths of one provider under its base URL, made once per configuration.
/// A version at the end of <c>base_url</c> (<c>/v1</c>, <c>/v1beta</c>) stands in place of the one that an operation's
/// path begins with, so that a base URL with and without it both work.
/// </summary>
public sealed class UpstreamUrl
{
    /// <summary>What a call puts into a path: its model, or the id of the answer that it is about.</summary>
    private static readonly string[] Slots = ["{model}", "{id}"];

    // A dozen rows at most: comparing them in turn is faster than hashing a record.
    private readonly Template[] _templates;
    private readonly string _baseQuery;

    private UpstreamUrl(Template[] templates, string baseQuery, string? modelsPath, string? balancePath)
    {
        _templates = templates;
        _baseQuery = baseQuery;
        ModelsPath = modelsPath;
        BalancePath = balancePath;
    }

    /// <summary>The path and query that lists the provider's models; null where the vendor has no such list.</summary>
    public string? ModelsPath { get; }

    /// <summary>The path and query that tells what an account has left; null where the vendor has none.</summary>
    public string? BalancePath { get; }

    /// <summary>Prepares the paths of a provider.</summary>
    /// <param name="descriptor">What it serves, and where.</param>
    /// <param name="baseUrl">
    /// As configured; empty takes the descriptor's default. A trailing slash is tolerated, a query string is kept on every call.
    /// </param>
    public static UpstreamUrl Create(ProviderDescriptor descriptor, string baseUrl)
    {
        var (path, query) = PathAndQueryOf(baseUrl.Length > 0 ? baseUrl : descriptor.DefaultBaseUrl ?? "");
        var templates = descriptor.Operations
            .Select(row => Template.Parse(row, path, query))
            .ToArray();
        var models = descriptor.ModelsPath is { } list ? Join(path, list) + query : null;
        var balance = descriptor.Balance is { } row ? Join(path, row.Path) + query : null;
        return new UpstreamUrl(templates, query, models, balance);
    }

    /// <summary>Builds one path without keeping the provider's others: <see cref="Create"/> and <see cref="For"/> in one step.</summary>
    public static string? Build(ProviderDescriptor descriptor, string baseUrl, Operation operation, string model, string query) =>
        Create(descriptor, baseUrl).For(operation, model, query);

    /// <summary>The path and query of a call, percent-encoded and ready for the request line.</summary>
    /// <param name="operation">What is asked.</param>
    /// <param name="model">The vendor's model id, as text; used where the model stands in the path. The answer's id where that stands there.</param>
    /// <param name="query">The query to send, encoded already, with or without its question mark; may be empty.</param>
    /// <param name="streams">True for a call whose body asks for a stream, which some vendors serve at a path of its own.</param>
    /// <returns>
    /// Null when the provider does not serve the operation, or when the model's name cannot stand in a path: it is empty,
    /// or has an empty, <c>.</c> or <c>..</c> segment, which a server on the way could resolve to another path.
    /// </returns>
    public string? For(Operation operation, ReadOnlySpan<char> model, ReadOnlySpan<char> query, bool streams = false)
    {
        if (Find(operation) is not { } template)
        {
            return null;
        }

        template = streams && template.Streaming is { } streaming ? streaming : template;
        query = template.TakesQuery ? query.TrimStart('?') : default;
        if (template.Suffix is null)
        {
            return query.IsEmpty ? template.Whole : string.Concat(template.Whole, _baseQuery.Length > 0 ? "&" : "?", query);
        }

        // Google's own SDK accepts the resource name as well as the bare id.
        var name = model.StartsWith("models/", StringComparison.Ordinal) ? model["models/".Length..] : model;
        if (!IsPathSafe(name))
        {
            return null;
        }

        var path = new StringBuilder(template.Whole.Length + template.Suffix.Length + name.Length + _baseQuery.Length + query.Length + 8);
        path.Append(template.Whole);
        AppendEncoded(path, name);
        path.Append(template.Suffix).Append(_baseQuery);
        if (!query.IsEmpty)
        {
            path.Append(_baseQuery.Length > 0 ? '&' : '?').Append(query);
        }

        return path.ToString();
    }

    /// <summary>True when every call of the operation has the same path, so that a request's head can be made once.</summary>
    public bool IsConstant(Operation operation) => Find(operation) is { Suffix: null, Streaming: null };

    /// <summary>True when there is a path for the operation.</summary>
    public bool Has(Operation operation) => Find(operation) is not null;

    private Template? Find(Operation operation)
    {
        foreach (var template in _templates)
        {
            if (template.Operation == operation)
            {
                return template;
            }
        }

        return null;
    }

    private static (string Path, string Query) PathAndQueryOf(string baseUrl)
    {
        if (!Uri.TryCreate(baseUrl, UriKind.Absolute, out var uri))
        {
            return ("", "");
        }

        return (uri.AbsolutePath.TrimEnd('/'), uri.Query.Length > 1 ? uri.Query : "");
    }

    private static string Join(string basePath, string path)
    {
        if (path.StartsWith("~/", StringComparison.Ordinal))
        {
            return path[1..];
        }

        var end = path.IndexOf('/', 1);
        var startsWithVersion = end > 0 && IsVersion(path.AsSpan(1, end - 1));
        var endsWithVersion = IsVersion(basePath.AsSpan(basePath.LastIndexOf('/') + 1));
        return startsWithVersion && endsWithVersion ? basePath + path[end..] : basePath + path;
    }

    /// <summary><c>v1</c>, <c>v1beta</c>, <c>v1alpha</c>, <c>v4</c>: a v, then a digit.</summary>
    private static bool IsVersion(ReadOnlySpan<char> segment) =>
        segment.Length >= 2 && segment[0] == 'v' && char.IsAsciiDigit(segment[1]);

    private static bool IsPathSafe(ReadOnlySpan<char> name)
    {
        foreach (var range in name.Split('/'))
        {
            if (name[range] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    private static void AppendEncoded(StringBuilder path, ReadOnlySpan<char> name)
    {
        foreach (var range in name.Split('/'))
        {
            if (range.Start.Value > 0)
            {
                path.Append('/');
            }

            // An at sign may stand in a path (RFC 3986 3.3), and Google's own SDKs leave it: claude-…@20250929.
            path.Append(Uri.EscapeDataString(name[range]).Replace("%40", "@", StringComparison.Ordinal));
        }
    }

    /// <summary>A path, cut in two where the model goes; <see cref="Suffix"/> is null where no model is in the path.</summary>
    private sealed record Template(Operation Operation, string Whole, string? Suffix, bool TakesQuery, Template? Streaming)
    {
        public static Template Parse(OperationPath row, string basePath, string baseQuery)
        {
            var streaming = row.StreamPath is { } path ? Parse(row with { Path = path, StreamPath = null }, basePath, baseQuery) : null;
            var whole = Join(basePath, row.Path);
            foreach (var slot in Slots)
            {
                if (whole.IndexOf(slot, StringComparison.Ordinal) is >= 0 and var at)
                {
                    return new Template(row.Operation, whole[..at], whole[(at + slot.Length)..], row.TakesQuery, streaming);
                }
            }

            return new Template(row.Operation, whole + baseQuery, null, row.TakesQuery, streaming);
        }
    }
}
