using System.Diagnostics.CodeAnalysis;
using Sluice.Configuration.Reading;

namespace Sluice.Configuration.Schema;

/// <summary>A mapping with known keys that reads into a record.</summary>
internal sealed class ObjectSchema<T>(Func<T> create) : ValueSchema<T>
{
    private readonly List<Setting<T>> _settings = [];
    private readonly List<Action<T, ConfigNode, ConfigPath, ReadContext>> _checks = [];
    private Func<T, ConfigOrigin, T> _stamp = (value, _) => value;
    private Func<T, ConfigOrigin?> _origin = _ => null;

    public override string Expected => "a mapping";

    /// <summary>Adds a setting.</summary>
    public ObjectSchema<T> Key<TValue>(string key, ValueSchema<TValue> schema, Func<T, TValue> get, Func<T, TValue, T> set, string help, bool required = false, bool inForce = true)
    {
        _settings.Add(new Setting<T, TValue>(key, schema, value => new Optional<TValue>(get(value)), set, help) { Required = required, InForce = inForce });
        return this;
    }

    /// <summary>Adds a setting that may be absent; absent is null.</summary>
    public ObjectSchema<T> Optional<TValue>(string key, ValueSchema<TValue> schema, Func<T, TValue?> get, Func<T, TValue, T> set, string help, bool inForce = true)
        where TValue : struct
    {
        _settings.Add(new Setting<T, TValue>(key, schema, value => get(value) is { } found ? new Optional<TValue>(found) : default, set, help) { InForce = inForce });
        return this;
    }

    /// <summary>Adds a part that may be absent; absent is null.</summary>
    public ObjectSchema<T> Optional<TValue>(string key, ValueSchema<TValue> schema, Func<T, TValue?> get, Func<T, TValue, T> set, string help, bool inForce = true)
        where TValue : class
    {
        _settings.Add(new Setting<T, TValue>(key, schema, value => get(value) is { } found ? new Optional<TValue>(found) : default, set, help) { InForce = inForce });
        return this;
    }

    /// <summary>Adds a setting that is checked and that nothing in this version acts on; setting it gives a warning.</summary>
    public ObjectSchema<T> Later<TValue>(string key, ValueSchema<TValue> schema, string help)
        => Checked(key, schema, help, inForce: false);

    /// <summary>Adds a setting that is checked and not kept; for the insides of what <see cref="Later"/> announces.</summary>
    public ObjectSchema<T> Checked<TValue>(string key, ValueSchema<TValue> schema, string help, bool inForce = true)
    {
        _settings.Add(new Setting<T, TValue>(key, schema, _ => default, (value, _) => value, help) { InForce = inForce });
        return this;
    }

    /// <summary>Adds a check that runs after all settings were read without error.</summary>
    public ObjectSchema<T> Check(Action<T, ConfigNode, ConfigPath, ReadContext> check)
    {
        _checks.Add(check);
        return this;
    }

    /// <summary>Lets values carry where they come from.</summary>
    public ObjectSchema<T> WithOrigin(Func<T, ConfigOrigin> get, Func<T, ConfigOrigin, T> set)
    {
        _origin = value => get(value);
        _stamp = set;
        return this;
    }

    public override bool TryRead(ConfigNode node, ConfigPath path, ReadContext context, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not MappingNode mapping)
        {
            context.Error(node.Position, path, $"expected a mapping with {string.Join(", ", Names)}; found {ReadContext.Quote(node)}");
            return false;
        }

        var ok = true;
        var read = _stamp(create(), node.Position.Origin);
        foreach (var entry in mapping.Entries)
        {
            if (Find(entry.Key) is { } setting)
            {
                ok &= setting.TryRead(entry.Value, path.Key(entry.Key), context, ref read);
            }
            else
            {
                ok = false;
                context.Error(entry.KeyPosition, path.Key(entry.Key), $"unknown key \"{entry.Key}\"{NearestName.Hint(entry.Key, Names)}");
            }
        }

        foreach (var setting in _settings)
        {
            if (setting.Required && mapping.Find(setting.Key) is null or ScalarNode { IsNull: true })
            {
                ok = false;
                context.Error(node.Position, path.Key(setting.Key), $"\"{setting.Key}\" is missing");
            }
        }

        if (ok)
        {
            foreach (var check in _checks)
            {
                check(read, node, path, context);
            }

            value = read;
        }

        return ok;
    }

    public override ConfigNode? Place(ConfigNode? existing, ReadOnlySpan<string> way, EnvironmentOverride variable)
    {
        if (way.Length == 0)
        {
            return variable.AsYaml();
        }

        var key = way[0];
        if (_settings.Find(s => string.Equals(s.Key, key, StringComparison.OrdinalIgnoreCase)) is not { } setting)
        {
            variable.Fail($"unknown key \"{key}\"" + variable.NameHint(way.Length, NearestName.Find(key, Names), Names));
            return null;
        }

        if (EnvironmentOverride.Container(existing, () => new MappingNode(variable.Position)) is not { } mapping)
        {
            return existing;
        }

        if (setting.Schema.Place(mapping.Find(setting.Key), way[1..], variable) is { } placed)
        {
            mapping.Set(setting.Key, placed);
        }

        return mapping;
    }

    public override void Show(T value, string path, SettingView view)
    {
        using var _ = view.Within(_origin(value));
        foreach (var setting in _settings)
        {
            setting.Show(value, path.Length == 0 ? setting.Key : $"{path}.{setting.Key}", view);
        }
    }

    public override void List(string path, SchemaRow row, List<SchemaRow> rows)
    {
        var defaults = new SettingView();
        Show(create(), "", defaults);
        foreach (var setting in _settings)
        {
            setting.Schema.List(
                path.Length == 0 ? setting.Key : $"{path}.{setting.Key}",
                new SchemaRow
                {
                    Help = setting.Help,
                    Required = setting.Required,
                    InForce = row.InForce && setting.InForce,
                    Default = setting.Required ? "" : defaults.Find(setting.Key) ?? "",
                },
                rows);
        }
    }

    private List<string> Names => _settings.ConvertAll(s => s.Key);

    private Setting<T>? Find(string key) => _settings.Find(s => s.Key == key);
}
