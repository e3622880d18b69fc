using System.Diagnostics.CodeAnalysis;
using Sluice.Configuration.Reading;

namespace Sluice.Configuration.Schema;

/// <summary>
/// What a place in the configuration may hold. One description gives reading, validation, environment overrides, the listing of
/// all settings and the view of the values in force.
/// </summary>
internal abstract class ValueSchema
{
    /// <summary>What is expected, for people: "a duration such as 1500ms, 1s, 2m or 1h".</summary>
    public abstract string Expected { get; }

    /// <summary>Puts an environment variable's value at the end of <paramref name="way"/>; returns what is there now, or null after an error.</summary>
    public abstract ConfigNode? Place(ConfigNode? existing, ReadOnlySpan<string> way, EnvironmentOverride variable);

    /// <summary>Writes the rows of this part of the schema.</summary>
    public abstract void List(string path, SchemaRow row, List<SchemaRow> rows);
}

/// <summary>A <see cref="ValueSchema"/> that knows the type it reads.</summary>
internal abstract class ValueSchema<T> : ValueSchema
{
    /// <summary>Reads and validates; false after at least one error was added.</summary>
    public abstract bool TryRead(ConfigNode node, ConfigPath path, ReadContext context, [MaybeNullWhen(false)] out T value);

    /// <summary>Adds what a value says to a view of the settings; secrets masked.</summary>
    public abstract void Show(T value, string path, SettingView view);
}
