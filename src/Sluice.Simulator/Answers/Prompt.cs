using System.Text.Json;

namespace Sluice.Simulator.Answers;

/// <summary>A tool that the request offers and the simulator may call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schema">The JSON schema of its arguments; undefined where there is none.</param>
internal sealed record OfferedTool(string Name, JsonElement Schema)
{
    /// <summary>True when it takes text of any form instead of JSON arguments.</summary>
    public bool Freeform { get; init; }
}

internal enum ToolMode
{
    /// <summary>The model decides: the user's text must ask for it.</summary>
    Auto,
    Never,

    /// <summary>At least one call, whatever the text says.</summary>
    Always,
}

internal enum OutputShape
{
    Text,

    /// <summary>Any JSON object.</summary>
    JsonObject,

    /// <summary>An instance of <see cref="Prompt.Schema"/>.</summary>
    JsonSchema,
}

/// <summary>A request of any dialect, as far as the answer depends on it.</summary>
internal sealed record Prompt
{
    /// <summary>The model's name without faults.</summary>
    public required string Model { get; init; }

    /// <summary>Decides the answer.</summary>
    public required ulong Seed { get; init; }

    public required Conversation Conversation { get; init; }

    public IReadOnlyList<OfferedTool> Tools { get; init; } = [];

    public ToolMode ToolMode { get; init; }

    /// <summary>The only tools that may be called; null means all that are offered.</summary>
    public IReadOnlyList<string>? AllowedTools { get; init; }

    public bool ParallelCalls { get; init; } = true;

    /// <summary>True where the vendor's models say a sentence before they call a tool.</summary>
    public bool NarratesCalls { get; init; }

    public OutputShape Shape { get; init; }

    /// <summary>The schema of the output, or an enumeration's (<see cref="BareEnum"/>); undefined when <see cref="Shape"/> needs none.</summary>
    public JsonElement Schema { get; init; }

    /// <summary>True when a string output is sent without quotes (Gemini's <c>text/x.enum</c>).</summary>
    public bool BareEnum { get; init; }

    /// <summary>The most tokens, reasoning included; null means no limit.</summary>
    public int? MaxTokens { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];

    public bool Reasons { get; init; }

    /// <summary>An exact length of the text in tokens, from the model name's <c>tokens=N</c>; null leaves it to the seed.</summary>
    public int? TextTokens { get; init; }
}
