namespace Sluice.Protocol.Canonical;

/// <summary>
/// How a dialect spells what it has a place for. What has no name here, no writer of the dialect can carry: the loss tables
/// and <c>x-sluice-dropped</c> are both made from these rows.
/// </summary>
public sealed class FieldNames
{
    private readonly Dictionary<CanonicalField, string> _names;

    /// <param name="names">A row for each field that the dialect has a place for.</param>
    public FieldNames(params (CanonicalField Field, string Name)[] names)
    {
        _names = names.ToDictionary(row => row.Field, row => row.Name);
        Supported = FieldSet.Of([.. _names.Keys]);
    }

    /// <summary>Every field that a writer of the dialect can carry.</summary>
    public FieldSet Supported { get; }

    /// <summary>
    /// A field that clients of the dialect send by custom though its own vendor has no place for it: read, and named when it
    /// is dropped, but never written.
    /// </summary>
    public (CanonicalField Field, string Name) ReadOnly
    {
        init => _names[value.Field] = value.Name;
    }

    /// <summary>The dialect's own spelling, such as <c>generationConfig.topK</c>; null when it has no place for the field.</summary>
    public string? Of(CanonicalField field) => _names.GetValueOrDefault(field);
}
