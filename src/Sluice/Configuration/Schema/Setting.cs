using Sluice.Configuration.Reading;

namespace Sluice.Configuration.Schema;

/// <summary>A value that may be absent.</summary>
internal readonly struct Optional<T>(T value)
{
    public bool HasValue { get; } = true;
    public T Value { get; } = value;
}

/// <summary>One key of a mapping.</summary>
internal abstract class Setting<TOwner>(string key, string help)
{
    public string Key => key;

    /// <summary>One line for the listing of all settings.</summary>
    public string Help => help;

    public bool Required { get; init; }

    /// <summary>False for a setting whose feature a later version brings: it is checked, and setting it gives a warning.</summary>
    public bool InForce { get; init; } = true;

    public abstract ValueSchema Schema { get; }

    public abstract bool TryRead(ConfigNode node, ConfigPath path, ReadContext context, ref TOwner owner);

    public abstract void Show(TOwner owner, string path, SettingView view);
}

internal sealed class Setting<TOwner, TValue>(string key, ValueSchema<TValue> schema, Func<TOwner, Optional<TValue>> get, Func<TOwner, TValue, TOwner> set, string help)
    : Setting<TOwner>(key, help)
{
    public override ValueSchema Schema => schema;

    public override bool TryRead(ConfigNode node, ConfigPath path, ReadContext context, ref TOwner owner)
    {
        if (node is ScalarNode { IsNull: true })
        {
            return true;
        }

        if (!schema.TryRead(node, path, context, out var value))
        {
            return false;
        }

        if (!InForce && node is not ScalarNode { Text: "" })
        {
            context.Warn(node.Position, path, $"\"{Key}\" is not in force in this version of Sluice");
        }

        owner = set(owner, value);
        return true;
    }

    public override void Show(TOwner owner, string path, SettingView view)
    {
        var value = get(owner);
        if (value.HasValue)
        {
            schema.Show(value.Value, path, view);
        }
    }
}
