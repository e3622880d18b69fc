namespace Sluice.Protocol.Canonical;

/// <summary>What form the answer has.</summary>
public enum OutputFormatKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>Some JSON object.</summary>
    JsonObject,

    /// <summary>JSON that follows <see cref="OutputFormat.Schema"/>.</summary>
    JsonSchema,
}

/// <summary>The form that the client wants the answer to have.</summary>
/// <param name="Kind">Which form.</param>
public sealed record OutputFormat(OutputFormatKind Kind)
{
    /// <summary>The schema's name; null where the dialect has none.</summary>
    public string? Name { get; init; }

    /// <summary>What the schema is for; null when the request does not say.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON schema as it came; empty unless the kind asks for one.</summary>
    public RawJson Schema { get; init; }

    /// <summary>True when the answer must follow the schema exactly; null for the vendor's default.</summary>
    public bool? Strict { get; init; }

    /// <summary>Members that the model does not know.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];
}
