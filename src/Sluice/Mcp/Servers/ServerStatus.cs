using Sluice.Mcp.Catalog;

namespace Sluice.Mcp.Servers;

/// <summary>How a server stands.</summary>
internal enum ServerState
{
    /// <summary>The first connection is being made.</summary>
    Connecting,

    Ready,

    /// <summary>The last attempt failed; another will be made.</summary>
    Down,
}

/// <summary>What is known of a server at one moment.</summary>
/// <param name="State">How it stands.</param>
/// <param name="Reason">Why it is down, in words without secrets; null otherwise.</param>
/// <param name="Since">Since when it stands so.</param>
/// <param name="Version">The revision of the protocol; empty until there was a handshake.</param>
/// <param name="ListedAt">When its lists were last read; null for never.</param>
/// <param name="Catalog">What it offers; the last known for a while after it went down.</param>
internal sealed record ServerStatus(ServerState State, string? Reason, DateTimeOffset Since, string Version, DateTimeOffset? ListedAt, ServerCatalog Catalog);
