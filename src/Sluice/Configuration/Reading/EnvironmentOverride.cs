using System.Globalization;

namespace Sluice.Configuration.Reading;

/// <summary>One variable <c>SLUICE__SECTION__KEY</c> while it is put into the tree.</summary>
internal sealed class EnvironmentOverride(string name, string value, List<ConfigError> errors)
{
    public const string Prefix = "SLUICE__";
    private const string Separator = "__";

    private readonly string[] _way = name[Prefix.Length..].Split(Separator);

    /// <summary>The names and indexes between the separators.</summary>
    public ReadOnlySpan<string> Way => _way;

    public ConfigPosition Position => new(name, 0, ConfigOrigin.Environment);

    /// <summary>The overrides among all variables, in an order in which list items are appended by rising index.</summary>
    public static IEnumerable<EnvironmentOverride> Of(IReadOnlyDictionary<string, string> environment, List<ConfigError> errors)
        => environment
            .Where(v => v.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && v.Key.Length > Prefix.Length)
            .Select(v => new EnvironmentOverride(v.Key, v.Value, errors))
            .OrderBy(o => o._way, Comparer<string[]>.Create(CompareWays));

    /// <summary>The value for a single setting. Quoted: an empty variable empties the setting, it does not remove it.</summary>
    public ScalarNode AsScalar() => new(value, plain: false, Position);

    /// <summary>The value for a section or a list of sections, written as YAML.</summary>
    public ConfigNode? AsYaml() => YamlTree.Read(value, name, ConfigOrigin.Environment, errors);

    /// <summary>The value for a list of texts: YAML in brackets, or items separated by commas.</summary>
    public ConfigNode? AsListOfScalars()
    {
        if (value.AsSpan().TrimStart().StartsWith("["))
        {
            return AsYaml();
        }

        var list = new ListNode(Position);
        foreach (var item in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            list.Items.Add(new ScalarNode(item, plain: false, Position));
        }

        return list;
    }

    /// <summary>What is there to put something into: the existing container, a new one where nothing is, null where something else is (its own error is enough).</summary>
    public static TNode? Container<TNode>(ConfigNode? existing, Func<TNode> create)
        where TNode : ConfigNode
        => existing is null or ScalarNode { IsNull: true } ? create() : existing as TNode;

    public void Fail(string message) => errors.Add(new ConfigError(name, 0, PathBefore(0), message));

    /// <summary>The path without its last <paramref name="left"/> steps.</summary>
    public string PathBefore(int left)
    {
        var path = ConfigPath.Root;
        foreach (var step in _way.AsSpan(0, _way.Length - left))
        {
            path = int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? path.Item(index)
                : path.Key(step.ToLowerInvariant());
        }

        return path.ToString();
    }

    /// <summary>Suggests the variable that was meant, when <paramref name="left"/> steps are left and the first of them is wrong.</summary>
    public string NameHint(int left, string? nearest, IReadOnlyCollection<string> names)
    {
        if (nearest is null)
        {
            return $"; expected one of {string.Join(", ", names.Select(n => n.ToUpperInvariant()))}";
        }

        string[] meant = [.. _way];
        meant[^left] = nearest.ToUpperInvariant();
        return $"; did you mean {Prefix}{string.Join(Separator, meant)}?";
    }

    private static int CompareWays(string[] a, string[] b)
    {
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            var numbers = int.TryParse(a[i], NumberStyles.None, CultureInfo.InvariantCulture, out var x)
                & int.TryParse(b[i], NumberStyles.None, CultureInfo.InvariantCulture, out var y);
            var order = numbers ? x.CompareTo(y) : string.Compare(a[i], b[i], StringComparison.OrdinalIgnoreCase);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length.CompareTo(b.Length);
    }
}
