using Sluice.Mcp.Servers;
using Sluice.Mcp.Wire;
using Sluice.Protocol.Canonical;

namespace Sluice.Mcp.Calls;

/// <summary>A refusal as the client is told it.</summary>
/// <param name="RpcCode">The code of the JSON-RPC error.</param>
/// <param name="Error">Words, stable code and status.</param>
/// <param name="InBand">True where the answer's status is 200: the request was understood, and its outcome is an error.</param>
internal sealed record McpRefusal(int RpcCode, GatewayError Error, bool InBand = false)
{
    /// <summary>The revisions that would be taken; null where the revision is not at fault.</summary>
    public IReadOnlyList<string>? Supported { get; init; }

    /// <summary>A refusal that any endpoint of the gateway could have given.</summary>
    public static implicit operator McpRefusal(GatewayError error) => new(Wire.RpcCode.Gateway, error);
}

/// <summary>What <c>/mcp</c> refuses, and why servers gave no answer.</summary>
internal static class McpErrors
{
    public static McpRefusal OriginNotAllowed() => new GatewayError(
        ErrorKind.Forbidden, "mcp_origin_refused",
        "A web page of this origin may not call /mcp. An administrator can list its origin in mcp.allowed_origins.");

    public static McpRefusal NotJson() => new(RpcCode.ParseError, new GatewayError(
        ErrorKind.InvalidRequest, "mcp_not_json", "The body is no JSON document, is not UTF-8, is nested too deeply, or has a member twice in one object."));

    public static McpRefusal Batch() => new(RpcCode.InvalidRequest, new GatewayError(
        ErrorKind.InvalidRequest, "mcp_batch_refused", "A body holds one JSON-RPC message; batches are not taken."));

    public static McpRefusal NotAMessage() => new(RpcCode.InvalidRequest, new GatewayError(
        ErrorKind.InvalidRequest, "mcp_invalid_message", "The body is no JSON-RPC 2.0 message: it needs \"jsonrpc\": \"2.0\", and a method or a result or an error."));

    public static McpRefusal MediaType() => new GatewayError(
        ErrorKind.UnsupportedMedia, "mcp_media_type", "Send the message with Content-Type: application/json, not compressed.");

    public static McpRefusal NotAcceptable() => new GatewayError(
        ErrorKind.InvalidRequest, "mcp_not_acceptable", "Send Accept: application/json, text/event-stream.");

    public static McpRefusal TooLarge(long limit) => new GatewayError(
        ErrorKind.TooLarge, "mcp_message_too_large", $"The message is larger than {limit} bytes, the most that mcp.max_message_bytes allows.");

    public static McpRefusal SessionNeeded() => new(RpcCode.InvalidRequest, new GatewayError(
        ErrorKind.InvalidRequest, "mcp_session_needed", "The header Mcp-Session-Id is missing. Send initialize first, and its session id with every request after it."));

    public static McpRefusal SessionUnknown() => new(RpcCode.SessionNotFound, new GatewayError(
        ErrorKind.NotFound, "mcp_session_unknown", "The session is unknown or has ended. Begin another with initialize."));

    public static McpRefusal TooManySessions() => new GatewayError(
        ErrorKind.Unavailable, "mcp_too_many_sessions", "This key has as many sessions as it may have, and all are in use. End one with DELETE.")
    { RetryAfter = TimeSpan.FromSeconds(10) };

    public static McpRefusal VersionUnsupported() => new(RpcCode.UnsupportedVersion, new GatewayError(
        ErrorKind.InvalidRequest, "mcp_version_unsupported", "Unsupported protocol version. data.supported lists those that are spoken here."))
    { Supported = ProtocolVersion.All };

    public static McpRefusal HeaderMismatch(string header) => new(RpcCode.HeaderMismatch, new GatewayError(
        ErrorKind.InvalidRequest, "mcp_header_mismatch", $"The header {header} is missing or says something else than the message."));

    public static McpRefusal EnvelopeMissing(string member) => new(RpcCode.InvalidParams, new GatewayError(
        ErrorKind.InvalidRequest, "mcp_envelope_missing", $"params._meta lacks {member}, which revision {ProtocolVersion.Sessionless} asks of every request."));

    /// <param name="status">404 where the revision asks for it; in band otherwise.</param>
    public static McpRefusal MethodUnknown(bool status) => new(RpcCode.MethodNotFound, new GatewayError(
        ErrorKind.NotFound, "mcp_method_unknown", "Method not found."), InBand: !status);

    public static McpRefusal InvalidParams(string message) => new(RpcCode.InvalidParams, new GatewayError(
        ErrorKind.InvalidRequest, "mcp_invalid_params", message), InBand: true);

    public static McpRefusal IdInUse() => new(RpcCode.InvalidRequest, new GatewayError(
        ErrorKind.Conflict, "mcp_id_in_use", "A request of this id is running in the session."));

    public static McpRefusal ToolUnknown(string name) => new(RpcCode.InvalidParams, new GatewayError(
        ErrorKind.NotFound, "mcp_tool_unknown", $"Unknown tool: {Shown(name)}"), InBand: true);

    public static McpRefusal PromptUnknown(string name) => new(RpcCode.InvalidParams, new GatewayError(
        ErrorKind.NotFound, "mcp_prompt_unknown", $"Unknown prompt: {Shown(name)}"), InBand: true);

    public static McpRefusal ResourceUnknown(string uri) => new(RpcCode.ResourceNotFound, new GatewayError(
        ErrorKind.NotFound, "mcp_resource_unknown", $"Resource not found: {Shown(uri)}"), InBand: true);

    /// <summary>Why a server gave no answer; the operator finds more in its state.</summary>
    public static GatewayError Of(McpFailure failure, string server) => failure.Kind switch
    {
        McpFailureKind.TimedOut => new GatewayError(
            ErrorKind.UpstreamTimeout, "mcp_server_timeout", $"The MCP server {server} did not answer within its timeout. It may have done what was asked."),
        McpFailureKind.Unreachable => new GatewayError(
            ErrorKind.Unavailable, "mcp_server_unavailable", $"The MCP server {server} cannot be reached now; nothing was done. Try again later."),
        _ => new GatewayError(
            ErrorKind.UpstreamFailed, "mcp_server_failed", $"The MCP server {server} failed before it had answered."),
    };

    private static string Shown(string name) => name.Length <= 128 ? name : string.Concat(name.AsSpan(0, 128), "…");
}
