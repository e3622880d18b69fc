using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Protocol;
using Sluice.Providers;

namespace Sluice.Routing;

/// <summary>A provider as one snapshot of the configuration has it, ready for the request path.</summary>
internal sealed class ProviderRuntime
{
    private int _turn;

    public ProviderRuntime(ProviderConfig config, IProvider provider, Uri baseUrl, CredentialSlot[] slots)
    {
        Config = config;
        Provider = provider;
        BaseUrl = baseUrl;
        Slots = slots;
        Dialects = config.Dialects.Count == 0
            ? null
            : [.. config.Dialects.Where(name => DialectNames.TryParse(name, out _)).Select(name => DialectNames.TryParse(name, out var dialect) ? dialect : default)];
        Paths = new OperationPath?[Operation.All.Count];
        foreach (var path in provider.Descriptor.Operations)
        {
            if (Dialects is null || Dialects.Contains(path.Operation.Dialect))
            {
                Paths[path.Operation.Index] = path;
            }
        }
    }

    public string Name => Config.Name;

    public ProviderConfig Config { get; }

    public IProvider Provider { get; }

    public Uri BaseUrl { get; }

    /// <summary>The credentials, in the order of the configuration; one without a secret where the vendor needs none.</summary>
    public CredentialSlot[] Slots { get; }

    /// <summary>Where each operation lives; null for what this provider does not serve.</summary>
    public OperationPath?[] Paths { get; }

    private HashSet<Dialect>? Dialects { get; }

    public bool Serves(Operation operation) => Paths[operation.Index] is not null;

    /// <summary>The dialects that this provider speaks, for messages to people.</summary>
    public IEnumerable<string> DialectsServed
        => Paths.Where(path => path is not null).Select(path => path!.Operation.Dialect.Name()).Distinct();

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

    /// <summary>Leases the credential whose turn it is by weight, or the next one that is ready and was not tried by this call.</summary>
    /// <returns>Null when none is left.</returns>
    public CredentialSlot? TryLease(long now, ReadOnlySpan<CredentialSlot?> tried)
    {
        var slots = Slots;
        if (slots.Length == 1)
        {
            return !tried.Contains(slots[0]) && slots[0].TryLease(now) ? slots[0] : null;
        }

        if (slots.Length == 0)
        {
            return null;
        }

        var start = WeightedTurn.Pick(slots, static slot => slot.Config.Weight, (uint)Interlocked.Increment(ref _turn));
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[(start + i) % slots.Length];
            if (!tried.Contains(slot) && slot.TryLease(now))
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
            if (until > now && (soonest == 0 || until < soonest))
            {
                soonest = until;
                forRate = slot.Health.CoolsForRate;
            }
        }

        return soonest;
    }
}
