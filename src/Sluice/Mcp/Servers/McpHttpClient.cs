using System.Net;
using System.Net.Http.Headers;
using Sluice.Configuration;

namespace Sluice.Mcp.Servers;

/// <summary>
/// The HTTP of one server: its address, its secrets, and what one may not do to Sluice. Redirects are not followed and cookies
/// not kept; no trace id of a client travels; answers are not decompressed, so that their size is what was received.
/// </summary>
internal sealed class McpHttpClient : IDisposable
{
    private const int MaxHeaderKilobytes = 32;

    private readonly HttpMessageInvoker _client;
    private readonly McpServerConfig _server;

    public McpHttpClient(McpServerConfig server)
    {
        _server = server;
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        });
        Address = new Uri(server.Url);
    }

    public Uri Address { get; }

    /// <summary>A request with the configured headers.</summary>
    public HttpRequestMessage NewRequest(HttpMethod method, Uri address, byte[]? message = null)
    {
        var request = new HttpRequestMessage(method, address);
        if (message is not null)
        {
            request.Content = new ByteArrayContent(message);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in _server.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value.Reveal());
        }

        if (!_server.ApiKey.IsEmpty)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _server.ApiKey.Reveal());
        }

        return request;
    }

    /// <summary>Sends a request; the answer's body is read by the caller.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => _client.SendAsync(request, cancellationToken);

    /// <summary>Reads a body of at most so many bytes; null when it is longer.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpContent content, int most, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > most)
        {
            return null;
        }

        using var gathered = new MemoryStream();
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (gathered.Length + count > most)
            {
                return null;
            }

            gathered.Write(buffer, 0, count);
        }

        return gathered.ToArray();
    }

    /// <summary>What an exception of the connection means.</summary>
    public static McpFailure Explain(Exception e) => e is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
    }
        ? new McpFailure(McpFailureKind.Unreachable, "it could not be reached: " + ((HttpRequestException)e).HttpRequestError)
        : new McpFailure(McpFailureKind.BrokenOff, "the connection broke off");

    /// <summary>What a status that is no success means.</summary>
    public static McpFailure Explain(HttpStatusCode status) => (int)status switch
    {
        401 or 403 => new McpFailure(McpFailureKind.CredentialRejected, $"it refused the configured credential with status {(int)status}"),
        >= 300 and < 400 => new McpFailure(McpFailureKind.ProtocolError, $"it answered with a redirect ({(int)status}), which is not followed: set the url where it leads"),
        var other => new McpFailure(McpFailureKind.ProtocolError, $"it answered with status {other}"),
    };

    public void Dispose() => _client.Dispose();
}
