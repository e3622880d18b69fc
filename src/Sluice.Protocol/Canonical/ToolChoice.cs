namespace Sluice.Protocol.Canonical;

/// <summary>How free the model is to call tools.</summary>
public enum ToolChoiceMode
{
    /// <summary>It decides.</summary>
    Auto,

    /// <summary>It may not.</summary>
    None,

    /// <summary>It must call at least one.</summary>
    Required,

    /// <summary>It must call the tool that <see cref="ToolChoice.Name"/> names.</summary>
    Named,
}

/// <summary>Whether and which tools the model calls.</summary>
/// <param name="Mode">How free it is.</param>
public sealed record ToolChoice(ToolChoiceMode Mode)
{
    /// <summary>The tool that must be called; null unless the mode is <see cref="ToolChoiceMode.Named"/>.</summary>
    public string? Name { get; init; }

    /// <summary>What the named tool is.</summary>
    public ToolCallKind Kind { get; init; }

    /// <summary>The only tools that may be called, by name; empty when all may.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];
}
