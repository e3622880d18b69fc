using System.Collections.Concurrent;

namespace Sluice.Telemetry;

/// <summary>
/// Everything the gateway counts. Labels come from closed sets only: operations, statuses, error codes, and the providers
/// and models of the configuration; never a key, a user, an account, or a text that a client made up.
/// </summary>
internal sealed class GatewayMetrics
{
    /// <summary>
    /// Targets that get series of their own. Models made through the admin API and deleted again keep theirs, so without
    /// a bound a script could fill the memory; beyond it calls count under the model <c>other</c>.
    /// </summary>
    internal const int MaxTargets = 10_000;

    private readonly ConcurrentDictionary<(string Provider, string Model), TargetSeries> _targets = new();
    private readonly ConcurrentDictionary<string, ProviderSeries> _providers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ErrorCount> _errors = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Gauge> _gauges = new(StringComparer.Ordinal);
    private long _inFlight;

    public GatewayMetrics()
    {
        Unrouted = new TargetSeries(new ProviderSeries(""), "", UpstreamIdentity.None);
        Meter = new GatewayMeter(this);
    }

    /// <summary>The series of calls that ended before a target was chosen: unknown key or model, a refused rate.</summary>
    public TargetSeries Unrouted { get; }

    /// <summary>Model calls that have begun and not ended, detached upstream pumps not included.</summary>
    public long InFlight => Volatile.Read(ref _inFlight);

    internal GatewayMeter Meter { get; }

    /// <summary>Series with calls in a stable order, <see cref="Unrouted"/> first.</summary>
    internal IEnumerable<CallSeries> Calls => _targets.Values
        .OrderBy(t => t.Provider.Name, StringComparer.Ordinal)
        .ThenBy(t => t.Model, StringComparer.Ordinal)
        .Prepend(Unrouted)
        .SelectMany(t => t.Calls);

    internal IEnumerable<ProviderSeries> Providers => _providers.Values.OrderBy(p => p.Name, StringComparer.Ordinal);

    internal IEnumerable<ErrorCount> Errors => _errors.Values.OrderBy(e => e.Code, StringComparer.Ordinal);

    internal IEnumerable<Gauge> Gauges => _gauges.Values.OrderBy(g => g.Name, StringComparer.Ordinal);

    /// <summary>
    /// The series of a route target: call it when routes are built, hold what it returns. The same names give the same
    /// object for the life of the process.
    /// </summary>
    /// <param name="provider">The provider's name in the configuration.</param>
    /// <param name="model">The model's name in the configuration; for direct addressing the vendor's known id, or <c>other</c>.</param>
    /// <param name="identity">Who answers there.</param>
    public TargetSeries Target(string provider, string model, UpstreamIdentity identity)
    {
        if (_targets.Count >= MaxTargets && !_targets.ContainsKey((provider, model)))
        {
            model = "other";
        }

        var target = _targets.GetOrAdd(
            (provider, model),
            static (key, state) => new TargetSeries(state.Owner.Provider(key.Provider), key.Model, state.identity),
            (Owner: this, identity));
        target.Identify(identity);
        return target;
    }

    /// <summary>Counts a call in; every call is counted out by <see cref="CallEnded"/>.</summary>
    public void CallStarted() => Interlocked.Increment(ref _inFlight);

    /// <summary>Counts an ended call out and records it.</summary>
    /// <param name="target">The target that served it, or the last that was tried; <see cref="Unrouted"/> when there was none.</param>
    /// <param name="call">How it ended.</param>
    public void CallEnded(TargetSeries target, in CallSummary call)
    {
        Interlocked.Decrement(ref _inFlight);
        var series = target.For(call.Operation);
        series.Record(in call);
        if (call.ErrorCode is { } code)
        {
            _errors.GetOrAdd(code, static c => new ErrorCount(c)).Increment();
        }

        Meter.Record(series, in call);
    }

    /// <summary>Adds a value that is read when somebody looks, such as a queue's depth.</summary>
    /// <param name="name">Such as <c>sluice_usage_queue_depth</c>; a second registration of a name replaces the first.</param>
    /// <param name="help">One line for the <c>HELP</c> of the exposition.</param>
    /// <param name="read">Quick, takes no lock, does not throw.</param>
    public void RegisterGauge(string name, string help, Func<double> read) => _gauges[name] = new Gauge(name, help, read);

    private ProviderSeries Provider(string name) => _providers.GetOrAdd(name, static n => new ProviderSeries(n));

    internal sealed record Gauge(string Name, string Help, Func<double> Read);

    /// <summary>How often an error code was answered.</summary>
    internal sealed class ErrorCount(string code)
    {
        private long _count;

        public string Code { get; } = code;

        public long Count => Volatile.Read(ref _count);

        public void Increment() => Interlocked.Increment(ref _count);
    }
}
