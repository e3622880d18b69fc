namespace Sluice.Configuration;

/// <summary>The service cannot start: its configuration has mistakes. Thrown at start only; a reload reports its errors and keeps the old snapshot.</summary>
internal sealed class ConfigException(IReadOnlyList<ConfigError> errors)
    : Exception(string.Join(Environment.NewLine, errors.Select(e => e.Format())))
{
    /// <summary>Every mistake that was found, in the order of the file.</summary>
    public IReadOnlyList<ConfigError> Errors { get; } = errors;
}
