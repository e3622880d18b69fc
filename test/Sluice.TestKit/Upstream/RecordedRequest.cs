using System.Text;
using System.Text.Json;

namespace Sluice.TestKit.Upstream;

/// <summary>A request as the upstream saw it.</summary>
public sealed class RecordedRequest
{
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required string Method { get; init; }

    /// <summary>Path and query as they stood on the request line.</summary>
    public required string RawTarget { get; init; }

    /// <summary>The path without the lane's prefix and without the query.</summary>
    public required string Path { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }
    public required byte[] Body { get; init; }
    public required DateTimeOffset At { get; init; }

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Completes when the exchange is over; true when the gateway left before the answer's end.</summary>
    public Task<bool> Ended => _ended.Task;

    /// <summary>The header's value, several joined by a comma; null when it was not sent.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(h => string.Equals(h.Key, name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).ToList();
        return values.Count == 0 ? null : string.Join(", ", values);
    }

    internal void End(bool aborted) => _ended.TrySetResult(aborted);
}
