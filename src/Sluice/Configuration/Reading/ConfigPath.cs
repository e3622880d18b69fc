using System.Globalization;

namespace Sluice.Configuration.Reading;

/// <summary>A place in the configuration, such as <c>models[0].targets[1].provider</c>. Turned into text only when somebody needs it.</summary>
internal sealed class ConfigPath
{
    private readonly ConfigPath? _parent;
    private readonly string? _key;
    private readonly int _index;

    private ConfigPath(ConfigPath? parent, string? key, int index)
    {
        _parent = parent;
        _key = key;
        _index = index;
    }

    public static ConfigPath Root { get; } = new(null, null, -1);

    public ConfigPath Key(string key) => new(this, key, -1);

    public ConfigPath Item(int index) => new(this, null, index);

    public override string ToString() => Text(withIndexes: true);

    /// <summary>The place in any item of a list, such as <c>keys[].budget</c>.</summary>
    public string Pattern() => Text(withIndexes: false);

    private string Text(bool withIndexes)
    {
        if (_parent is null)
        {
            return "";
        }

        var parent = _parent.Text(withIndexes);
        return _key switch
        {
            null when withIndexes => string.Create(CultureInfo.InvariantCulture, $"{parent}[{_index}]"),
            null => parent + "[]",
            _ when parent.Length == 0 => _key,
            _ => $"{parent}.{_key}",
        };
    }
}
