using System.Security.Cryptography;
using System.Text;
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
    private const string GenericType = "openai-compatible";
    private const int HashDigits = 12;

    private readonly bool[] _serves;
    private readonly CredentialPool _pool;

    public ProviderRuntime(ProviderConfig config, IProvider provider, string baseUrl, CredentialSlot[] slots)
    {
        Config = config;
        Provider = provider;
        Slots = slots;
        _pool = new CredentialPool(slots);
        Descriptor = provider.Descriptor.Serving(
            [.. config.Dialects.Where(name => DialectNames.TryParse(name, out _)).Select(DialectOf)]);
        Urls = UpstreamUrl.Create(Descriptor, baseUrl);
        Identity = Uri.TryCreate(baseUrl, UriKind.Absolute, out var address)
            ? new UpstreamIdentity(GenAIProviderNames.Of(config.Type), address.Host, address.Port)
            : UpstreamIdentity.None;
        Platform = config.Type == GenericType ? $"{GenericType}-{HashOf(address?.Authority ?? baseUrl)}" : config.Type;
        IsAtVendor = provider.Descriptor.DefaultBaseUrl is { } vendors && new Uri(vendors).Host == address?.Host;
        _serves = new bool[Operation.All.Count];
        foreach (var path in Descriptor.Operations)
        {
            _serves[path.Operation.Index] = true;
        }
    }

    public string Name => Config.Name;

    /// <summary>
    /// Whose signatures hold here: the vendor, by its type. Behind the generic type any vendor may stand, so that the address
    /// tells one from another, and a hash of it, since clients carry the name with the signatures.
    /// </summary>
    public string Platform { get; }

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

    private static string HashOf(string address) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))[..HashDigits];

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

    /// <summary>Leases a credential that was not tried with this target: the conversation's own while that is ready, else by weight.</summary>
    /// <param name="target">One of this provider's.</param>
    /// <param name="tried">What the call has tried.</param>
    /// <param name="now">The current time stamp.</param>
    /// <param name="affinity">The hash of the call's conversation; 0 for none.</param>
    /// <param name="kind">What the call makes.</param>
    /// <returns>Null when none is left.</returns>
    public CredentialLease? TryLease(RouteTarget target, ReadOnlySpan<TriedCandidate> tried, long now, ulong affinity = 0, CallKind kind = CallKind.Text)
    {
        Span<int> indexes = stackalloc int[tried.Length];
        var count = 0;
        foreach (var candidate in tried)
        {
            if (ReferenceEquals(candidate.Target, target))
            {
                indexes[count++] = candidate.Slot.Index;
            }
        }

        return _pool.TryLease(indexes[..count], now, affinity, kind);
    }

    /// <summary>The soonest time stamp at which a credential that cools or is limited is ready again; 0 when none is.</summary>
    public long SoonestReady(long now, out bool forRate)
    {
        var soonest = 0L;
        forRate = false;
        foreach (var slot in Slots)
        {
            var standing = slot.Health.At(now);
            if (standing.State is CredentialState.Cooling or CredentialState.Limited && (soonest == 0 || standing.Until < soonest))
            {
                soonest = standing.Until;
                forRate = standing.ForRate;
            }
        }

        return soonest;
    }

    private static Dialect DialectOf(string name) => DialectNames.TryParse(name, out var dialect) ? dialect : default;
}
