namespace Sluice.Mcp.Wire;

/// <summary>Members of <c>_meta</c> that the protocol itself defines.</summary>
internal static class MetaKey
{
    public const string ProgressToken = "progressToken";

    /// <summary>What begins so belongs to one hop: it tells of the client and not of the call.</summary>
    public const string Reserved = "io.modelcontextprotocol/";

    /// <summary>True for what goes on to a server: not what belongs to one hop, nor the ids of a client's trace, which tell which calls belong together.</summary>
    public static bool Travels(string name)
        => name is not (ProgressToken or "traceparent" or "tracestate" or "baggage") && !name.StartsWith(Reserved, StringComparison.Ordinal);

    public const string ProtocolVersion = Reserved + "protocolVersion";
    public const string ClientInfo = Reserved + "clientInfo";
    public const string ClientCapabilities = Reserved + "clientCapabilities";
    public const string ServerInfo = Reserved + "serverInfo";
    public const string SubscriptionId = Reserved + "subscriptionId";
    public const string LogLevel = Reserved + "logLevel";
}
