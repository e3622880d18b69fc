namespace Sluice.Protocol.Canonical;

/// <summary>
/// What became of a request or an answer on its way into another dialect: what no place was found for, what had to be
/// changed, and why it was refused if it was. Whatever is not named here was mapped.
/// </summary>
public sealed class TranslationReport
{
    private readonly List<string> _dropped = [];
    private readonly HashSet<string> _known = [];
    private readonly List<string> _adjusted = [];

    /// <summary>What was left out, in the client's own spelling, each once, in the order of discovery.</summary>
    public IReadOnlyList<string> Dropped => _dropped;

    /// <summary>What was changed or repaired, in words, for the log and the trace.</summary>
    public IReadOnlyList<string> Adjusted => _adjusted;

    /// <summary>Why the request cannot be translated at all; null when it can.</summary>
    public GatewayError? Refused { get; private set; }

    /// <summary>The value of <c>x-sluice-dropped</c>; null when nothing was left out.</summary>
    public string? Header => _dropped.Count == 0 ? null : string.Join(", ", _dropped);

    /// <summary>Notes something that was left out.</summary>
    /// <param name="name">In the client's own spelling.</param>
    public void Drop(string name)
    {
        if (_known.Add(name))
        {
            _dropped.Add(name);
        }
    }

    /// <summary>Notes a field that was left out.</summary>
    /// <param name="field">The field.</param>
    /// <param name="client">How the client's dialect spells it; fields that it has no name for cannot have come from it.</param>
    public void Drop(CanonicalField field, FieldNames client)
    {
        if (client.Of(field) is { } name)
        {
            Drop(name);
        }
    }

    /// <summary>Notes unmodelled members that do not belong to the target.</summary>
    public void DropForeign(IReadOnlyList<Extension> extensions, Owner target)
    {
        foreach (var extension in extensions)
        {
            if (!extension.Owner.Accepts(target))
            {
                Drop(extension.Name);
            }
        }
    }

    /// <summary>Notes a value that was changed to fit.</summary>
    public void Adjust(string what) => _adjusted.Add(what);

    /// <summary>The request cannot be translated; the first reason stands.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="param">The member at fault in the client's own spelling; null when none is.</param>
    public void Refuse(string message, string? param = null) =>
        Refused ??= new GatewayError(ErrorKind.InvalidRequest, TranslationErrors.Unsupported, message) { Param = param };
}
