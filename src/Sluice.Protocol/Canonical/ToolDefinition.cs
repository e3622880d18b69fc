namespace Sluice.Protocol.Canonical;

/// <summary>A tool that the model may call.</summary>
public abstract record ToolDefinition
{
    private protected ToolDefinition()
    {
    }

    /// <summary>The prompt is cached up to here; null when the tool is not marked.</summary>
    public CacheMark? Cache { get; init; }

    /// <summary>Members that the model does not know.</summary>
    public IReadOnlyList<Extension> Extensions { get; init; } = [];
}

/// <summary>A function of the client with a JSON schema.</summary>
/// <param name="Name">Its name.</param>
public sealed record FunctionTool(string Name) : ToolDefinition
{
    /// <summary>What it does; null when the request does not say.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON schema of its arguments as it came; empty when it takes none.</summary>
    public RawJson Schema { get; init; }

    /// <summary>True when arguments must follow the schema exactly; null for the vendor's default.</summary>
    public bool? Strict { get; init; }
}

/// <summary>A tool of the client that takes free text (OpenAI).</summary>
/// <param name="Name">Its name.</param>
public sealed record CustomTool(string Name) : ToolDefinition
{
    /// <summary>What it does; null when the request does not say.</summary>
    public string? Description { get; init; }

    /// <summary>The grammar of its text as it came; empty when any text will do.</summary>
    public RawJson Format { get; init; }
}

/// <summary>Tools that vendors run themselves and that have counterparts in other dialects.</summary>
public enum ServerToolKind
{
    /// <summary>Any other tool of the vendor.</summary>
    Other,

    /// <summary>Searches the web.</summary>
    WebSearch,

    /// <summary>Reads pages by their URL.</summary>
    WebFetch,

    /// <summary>Runs code.</summary>
    CodeExecution,

    /// <summary>Searches files that lie with the vendor.</summary>
    FileSearch,

    /// <summary>Makes pictures.</summary>
    ImageGeneration,

    /// <summary>Calls tools of MCP servers.</summary>
    Mcp,

    /// <summary>Uses a screen or a browser.</summary>
    ComputerUse,
}

/// <summary>A tool that the vendor runs. Its settings go to the owner alone; other dialects get their own of the same kind.</summary>
/// <param name="Kind">Which tool.</param>
/// <param name="Owner">The dialect in which it was asked for.</param>
/// <param name="Raw">The whole definition as it came.</param>
public sealed record ServerTool(ServerToolKind Kind, Owner Owner, RawJson Raw) : ToolDefinition
{
    /// <summary>The vendor's name of the tool, such as <c>web_search_20250305</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary>The only domains that a search may use.</summary>
    public IReadOnlyList<string> AllowedDomains { get; init; } = [];

    /// <summary>Domains that a search may not use.</summary>
    public IReadOnlyList<string> BlockedDomains { get; init; } = [];

    /// <summary>How often the tool may be used in one answer; null for the vendor's default.</summary>
    public int? MaxUses { get; init; }
}
