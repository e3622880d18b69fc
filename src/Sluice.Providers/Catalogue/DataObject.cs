using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Sluice.Providers.Catalogue;

/// <summary>
/// An object of an embedded data file. Read member by member, because every start needs some of it: the serializer makes
/// some three hundred generic methods for the same, which costs each process a tenth of a second and a megabyte.
/// </summary>
/// <param name="json">A JSON object. A value of another kind than is asked for throws.</param>
internal sealed class DataObject(JsonElement json)
{
    private int _read;

    /// <summary>Reads an embedded file.</summary>
    public static T ReadFile<T>(string name, Func<JsonElement, T> read)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"There is no data file {name}.");
        using var document = JsonDocument.Parse(stream);
        return read(document.RootElement);
    }

    /// <summary>Returns the result once every member was asked for, so that a misspelt one fails the tests instead of being ignored.</summary>
    /// <exception cref="JsonException">The object has a member that nobody asked for.</exception>
    public T Close<T>(T result)
        => _read == json.GetPropertyCount() ? result : throw new JsonException($"A data file has a member that is not known or stands twice: {json.GetRawText()}");

    /// <summary>True also for a member that is null.</summary>
    public bool Has(string name) => json.TryGetProperty(name, out _);

    /// <summary>Null when absent, as with all of these.</summary>
    public string? Text(string name) => Find(name) is { } value ? value.GetString() : null;

    public bool? Flag(string name) => Find(name) is { } value ? value.GetBoolean() : null;

    public long? Integer(string name) => Find(name) is { } value ? value.GetInt64() : null;

    public decimal? Decimal(string name) => Find(name) is { } value ? value.GetDecimal() : null;

    /// <summary>A day as <c>2026-11-21</c>.</summary>
    public DateOnly? Date(string name)
        => Text(name) is { } text ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    public T? Object<T>(string name, Func<JsonElement, T> read)
        where T : class
        => Find(name) is { } value ? read(value) : null;

    /// <summary>Empty when absent.</summary>
    public IReadOnlyList<T> List<T>(string name, Func<JsonElement, T> read)
        where T : class
    {
        var items = new List<T>();
        if (Find(name) is { } value)
        {
            foreach (var item in value.EnumerateArray())
            {
                items.Add(read(item));
            }
        }

        return items;
    }

    /// <summary>Empty when absent.</summary>
    public IReadOnlyList<string> Texts(string name) => List(name, item => item.GetString()!);

    /// <summary>Texts by name; empty when absent.</summary>
    public IReadOnlyDictionary<string, string> TextsByName(string name)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Find(name) is { } value)
        {
            foreach (var member in value.EnumerateObject())
            {
                texts.Add(member.Name, member.Value.GetString()!);
            }
        }

        return texts;
    }

    private JsonElement? Find(string name)
    {
        if (!json.TryGetProperty(name, out var value))
        {
            return null;
        }

        _read++;
        return value;
    }
}
