using Sluice.Providers;

namespace Sluice.Pipeline;

/// <summary>The headers that error classification looks at, kept while the body is read over their bytes.</summary>
internal sealed class RetainedHeaders : IUpstreamHeaders
{
    private static readonly string[] Kept = ["retry-after", "retry-after-ms", "x-should-retry", "content-type", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens"];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public RetainedHeaders(IUpstreamHeaders headers)
    {
        foreach (var name in Kept)
        {
            if (headers.Find(name) is { } value)
            {
                _values[name] = value;
            }
        }
    }

    public string? Find(string name) => _values.GetValueOrDefault(name);
}
