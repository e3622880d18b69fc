namespace Sluice.Configuration.Schema;

/// <summary>Collects the values in force, each with where it comes from. Bounded.</summary>
internal sealed class SettingView(IReadOnlyDictionary<string, Reading.SettingSource>? sources = null)
{
    private const int MaxRows = 20_000;

    private readonly List<SettingOrigin> _rows = [];
    private ConfigOrigin _origin;

    public IReadOnlyList<SettingOrigin> Rows => _rows;

    /// <summary>True when the view takes no more.</summary>
    public bool IsFull => _rows.Count >= MaxRows;

    /// <summary>Adds a value; <paramref name="value"/> is masked already. Absent values (empty and written nowhere) are left out.</summary>
    public void Add(string path, string value)
    {
        if (IsFull)
        {
            return;
        }

        if (sources is not null && sources.TryGetValue(path, out var source))
        {
            _rows.Add(new SettingOrigin(path, Masked(path, value), source.Position.Origin, source.Position.Source, source.Position.Line));
        }
        else if (value.Length > 0)
        {
            _rows.Add(new SettingOrigin(path, value, _origin is ConfigOrigin.Database ? _origin : ConfigOrigin.Default, "", 0));
        }
    }

    /// <summary>What may be shown of a value: what a reference stands for may be a secret in any setting, so that the reference itself is shown.</summary>
    public string Masked(string path, string value)
        => sources is not null && sources.TryGetValue(path, out var source) && source.Reference is { } reference ? reference : value;

    public string? Find(string path) => _rows.Find(r => r.Path == path)?.Value;

    /// <summary>Marks what follows as a part of something with an origin of its own, such as a provider from the database.</summary>
    public Scope Within(ConfigOrigin? origin)
    {
        var scope = new Scope(this, _origin);
        _origin = origin ?? _origin;
        return scope;
    }

    internal readonly struct Scope(SettingView view, ConfigOrigin before) : IDisposable
    {
        public void Dispose() => view._origin = before;
    }
}
