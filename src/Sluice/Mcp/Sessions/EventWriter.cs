using Microsoft.Net.Http.Headers;

namespace Sluice.Mcp.Sessions;

/// <summary>The answer to a client as a stream of events; begins it with the first.</summary>
internal sealed class EventWriter(HttpContext http)
{
    /// <summary>True once the answer is a stream.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Sends a message.</summary>
    public ValueTask SendAsync(byte[] message, CancellationToken cancellationToken)
        => WriteAsync([.. "event: message\ndata: "u8, .. message, .. "\n\n"u8], cancellationToken);

    /// <summary>Sends a comment, which keeps what is between awake.</summary>
    public ValueTask CommentAsync(CancellationToken cancellationToken) => WriteAsync(": \n\n"u8.ToArray(), cancellationToken);

    private async ValueTask WriteAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        if (!HasBegun)
        {
            HasBegun = true;
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers[HeaderNames.CacheControl] = "no-cache, no-transform";
            http.Response.Headers["x-accel-buffering"] = "no";
        }

        await http.Response.Body.WriteAsync(bytes, cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
    }
}
