using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Protocol;
using Sluice.Providers;
using Sluice.Telemetry;

namespace Sluice.Routing;

/// <summary>A credential that a call has tried with a target.</summary>
internal readonly record struct TriedCandidate(RouteTarget Target, CredentialSlot Slot);

/// <summary>A provider as one snapshot of the configuration has it, ready for the request path.</summary>
internal sealed class ProviderRuntime
{
    private readonly bool[] _serves;
    private int _turn;

    public ProviderRuntime(ProviderConfig config, IProvider provider, string baseUrl, CredentialSlot[] slots)
    {
        Config = config;
        Provider = provider;
        Slots = slots;
        Descriptor = provider.Descriptor.Serving(
            [.. config.Dialects.Where(name => DialectNames.TryParse(name, out _)).Select(DialectOf)]);
        Urls = UpstreamUrl.Create(Descriptor, baseUrl);
        Identity = Uri.TryCreate(baseUrl, UriKind.Absolute, out var address)
            ? new UpstreamIdentity(GenAIProviderNames.Of(config.Type), address.Host, address.Port)
            : UpstreamIdentity.None;
        IsAtVendor = provider.Descriptor.DefaultBaseUrl is { } vendors && new Uri(vendors).Host == address?.Host;
        _serves = new bool[Operation.All.Count];
        foreach (var path in Descriptor.Operations)
        {
            _serves[path.Operation.Index] = true;
        }
    }

    public string Name => Config.Name;

    public ProviderConfig Config { get; }

    public IProvider Provider { get; }

    /// <summary>The vendor's data, narrowed to the dialects that the configuration names.</summary>
    public ProviderDescriptor Descriptor { get; }

    /// <summary>Where each operation lives under the base URL.</summary>
    public UpstreamUrl Urls { get; }

    /// <summary>Who answers there, for telemetry.</summary>
    public UpstreamIdentity Identity { get; }

    /// <summary>True when the vendor itself answers there, and not another server that speaks its dialect.</summary>
    public bool IsAtVendor { get; }

    /// <summary>The credentials, in the order of the configuration; one without a secret where the vendor needs none.</summary>
    public CredentialSlot[] Slots { get; }

    public bool Serves(Operation operation) => _serves[operation.Index];

    /// <summary>The dialects that this provider speaks, for messages to people.</summary>
    public IEnumerable<string> DialectsServed
        => Descriptor.Operations.Select(path => path.Operation.Dialect.Name()).Distinct();

    /// <summary>Calls in flight over all credentials.</summary>
    public int InFlight
    {
        get
        {
            var sum = 0;
            foreach (var slot in Slots)
            {
                sum += slot.Health.InFlight;
            }

            return sum;
        }
    }

    /// <summary>Leases the credential whose turn it is by weight, or the next one that is ready and was not tried with this target.</summary>
    /// <param name="target">For which target.</param>
    /// <param name="tried">What the call has tried.</param>
    /// <param name="now">The current time stamp.</param>
    /// <param name="only">The name of the one credential that will do; null for any.</param>
    /// <returns>Null when none is left.</returns>
    public CredentialSlot? TryLease(RouteTarget target, ReadOnlySpan<TriedCandidate> tried, long now, string? only = null)
    {
        var slots = Slots;
        if (slots.Length == 0)
        {
            return null;
        }

        var start = slots.Length == 1 ? 0 : WeightedTurn.Pick(slots, static slot => slot.Config.Weight, (uint)Interlocked.Increment(ref _turn));
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[(start + i) % slots.Length];
            if ((only is null || slot.Name == only) && !tried.Contains(new TriedCandidate(target, slot)) && slot.TryLease(now))
            {
                return slot;
            }
        }

        return null;
    }

    /// <summary>The soonest time stamp at which a cooling credential is ready again; 0 when none cools.</summary>
    public long SoonestReady(long now, out bool forRate)
    {
        var soonest = 0L;
        forRate = false;
        foreach (var slot in Slots)
        {
            var until = slot.Health.CoolingUntil;
            if (slot.Health.StateAt(now) == CredentialState.Cooling && (soonest == 0 || until < soonest))
            {
                soonest = until;
                forRate = slot.Health.CoolsForRate;
            }
        }

        return soonest;
    }

    private static Dialect DialectOf(string name) => DialectNames.TryParse(name, out var dialect) ? dialect : default;
}
