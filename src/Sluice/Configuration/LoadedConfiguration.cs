using Sluice.Configuration.Schema;

namespace Sluice.Configuration;

/// <summary>A reading with the database's part: what can come into force.</summary>
internal sealed record LoadedConfiguration
{
    /// <summary>The merged configuration; only to be used when <see cref="Errors"/> is empty.</summary>
    public required SluiceConfig Config { get; init; }

    /// <summary>Every mistake, in the order of the file, then the environment's.</summary>
    public required IReadOnlyList<ConfigError> Errors { get; init; }

    public required ConfigurationReading Reading { get; init; }

    public IReadOnlyList<ConfigWarning> Warnings => Reading.Warnings;

    /// <summary>The file that was read; null when there was none.</summary>
    public string? File => Reading.File;

    /// <summary>The settings in force with their origins; secrets masked.</summary>
    public IReadOnlyList<SettingOrigin> Settings()
    {
        var view = new SettingView(Reading.Sources);
        SluiceSchema.Root.Show(Config, "", view);
        return view.Rows;
    }
}
