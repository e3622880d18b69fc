using System.Diagnostics.CodeAnalysis;

namespace Sluice.Configuration.Reading;

/// <summary>Where a setting's value was written.</summary>
/// <param name="Position">The place.</param>
/// <param name="Reference">The text as written when it refers to a variable or a file, so that what it stands for need not be shown.</param>
internal readonly record struct SettingSource(ConfigPosition Position, string? Reference);

/// <summary>What one reading of the configuration collects: mistakes, warnings, and where each value came from.</summary>
internal sealed class ReadContext(References references, ProviderTypeCatalog providerTypes, List<ConfigError> errors)
{
    /// <summary>More mistakes than this help nobody.</summary>
    private const int MaxErrors = 200;

    /// <summary>A file may hold a hundred thousand keys; the origin of that many values is not worth the memory.</summary>
    private const int MaxSources = 20_000;

    private readonly Dictionary<string, SettingSource> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ConfigWarning First, int Count)> _warnings = new(StringComparer.Ordinal);
    private readonly List<ProviderReference> _providerReferences = [];

    public ProviderTypeCatalog ProviderTypes => providerTypes;

    public IReadOnlyDictionary<string, SettingSource> Sources => _sources;

    /// <summary>Targets by the provider they name; checked when the database's providers are known too.</summary>
    public IReadOnlyList<ProviderReference> ProviderReferences => _providerReferences;

    public void Error(ConfigPosition position, ConfigPath path, string message)
    {
        if (errors.Count < MaxErrors)
        {
            errors.Add(new ConfigError(position.Source, position.Line, path.ToString(), message));
        }
    }

    /// <summary>Adds a warning; the same one on other items of a list makes no other line, the first line names the number of places.</summary>
    public void Warn(ConfigPosition position, ConfigPath path, string message)
    {
        var place = path.Pattern() + message;
        _warnings[place] = _warnings.TryGetValue(place, out var known)
            ? (known.First, known.Count + 1)
            : (new ConfigWarning(position.Source, position.Line, path.ToString(), message), 1);
    }

    public IReadOnlyList<ConfigWarning> Warnings()
        => [.. _warnings.Values.Select(w => w.Count == 1 ? w.First : w.First with { Message = $"{w.First.Message} ({w.Count} places)" })];

    /// <summary>Remembers where a value was written.</summary>
    public void Record(ConfigNode node, ConfigPath path)
    {
        if (_sources.Count < MaxSources)
        {
            var reference = node is ScalarNode { Text: var text } && References.IsReference(text) ? text : null;
            _sources[path.ToString()] = new SettingSource(node.Position, reference);
        }
    }

    /// <summary>The names of the providers that were read, those with mistakes included, so that one mistake does not cause others.</summary>
    public HashSet<string> ProviderNames { get; } = new(StringComparer.Ordinal);

    public void RefersToProvider(string name, ConfigPosition position, ConfigPath path)
        => _providerReferences.Add(new ProviderReference(name, position, path));

    /// <summary>Has a file followed like the configuration itself, whether it exists or not.</summary>
    public void Watch(string path) => references.Watch(path);

    /// <summary>The text of a scalar with its references resolved; false after an error was added.</summary>
    public bool TryText(ConfigNode node, ConfigPath path, string expected, [NotNullWhen(true)] out string? text)
        => TryText(node, path, expected, asPath: false, out text);

    /// <summary>The full path that a scalar names; false after an error was added.</summary>
    public bool TryPath(ConfigNode node, ConfigPath path, [NotNullWhen(true)] out string? text)
        => TryText(node, path, "a path", asPath: true, out text);

    /// <summary>A value for a message: in quotes when it was written literally, unnamed when it came out of a reference.</summary>
    public static string Quote(ConfigNode node)
    {
        const int Longest = 60;
        return node switch
        {
            ScalarNode { Text: var text } when References.IsReference(text) => "the referenced value",
            ScalarNode { Text: { Length: > Longest } text } => $"\"{text[..Longest]}…\"",
            ScalarNode { Text: var text } => $"\"{text}\"",
            _ => node.Description,
        };
    }

    private bool TryText(ConfigNode node, ConfigPath path, string expected, bool asPath, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (node is not ScalarNode scalar)
        {
            Error(node.Position, path, $"expected {expected}, found {node.Description}");
            return false;
        }

        var resolved = asPath
            ? references.TryResolvePath(scalar.Text, out text, out var error)
            : references.TryResolve(scalar.Text, out text, out error);
        if (!resolved)
        {
            Error(node.Position, path, error!);
        }

        return resolved;
    }
}

/// <summary>A target's mention of a provider.</summary>
internal readonly record struct ProviderReference(string Name, ConfigPosition Position, ConfigPath Path);
