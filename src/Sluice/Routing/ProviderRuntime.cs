using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Protocol;
using Sluice.Protocol.AnthropicMessages;
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
    private readonly bool _isEven;
    private int _turn;

    public ProviderRuntime(ProviderConfig config, IProvider provider, string baseUrl, CredentialSlot[] slots)
    {
        Config = config;
        Provider = provider;
        Slots = slots;
        _pool = new CredentialPool(slots);
        Descriptor = provider.Descriptor.Serving(
            [.. config.Dialects.Where(name => DialectNames.TryParse(name, out _)).Select(DialectOf)]);
        Urls = UpstreamUrl.Create(Descriptor, baseUrl);
        if (Descriptor.Platform is { } platform)
        {
            // Project and region stand in the paths, so that each account has its own.
            foreach (var slot in slots)
            {
                // A key file that names no project, or cannot be read, has no paths.
                var operations = slot.Account is { Project: "" } ? [] : platform.PathsOf(Descriptor.Operations, config.Location, slot.Account?.Project);
                slot.Urls = UpstreamUrl.Create(Descriptor with { Operations = operations }, baseUrl);
            }

            AnthropicVersion = VertexEnvelope.VersionMember(config.AnthropicVersion.Length > 0 ? config.AnthropicVersion : platform.AnthropicVersion);
        }

        // What every credential serves, the pool can choose without a look at each.
        _isEven = Array.TrueForAll(slots, slot => slot.Urls is null || Descriptor.Operations.All(path => slot.Serves(path.Operation)));
        Identity = Uri.TryCreate(baseUrl, UriKind.Absolute, out var address)
            ? new UpstreamIdentity(GenAIProviderNames.Of(config.Type), address.Host, address.Port)
            : UpstreamIdentity.None;
        Platform = config.Type == GenericType ? $"{GenericType}-{HashOf(address?.Authority ?? baseUrl)}" : config.Type;
        IsAtVendor = (Descriptor.Platform?.BaseUrlOf(config.Location) ?? Descriptor.DefaultBaseUrl) is { } vendors && new Uri(vendors).Host == address?.Host;
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

    /// <summary>The paths of one of the provider's credentials.</summary>
    public UpstreamUrl UrlsOf(CredentialSlot slot) => slot.Urls ?? Urls;

    /// <summary>The member <c>anthropic_version</c> that Claude's requests must have in their body here; null where the version is a header.</summary>
    public byte[]? AnthropicVersion { get; }

    /// <summary>Who answers there, for telemetry.</summary>
    public UpstreamIdentity Identity { get; }

    /// <summary>True when the vendor itself answers there, and not another server that speaks its dialect.</summary>
    public bool IsAtVendor { get; }

    /// <summary>The credentials, in the order of the configuration; one without a secret where the vendor needs none.</summary>
    public CredentialSlot[] Slots { get; }

    public bool Serves(Operation operation) => _serves[operation.Index];

    /// <summary>True when the operation is served for this model: a cloud platform serves each publisher's models in their own dialect.</summary>
    public bool Serves(Operation operation, string model) => _serves[operation.Index] && (Descriptor.Platform is null || Descriptor.Serves(operation, model));

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
    /// <param name="filter">Which credentials the call may use.</param>
    /// <param name="only">The name of the one credential that will do; null for any.</param>
    /// <returns>Null when none is left.</returns>
    public CredentialLease? TryLease(
        RouteTarget target, ReadOnlySpan<TriedCandidate> tried, long now, ulong affinity = 0, CallKind kind = CallKind.Text, in LeaseFilter filter = default,
        string? only = null)
    {
        if (only is not null)
        {
            var slot = Array.Find(Slots, slot => slot.Name == only);
            return slot is null || !filter.Allows(Config, slot) || tried.Contains(new TriedCandidate(target, slot)) ? null : slot.TryLease(now, kind);
        }

        Span<int> indexes = stackalloc int[tried.Length];
        var count = 0;
        foreach (var candidate in tried)
        {
            if (ReferenceEquals(candidate.Target, target))
            {
                indexes[count++] = candidate.Slot.Index;
            }
        }

        return _isEven && filter is { Binding: null, Place: null }
            ? _pool.TryLease(indexes[..count], now, affinity, kind)
            : AmongAllowed(indexes[..count], now, affinity, kind, in filter);
    }

    /// <summary>As the pool does, for calls that not every credential serves.</summary>
    private CredentialLease? AmongAllowed(ReadOnlySpan<int> tried, long now, ulong affinity, CallKind kind, in LeaseFilter filter)
    {
        var slots = Slots;
        if (slots.Length == 0)
        {
            return null;
        }

        // A conversation's turn is always the same one.
        var turn = affinity != 0 ? (uint)affinity : (uint)Interlocked.Increment(ref _turn);
        var start = slots.Length == 1 ? 0
            : filter.Binding is { } binding ? WeightedTurn.Pick(slots, slot => binding.WeightOf(slot.Provider, slot.Name, Config.Location), turn)
            : WeightedTurn.Pick(slots, static slot => slot.Config.Weight, turn);
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[(start + i) % slots.Length];
            if (filter.Allows(Config, slot) && !tried.Contains(slot.Index) && slot.TryLease(now, kind) is { } lease)
            {
                return lease;
            }
        }

        return null;
    }

    /// <summary>The soonest time stamp at which a credential that cools or is limited is ready again; 0 when none is.</summary>
    public long SoonestReady(long now, out bool forRate)
    {
        var soonest = 0L;
        forRate = false;
        foreach (var slot in Slots)
        {
            var standing = slot.At(now);
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
