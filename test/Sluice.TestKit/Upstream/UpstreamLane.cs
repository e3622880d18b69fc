using System.Collections.Concurrent;

namespace Sluice.TestKit.Upstream;

/// <summary>
/// One vendor's account on a shared upstream: a path prefix with its own script and its own record of requests,
/// so that tests which share a gateway do not see each other.
/// </summary>
public sealed class UpstreamLane
{
    private readonly ConcurrentQueue<UpstreamAnswer> _once = new();
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private volatile Func<RecordedRequest, UpstreamAnswer>? _always;

    internal UpstreamLane(string address, string name)
    {
        Name = name;
        BaseUrl = $"{address}/{name}";
    }

    public string Name { get; }

    /// <summary>What the SDKs of Anthropic and Google take as their base URL.</summary>
    public string BaseUrl { get; }

    /// <summary>What OpenAI's SDK takes as its base URL.</summary>
    public string OpenAIBaseUrl => $"{BaseUrl}/v1";

    /// <summary>The requests so far, oldest first.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>Answers the next request so; several calls line up.</summary>
    public UpstreamLane Once(UpstreamAnswer answer)
    {
        _once.Enqueue(answer);
        return this;
    }

    /// <summary>Answers every request so, once the queue of <see cref="Once"/> is empty.</summary>
    public UpstreamLane Always(UpstreamAnswer answer) => Always(_ => answer);

    /// <inheritdoc cref="Always(UpstreamAnswer)"/>
    public UpstreamLane Always(Func<RecordedRequest, UpstreamAnswer> script)
    {
        _always = script;
        return this;
    }

    /// <summary>Waits until so many requests have come and returns the last of them.</summary>
    public async Task<RecordedRequest> RequestAsync(int number = 1, TimeSpan? within = null)
    {
        await Eventually.HoldsAsync($"request {number} at the upstream's lane {Name}", () => _requests.Count >= number, within);
        return Requests[number - 1];
    }

    internal void Record(RecordedRequest request) => _requests.Enqueue(request);

    internal UpstreamAnswer Next(RecordedRequest request)
        => _once.TryDequeue(out var answer) ? answer : _always?.Invoke(request) ?? DefaultAnswer.For(request);
}
