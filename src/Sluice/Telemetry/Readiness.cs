namespace Sluice.Telemetry;

/// <summary>Where the service stands in its life.</summary>
internal enum ServiceState
{
    /// <summary>Not yet listening, or not yet warm.</summary>
    Starting,

    Serving,

    /// <summary>A stop was asked for: calls in flight run on, load balancers must send no new ones.</summary>
    Draining,
}

/// <summary>The state that <c>/health/ready</c> answers from. Goes forward only.</summary>
internal interface IReadiness
{
    ServiceState State { get; }

    void MarkServing();

    void MarkDraining();
}

internal sealed class Readiness : IReadiness
{
    private int _state;

    public ServiceState State => (ServiceState)Volatile.Read(ref _state);

    /// <summary>A service that is already draining stays so: a stop during the start wins.</summary>
    public void MarkServing() => Interlocked.CompareExchange(ref _state, (int)ServiceState.Serving, (int)ServiceState.Starting);

    public void MarkDraining() => Volatile.Write(ref _state, (int)ServiceState.Draining);
}
