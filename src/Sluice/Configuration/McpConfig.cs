namespace Sluice.Configuration;

/// <summary>The MCP servers whose tools <c>/mcp</c> joins.</summary>
internal sealed record McpConfig
{
    public IReadOnlyList<McpServerConfig> Servers { get; init; } = [];

    /// <summary>Values of <c>Origin</c> that are let in beside those of this machine; clients that are no browsers send none.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The largest message in bytes, from a client or from a server. Default 16 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;
}

/// <summary>An MCP server of the operator's. Only the file and the environment can name one: a command is run with the rights of Sluice.</summary>
internal sealed record McpServerConfig
{
    /// <summary>Stands before the names of its tools: <c>name__tool</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>http (streamable HTTP), sse (its predecessor) or stdio. Default http.</summary>
    public string Transport { get; init; } = "http";

    public string Url { get; init; } = "";

    /// <summary>Sent as <c>Authorization: Bearer</c>.</summary>
    public Secret ApiKey { get; init; }

    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>();

    /// <summary>The program of a stdio server.</summary>
    public string Command { get; init; } = "";

    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>The whole environment of a stdio server: it gets nothing else.</summary>
    public IReadOnlyDictionary<string, Secret> Env { get; init; } = new Dictionary<string, Secret>();

    /// <summary>Names and patterns of the tools and prompts that are offered at all. Default all.</summary>
    public IReadOnlyList<string> Tools { get; init; } = ["*"];

    /// <summary>The longest that a request to the server may take. Default 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>USD for each call of a tool that was answered. Default 0: the operator's own server costs nothing.</summary>
    public decimal PricePerCall { get; init; }

    /// <summary>True when nothing differs, lists and maps compared by what is in them.</summary>
    public bool SameAs(McpServerConfig other)
        => this with { Headers = other.Headers, Args = other.Args, Env = other.Env, Tools = other.Tools } == other
            && Args.SequenceEqual(other.Args) && Tools.SequenceEqual(other.Tools)
            && Same(Headers, other.Headers) && Same(Env, other.Env);

    private static bool Same(IReadOnlyDictionary<string, Secret> one, IReadOnlyDictionary<string, Secret> other)
        => one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var value) && value.Equals(entry.Value));
}
