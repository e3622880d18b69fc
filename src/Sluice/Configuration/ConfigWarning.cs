namespace Sluice.Configuration;

/// <summary>Something in the configuration that is accepted and yet not what the operator may think, such as a setting that this version does not act on.</summary>
/// <param name="Source">The file's path or the environment variable's name.</param>
/// <param name="Line">From 1; 0 where there is none.</param>
/// <param name="Path">Such as <c>redis.url</c>.</param>
/// <param name="Message">What to know.</param>
internal sealed record ConfigWarning(string Source, int Line, string Path, string Message);

/// <summary>How errors and warnings look to a person: like a compiler's.</summary>
internal static class ConfigMessage
{
    public static string Format(this ConfigError error) => Format(error.Source, error.Line, error.Path, error.Message);

    public static string Format(this ConfigWarning warning) => Format(warning.Source, warning.Line, warning.Path, warning.Message);

    private static string Format(string source, int line, string path, string message)
        => (line > 0 ? $"{source}:{line}: " : $"{source}: ") + (path.Length > 0 ? $"{path}: " : "") + message;
}
