using System.Diagnostics.CodeAnalysis;
using Sluice.Configuration.Reading;

namespace Sluice.Configuration.Schema;

/// <summary>A mapping whose keys are names that the operator chooses.</summary>
internal sealed class MapSchema<T>(ValueSchema<T> item) : ValueSchema<IReadOnlyDictionary<string, T>>
{
    public override string Expected => "a mapping of names";

    public override bool TryRead(ConfigNode node, ConfigPath path, ReadContext context, [MaybeNullWhen(false)] out IReadOnlyDictionary<string, T> value)
    {
        value = null;
        if (node is not MappingNode mapping)
        {
            context.Error(node.Position, path, $"expected a mapping of names, found {ReadContext.Quote(node)}");
            return false;
        }

        var ok = true;
        var read = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var entry in mapping.Entries)
        {
            if (item.TryRead(entry.Value, path.Key(entry.Key), context, out var found))
            {
                read[entry.Key] = found;
            }
            else
            {
                ok = false;
            }
        }

        value = read;
        return ok;
    }

    public override ConfigNode? Place(ConfigNode? existing, ReadOnlySpan<string> way, EnvironmentOverride variable)
    {
        if (way.Length == 0)
        {
            return variable.AsYaml();
        }

        if (EnvironmentOverride.Container(existing, () => new MappingNode(variable.Position)) is not { } mapping)
        {
            return existing;
        }

        var written = way[0];
        var key = mapping.Entries.Select(e => e.Key).FirstOrDefault(k => string.Equals(k, written, StringComparison.OrdinalIgnoreCase))
            ?? written.ToLowerInvariant();
        if (item.Place(mapping.Find(key), way[1..], variable) is { } placed)
        {
            mapping.Set(key, placed);
        }

        return mapping;
    }

    public override void Show(IReadOnlyDictionary<string, T> value, string path, SettingView view)
    {
        foreach (var (name, entry) in value)
        {
            item.Show(entry, $"{path}.{name}", view);
        }
    }

    public override void List(string path, SchemaRow row, List<SchemaRow> rows) => item.List($"{path}.<name>", row, rows);
}
