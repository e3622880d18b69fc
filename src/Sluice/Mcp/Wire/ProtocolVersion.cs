namespace Sluice.Mcp.Wire;

/// <summary>The revisions of the protocol that Sluice speaks, to its clients and to servers.</summary>
internal static class ProtocolVersion
{
    /// <summary>The last revision with a handshake and sessions.</summary>
    public const string Latest = "2025-11-25";

    /// <summary>The revision without sessions: each request tells version and capabilities in its <c>_meta</c>.</summary>
    public const string Sessionless = "2026-07-28";

    /// <summary>Revisions with a handshake that have streamable HTTP, newest first.</summary>
    public static readonly string[] WithSessions = [Latest, "2025-06-18", "2025-03-26"];

    /// <summary>What a server may answer to a handshake: servers of the first revision speak over stdio and the old HTTP transport.</summary>
    public static readonly string[] OfServers = [.. WithSessions, "2024-11-05"];

    /// <summary>Everything, for a client that asked for something else.</summary>
    public static readonly string[] All = [Sessionless, .. WithSessions];
}
