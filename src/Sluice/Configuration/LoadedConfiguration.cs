using Sluice.Configuration.Reading;
using Sluice.Configuration.Schema;

namespace Sluice.Configuration;

/// <summary>What one reading gave.</summary>
internal sealed record LoadedConfiguration
{
    /// <summary>The merged configuration; only to be used when <see cref="Errors"/> is empty.</summary>
    public required SluiceConfig Config { get; init; }

    /// <summary>Every mistake, in the order of the file, then the environment's.</summary>
    public required IReadOnlyList<ConfigError> Errors { get; init; }

    public required IReadOnlyList<ConfigWarning> Warnings { get; init; }

    /// <summary>The file that was read; null when there was none.</summary>
    public required string? File { get; init; }

    /// <summary>The files that <c>file:</c> references read, as full paths.</summary>
    public required IReadOnlyCollection<string> ReferencedFiles { get; init; }

    /// <summary>Where each written value stands.</summary>
    public required IReadOnlyDictionary<string, SettingSource> Sources { get; init; }

    /// <summary>The settings in force with their origins; secrets masked.</summary>
    public IReadOnlyList<SettingOrigin> Settings()
    {
        var view = new SettingView(Sources);
        SluiceSchema.Root.Show(Config, "", view);
        return view.Rows;
    }
}
