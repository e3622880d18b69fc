using Sluice.Configuration;

namespace Sluice.Tests.Routing;

/// <summary>A configuration that a test changes with a call.</summary>
internal sealed class SwitchedConfiguration(SluiceConfig config) : IConfigurationSource
{
    public ConfigSnapshot Current { get; private set; } = new(config, 1);

    public event Action<ConfigSnapshot>? Changed;

    public void Switch(SluiceConfig next)
    {
        Current = new ConfigSnapshot(next, Current.Generation + 1);
        Announce(Current);
    }

    /// <summary>As two changes arrive that were made at the same time: in any order.</summary>
    public void Announce(ConfigSnapshot snapshot) => Changed?.Invoke(snapshot);

    public Task<IReadOnlyList<ConfigError>> ReloadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ConfigError>>([]);
}
