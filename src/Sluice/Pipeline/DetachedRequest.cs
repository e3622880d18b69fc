using Microsoft.AspNetCore.Http.Features;
using Sluice.Auth;
using Sluice.Idempotency;

namespace Sluice.Pipeline;

/// <summary>What a request that no connection belongs to is made for.</summary>
/// <param name="Caller">In whose stead it is made.</param>
/// <param name="Run">The work that it does; null where it only looks how a vendor's work stands.</param>
internal sealed record DetachedCall(Caller Caller, BackgroundRun? Run);

/// <summary>Requests that are made in a client's stead, without its connection.</summary>
internal static class DetachedRequest
{
    /// <summary>A look at what a vendor keeps; the answer goes to a stream.</summary>
    public static HttpContext LookAt(Caller caller, Stream answer)
    {
        var detached = new DefaultHttpContext();
        detached.Request.Method = HttpMethods.Get;
        detached.Request.Protocol = HttpProtocol.Http11;
        detached.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        detached.Features.Set(new DetachedCall(caller, Run: null));
        return detached;
    }

    /// <summary>The client's own request once more.</summary>
    public static HttpContext Of(HttpContext client, byte[] body, Caller caller, BackgroundRun run)
    {
        var detached = new DefaultHttpContext();
        var request = detached.Request;
        request.Method = client.Request.Method;
        request.Path = client.Request.Path;
        request.QueryString = client.Request.QueryString;
        request.Protocol = HttpProtocol.Http11;
        foreach (var (name, value) in client.Request.Headers)
        {
            if (!name.Equals(IdempotencyKey.Header, StringComparison.OrdinalIgnoreCase))
            {
                request.Headers[name] = value;
            }
        }

        request.ContentLength = body.Length;
        request.Body = new MemoryStream(body, writable: false);
        detached.Connection.RemoteIpAddress = client.Connection.RemoteIpAddress;
        detached.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(run.Events is { } events ? events : Stream.Null));
        detached.Features.Set(new DetachedCall(caller, run));
        return detached;
    }
}
