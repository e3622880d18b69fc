using System.Net.Http.Headers;
using System.Text;
using Sluice.Configuration;

namespace Sluice.Mcp.Servers;

/// <summary>The HTTP transport of revision 2024-11-05: one stream for everything that the server says, whose first event tells where to send.</summary>
internal sealed class SseTransport : SharedChannel
{
    private readonly McpHttpClient _http;
    private readonly int _longestMessage;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource<Uri?> _endpoint = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SseTransport(McpServerConfig server, int longestMessage)
    {
        _http = new McpHttpClient(server);
        _longestMessage = longestMessage;
        _ = HearAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _http.Dispose();
        _closed.Dispose();
    }

    protected override async ValueTask<McpFailure?> SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        if (await _endpoint.Task.WaitAsync(cancellationToken) is not { } address)
        {
            return await Ended;
        }

        try
        {
            using var post = _http.NewRequest(HttpMethod.Post, address, message);
            using var response = await _http.SendAsync(post, cancellationToken);
            return response.IsSuccessStatusCode ? null : McpHttpClient.Explain(response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
        {
            return McpHttpClient.Explain(e);
        }
    }

    private async Task HearAsync()
    {
        McpFailure failure;
        try
        {
            failure = await HearToTheEndAsync(_closed.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
        {
            failure = McpHttpClient.Explain(e);
        }
        catch (OperationCanceledException)
        {
            failure = new McpFailure(McpFailureKind.BrokenOff, "the connection was closed");
        }

        End(failure);
        _endpoint.TrySetResult(null);
    }

    private async Task<McpFailure> HearToTheEndAsync(CancellationToken closed)
    {
        using var get = _http.NewRequest(HttpMethod.Get, _http.Address);
        get.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await _http.SendAsync(get, closed);
        if (!response.IsSuccessStatusCode)
        {
            return McpHttpClient.Explain(response.StatusCode);
        }

        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            return new McpFailure(McpFailureKind.ProtocolError, "its answer is no event stream; is it a streamable HTTP server (transport: http)?");
        }

        await using var body = await response.Content.ReadAsStreamAsync(closed);
        var events = new SseMessages(body, _longestMessage, long.MaxValue);
        while (await events.NextAsync(closed) is { } found)
        {
            if (found.Name == "endpoint")
            {
                // Another origin would be given the server's credential.
                if (!Uri.TryCreate(_http.Address, Encoding.UTF8.GetString(found.Data), out var address)
                    || Uri.Compare(address, _http.Address, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
                {
                    return new McpFailure(McpFailureKind.ProtocolError, "it names an endpoint of another origin");
                }

                _endpoint.TrySetResult(address);
            }
            else if (!Receive(found.Data))
            {
                return new McpFailure(McpFailureKind.ProtocolError, "its stream holds no JSON-RPC messages");
            }
        }

        return events.Exceeded
            ? new McpFailure(McpFailureKind.ProtocolError, "it sent a message larger than mcp.max_message_bytes")
            : new McpFailure(McpFailureKind.BrokenOff, "its stream ended");
    }
}
