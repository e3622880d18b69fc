using System.Text.Json;
using Sluice.Mcp.Sessions;
using Sluice.Mcp.Wire;

namespace Sluice.Mcp.Calls;

/// <summary>Finds out by which revision a message is to be read, and whether its headers say the same as it does.</summary>
internal static class McpMessageCheck
{
    private const string VersionHeader = "MCP-Protocol-Version";
    private const string SessionHeader = "Mcp-Session-Id";

    /// <summary>Checks a request or notification.</summary>
    /// <param name="http">Its headers are read.</param>
    /// <param name="message">The message.</param>
    /// <param name="sessions">Where sessions are kept.</param>
    /// <param name="keyId">Whose the session must be.</param>
    /// <param name="sessionless">True for the revision without sessions.</param>
    /// <param name="session">The session; null without one, and for the handshake.</param>
    /// <returns>Null when all is well.</returns>
    public static McpRefusal? Check(HttpContext http, RpcMessage message, McpSessions sessions, string keyId, out bool sessionless, out McpSession? session)
    {
        session = null;
        string? version = http.Request.Headers[VersionHeader];
        var claimed = Claimed(message);
        sessionless = claimed is not null || (version == ProtocolVersion.Sessionless && message.Method != "initialize");
        if (sessionless)
        {
            return CheckSessionless(http, message, version, claimed);
        }

        if (message.Method == "initialize" && message.Kind == RpcKind.Request)
        {
            return null;
        }

        if (version is not null && !ProtocolVersion.WithSessions.Contains(version))
        {
            return McpErrors.VersionUnsupported();
        }

        return FindSession(http, sessions, keyId, out session);
    }

    /// <summary>Finds the session that a request names.</summary>
    public static McpRefusal? FindSession(HttpContext http, McpSessions sessions, string keyId, out McpSession? session)
    {
        session = null;
        string? id = http.Request.Headers[SessionHeader];
        if (string.IsNullOrEmpty(id))
        {
            return McpErrors.SessionNeeded();
        }

        session = sessions.Find(id, keyId);
        return session is null ? McpErrors.SessionUnknown() : null;
    }

    /// <summary>The revision that the message itself names, as the sessionless revision asks; null when it names none.</summary>
    private static string? Claimed(RpcMessage message)
        => message.Meta is { ValueKind: JsonValueKind.Object } meta && meta.TryGetProperty(MetaKey.ProtocolVersion, out var version)
            ? version.ValueKind == JsonValueKind.String ? version.GetString() : ""
            : null;

    private static McpRefusal? CheckSessionless(HttpContext http, RpcMessage message, string? version, string? claimed)
    {
        if (message.Kind == RpcKind.Notification)
        {
            return null;
        }

        if (claimed is null)
        {
            return McpErrors.EnvelopeMissing(MetaKey.ProtocolVersion);
        }

        if (claimed != ProtocolVersion.Sessionless)
        {
            return McpErrors.VersionUnsupported();
        }

        if (version?.Trim() != claimed)
        {
            return McpErrors.HeaderMismatch(VersionHeader);
        }

        if (!message.Meta.TryGetProperty(MetaKey.ClientCapabilities, out var capabilities) || capabilities.ValueKind != JsonValueKind.Object)
        {
            return McpErrors.EnvelopeMissing(MetaKey.ClientCapabilities);
        }

        var headers = http.Request.Headers;
        if (headers["Mcp-Method"].ToString().Trim() != message.Method)
        {
            return McpErrors.HeaderMismatch("Mcp-Method");
        }

        var named = message.Method switch
        {
            "tools/call" or "prompts/get" => message.Text("name"),
            "resources/read" => message.Text("uri"),
            _ => null,
        };
        return named is null || HeaderText.Decode(headers["Mcp-Name"].ToString()) == named ? null : McpErrors.HeaderMismatch("Mcp-Name");
    }
}
