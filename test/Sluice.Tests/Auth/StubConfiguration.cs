using Sluice.Configuration;

namespace Sluice.Tests.Auth;

/// <summary>A configuration source over a record that a test sets, with an overlay applied as the real one does.</summary>
internal sealed class StubConfiguration(SluiceConfig file, IConfigurationOverlay? overlay = null) : IConfigurationSource
{
    public SluiceConfig File { get; set; } = file;

    /// <summary>What the next readings find wrong.</summary>
    public List<ConfigError> Errors { get; } = [];

    public ConfigSnapshot Current { get; private set; } = new(overlay?.Apply(file) ?? file, 1);

    public event Action<ConfigSnapshot>? Changed;

    public Task<IReadOnlyList<ConfigError>> ReloadAsync(CancellationToken cancellationToken)
    {
        if (Errors.Count == 0)
        {
            Current = new ConfigSnapshot(overlay?.Apply(File) ?? File, Current.Generation + 1);
            Changed?.Invoke(Current);
        }

        return Task.FromResult<IReadOnlyList<ConfigError>>([.. Errors]);
    }
}
