namespace Sluice.Mcp.Servers;

/// <summary>Why a server gave no answer.</summary>
internal enum McpFailureKind
{
    /// <summary>No connection, or no program: nothing was sent.</summary>
    Unreachable,

    /// <summary>The server has forgotten the session: the request was not looked at, and may be sent again in a new one.</summary>
    SessionGone,

    /// <summary>The server refused the credential that is configured for it.</summary>
    CredentialRejected,

    /// <summary>It took longer than its timeout.</summary>
    TimedOut,

    /// <summary>The connection or the program ended before the answer.</summary>
    BrokenOff,

    /// <summary>What came is not the protocol, or is larger than a message may be.</summary>
    ProtocolError,
}

/// <summary>A server's failure, in words for the operator that hold nothing the server or a client said.</summary>
internal sealed record McpFailure(McpFailureKind Kind, string Words);
