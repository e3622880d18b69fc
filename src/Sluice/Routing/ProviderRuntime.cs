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
    private int _turn;

    public ProviderRuntime(ProviderConfig config, IProvider provider, string baseUrl, CredentialSlot[] slots)
    {
        Config = config;
        Provider = provider;
        Slots = slots;
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

    /// <summary>Leases the credential whose turn it is by weight, or the next one that is ready and was not tried with this target.</summary>
    /// <param name="target">What is to be called there.</param>
    /// <param name="tried">What the call has tried before.</param>
    /// <param name="now">The current time stamp.</param>
    /// <param name="filter">Which credentials the call may use.</param>
    /// <returns>Null when none is left.</returns>
    public CredentialSlot? TryLease(RouteTarget target, ReadOnlySpan<TriedCandidate> tried, long now, in LeaseFilter filter = default)
    {
        var slots = Slots;
        if (slots.Length == 0)
        {
            return null;
        }

        var start = slots.Length == 1 ? 0
            : filter.Binding is { } binding ? WeightedTurn.Pick(slots, slot => binding.WeightOf(slot.Provider, slot.Name, Config.Location), (uint)Interlocked.Increment(ref _turn))
            : WeightedTurn.Pick(slots, static slot => slot.Config.Weight, (uint)Interlocked.Increment(ref _turn));
        for (var i = 0; i < slots.Length; i++)
        {
            var slot = slots[(start + i) % slots.Length];
            if (filter.Allows(Config, slot) && !tried.Contains(new TriedCandidate(target, slot)) && slot.TryLease(now))
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
            var until = slot.RestsUntil(now);
            if (slot.StateAt(now) == CredentialState.Cooling && (soonest == 0 || until < soonest))
            {
                soonest = until;
                forRate = slot.Health.CoolsForRate;
            }
        }

        return soonest;
    }

    private static Dialect DialectOf(string name) => DialectNames.TryParse(name, out var dialect) ? dialect : default;
}
