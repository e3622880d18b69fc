using Sluice.Configuration.Reading;

namespace Sluice.Configuration;

/// <summary>What file, environment and command line say, before the database adds its part. Kept, so that a change in the database needs no file.</summary>
internal sealed record ConfigurationReading
{
    public required SluiceConfig Config { get; init; }

    public required IReadOnlyList<ConfigError> Errors { get; init; }

    public required IReadOnlyList<ConfigWarning> Warnings { get; init; }

    /// <summary>The file that was read; null when there was none.</summary>
    public required string? File { get; init; }

    /// <summary>What the file looked like before it was read.</summary>
    public required FileStamp Stamp { get; init; }

    /// <summary>The files that <c>file:</c> references read, as full paths.</summary>
    public required IReadOnlyCollection<string> ReferencedFiles { get; init; }

    /// <summary>Where each written value stands.</summary>
    public required IReadOnlyDictionary<string, SettingSource> Sources { get; init; }

    /// <summary>True when a list of providers is written: then nothing is offered besides.</summary>
    public required bool HasProviders { get; init; }

    /// <summary>The names of the written providers, those with mistakes included.</summary>
    public required IReadOnlySet<string> ProviderNames { get; init; }

    /// <summary>The providers that targets name; they may be the database's.</summary>
    public required IReadOnlyList<ProviderReference> ProviderReferences { get; init; }
}
