using Sluice.Auth;
using Sluice.Mcp.Sessions;
using Sluice.Mcp.Wire;

namespace Sluice.Mcp.Calls;

/// <summary>A client's request after everything around it was checked.</summary>
/// <param name="Http">The HTTP request.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Message">A message of the kind request.</param>
/// <param name="Session">Null for requests of the sessionless revision, and for the handshake.</param>
/// <param name="Sessionless">True for the revision without sessions.</param>
internal sealed record McpRequest(HttpContext Http, Caller Caller, RpcMessage Message, McpSession? Session, bool Sessionless)
{
    /// <summary>The id as it is written.</summary>
    public string Id => Message.Id!;
}
