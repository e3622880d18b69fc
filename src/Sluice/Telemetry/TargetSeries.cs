using Sluice.Protocol;

namespace Sluice.Telemetry;

/// <summary>Who answers behind a provider's name, for the GenAI conventions.</summary>
/// <param name="ProviderName">The value of <c>gen_ai.provider.name</c>; see <see cref="GenAIProviderNames"/>.</param>
/// <param name="ServerAddress">The host of the base URL; empty when there is none.</param>
/// <param name="ServerPort">The port of the base URL; 0 when there is none.</param>
internal sealed record UpstreamIdentity(string ProviderName, string ServerAddress, int ServerPort)
{
    public static readonly UpstreamIdentity None = new("", "", 0);
}

/// <summary>
/// The series of one route target. The route holds it, so that the request path never looks a label up; it outlives
/// reloads, because a counter must not fall.
/// </summary>
internal sealed class TargetSeries
{
    private static readonly Operation[] Operations = [.. Operation.All, Operation.ToolCall];
    private readonly CallSeries?[] _calls = new CallSeries?[Operations.Length];
    private UpstreamIdentity _identity;

    internal TargetSeries(ProviderSeries provider, string model, UpstreamIdentity identity)
    {
        Provider = provider;
        Model = model;
        _identity = identity;
    }

    public ProviderSeries Provider { get; }

    /// <summary>The model as the configuration names it (a pattern stays a pattern); empty for calls that reached no route.</summary>
    public string Model { get; }

    /// <summary>Changes only when a reload points the provider elsewhere.</summary>
    public UpstreamIdentity Identity => Volatile.Read(ref _identity);

    /// <summary>The series that have been used, in the order of the operations.</summary>
    public IEnumerable<CallSeries> Calls => _calls.OfType<CallSeries>();

    /// <summary>The series of an operation, made on its first call.</summary>
    public CallSeries For(Operation operation)
    {
        // By reference: comparing records by value costs more than the whole recording.
        for (var i = 0; i < Operations.Length; i++)
        {
            if (ReferenceEquals(Operations[i], operation))
            {
                return Volatile.Read(ref _calls[i]) ?? Create(i);
            }
        }

        throw new ArgumentOutOfRangeException(nameof(operation), operation.Name, "No operation that is counted.");
    }

    internal void Identify(UpstreamIdentity identity)
    {
        if (identity != Identity)
        {
            Volatile.Write(ref _identity, identity);
        }
    }

    private CallSeries Create(int index)
    {
        var made = new CallSeries(this, Operations[index]);
        return Interlocked.CompareExchange(ref _calls[index], made, null) ?? made;
    }
}
