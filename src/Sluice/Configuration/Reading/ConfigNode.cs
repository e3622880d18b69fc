namespace Sluice.Configuration.Reading;

/// <summary>Where a value was written.</summary>
/// <param name="Source">The file's path as the operator gave it, or the environment variable's name.</param>
/// <param name="Line">From 1; 0 where there is none.</param>
/// <param name="Origin">Which layer it belongs to.</param>
internal readonly record struct ConfigPosition(string Source, int Line, ConfigOrigin Origin);

/// <summary>A value of the configuration before it has a type. Trees share no nodes: aliases are copies, so that one can be overridden alone.</summary>
internal abstract class ConfigNode(ConfigPosition position)
{
    public ConfigPosition Position { get; } = position;

    /// <summary>What it is, for a person: text, a list, a mapping.</summary>
    public abstract string Description { get; }
}

/// <summary>A single text as it was written, before references are resolved.</summary>
internal sealed class ScalarNode(string text, bool plain, ConfigPosition position) : ConfigNode(position)
{
    public string Text { get; } = text;

    /// <summary>Nothing written, <c>~</c> or <c>null</c> without quotes: the setting counts as absent.</summary>
    public bool IsNull => plain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Description => "text";
}

/// <summary>A sequence.</summary>
internal sealed class ListNode(ConfigPosition position) : ConfigNode(position)
{
    public List<ConfigNode> Items { get; } = [];

    public override string Description => "a list";
}

/// <summary>Keys with values, in the order written; keys are unique.</summary>
internal sealed class MappingNode(ConfigPosition position) : ConfigNode(position)
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public List<MappingEntry> Entries { get; } = [];

    public override string Description => "a mapping";

    public ConfigNode? Find(string key) => _index.TryGetValue(key, out var at) ? Entries[at].Value : null;

    /// <summary>Adds an entry; false when the key is there already.</summary>
    public bool TryAdd(MappingEntry entry)
    {
        if (!_index.TryAdd(entry.Key, Entries.Count))
        {
            return false;
        }

        Entries.Add(entry);
        return true;
    }

    /// <summary>Adds or replaces a value.</summary>
    public void Set(string key, ConfigNode value)
    {
        if (_index.TryGetValue(key, out var at))
        {
            Entries[at] = Entries[at] with { Value = value };
        }
        else
        {
            TryAdd(new MappingEntry(key, value.Position, value));
        }
    }
}

internal readonly record struct MappingEntry(string Key, ConfigPosition KeyPosition, ConfigNode Value);
