using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sluice.Configuration.Reading;

namespace Sluice.Configuration.Schema;

/// <summary>A sequence of equal things.</summary>
internal sealed class ListSchema<T>(ValueSchema<T> item) : ValueSchema<IReadOnlyList<T>>
{
    private readonly List<Uniqueness> _unique = [];
    private string? _nameKey;
    private Func<T, int, T> _complete = (value, _) => value;

    public override string Expected => $"a list, each item {item.Expected}";

    /// <summary>True when an empty list is a mistake.</summary>
    public bool NotEmpty { get; init; }

    /// <summary>Refuses two items of one name; environment variables may then use the name instead of the index.</summary>
    public ListSchema<T> Unique(Func<T, string> by, string key)
    {
        _nameKey = key;
        _unique.Add(new Uniqueness(by, key, name => $"has the name \"{name}\" already"));
        return this;
    }

    /// <summary>Refuses two items with one secret.</summary>
    public ListSchema<T> Distinct(Func<T, Secret> by, string key)
    {
        _unique.Add(new Uniqueness(item => by(item).Reveal(), key, _ => $"has the same {key}"));
        return this;
    }

    /// <summary>Completes an item by its index, from 0.</summary>
    public ListSchema<T> Complete(Func<T, int, T> complete)
    {
        _complete = complete;
        return this;
    }

    public override bool TryRead(ConfigNode node, ConfigPath path, ReadContext context, [MaybeNullWhen(false)] out IReadOnlyList<T> value)
    {
        value = null;
        if (node is not ListNode list)
        {
            context.Error(node.Position, path, $"expected a list, found {ReadContext.Quote(node)}; write [ ... ] or lines that begin with \"- \"");
            return false;
        }

        if (NotEmpty && list.Items.Count == 0)
        {
            context.Error(node.Position, path, "must not be empty");
            return false;
        }

        var ok = true;
        var read = new List<T>(list.Items.Count);
        var seen = _unique.ConvertAll(_ => new Dictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (!item.TryRead(list.Items[i], path.Item(i), context, out var found))
            {
                ok = false;
                continue;
            }

            found = _complete(found, i);
            read.Add(found);
            for (var rule = 0; rule < _unique.Count; rule++)
            {
                var (by, key, message) = _unique[rule];
                var text = by(found);
                if (!seen[rule].TryAdd(text, i))
                {
                    ok = false;
                    var position = list.Items[i] is MappingNode mapping && mapping.Find(key) is { } at ? at.Position : list.Items[i].Position;
                    context.Error(position, path.Item(i).Key(key), $"{path}[{seen[rule][text]}] {message(text)}");
                }
            }
        }

        if (item is ScalarSchema<T>)
        {
            context.Record(node, path);
        }

        value = read;
        return ok;
    }

    public override ConfigNode? Place(ConfigNode? existing, ReadOnlySpan<string> way, EnvironmentOverride variable)
    {
        if (way.Length == 0)
        {
            return item is ScalarSchema<T> ? variable.AsListOfScalars() : variable.AsYaml();
        }

        if (EnvironmentOverride.Container(existing, () => new ListNode(variable.Position)) is not { } list)
        {
            return existing;
        }

        var at = IndexOf(list, way[0]);
        if (at < 0 || at > list.Items.Count)
        {
            variable.Fail(at > list.Items.Count
                ? $"{variable.PathBefore(way.Length)} has {list.Items.Count} items; the next index is {list.Items.Count}"
                : $"{variable.PathBefore(way.Length)} has no item \"{way[0]}\"; write its index, from 0{(_nameKey is null ? "" : $", or its {_nameKey}")}");
            return null;
        }

        if (item.Place(at < list.Items.Count ? list.Items[at] : null, way[1..], variable) is { } placed)
        {
            if (at < list.Items.Count)
            {
                list.Items[at] = placed;
            }
            else
            {
                list.Items.Add(placed);
            }
        }

        return list;
    }

    public override void Show(IReadOnlyList<T> value, string path, SettingView view)
    {
        if (item is ScalarSchema<T> scalar)
        {
            var parts = value.Select((v, i) => view.Masked(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), scalar.Text(v)));
            view.Add(path, value.Count == 0 ? "" : $"[{string.Join(", ", parts)}]");
            return;
        }

        for (var i = 0; i < value.Count && !view.IsFull; i++)
        {
            item.Show(value[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), view);
        }
    }

    public override void List(string path, SchemaRow row, List<SchemaRow> rows)
    {
        if (item is ScalarSchema<T>)
        {
            rows.Add(row with { Path = path, Expected = Expected });
        }
        else
        {
            item.List(path + "[]", row, rows);
        }
    }

    private int IndexOf(ListNode list, string segment)
    {
        if (int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return index;
        }

        return _nameKey is null ? -1 : list.Items.FindIndex(n => n is MappingNode m && m.Find(_nameKey) is ScalarNode name && SameName(name.Text, segment));
    }

    // The name of a variable holds letters, digits and underscores; everything else in a name stands as an underscore.
    private static bool SameName(string name, string segment)
        => name.Length == segment.Length
            && name.Zip(segment).All(p => char.ToUpperInvariant(p.First) == char.ToUpperInvariant(p.Second) || (p.Second == '_' && !char.IsAsciiLetterOrDigit(p.First)));

    private sealed record Uniqueness(Func<T, string> By, string Key, Func<string, string> Message);
}
