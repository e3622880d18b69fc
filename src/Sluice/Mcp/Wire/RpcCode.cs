namespace Sluice.Mcp.Wire;

/// <summary>Error codes of JSON-RPC 2.0, of the protocol, and one of Sluice's own.</summary>
internal static class RpcCode
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;

    /// <summary>The session is unknown or has ended; the code that the official TypeScript server answers.</summary>
    public const int SessionNotFound = -32001;

    public const int ResourceNotFound = -32002;
    public const int HeaderMismatch = -32020;
    public const int UnsupportedVersion = -32022;

    /// <summary>A refusal or failure of the gateway; <c>data.code</c> says which.</summary>
    public const int Gateway = -32010;
}
