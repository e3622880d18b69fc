using System.Net;
using System.Net.Http.Headers;
using Sluice.Configuration;
using Sluice.Mcp.Wire;

namespace Sluice.Mcp.Servers;

/// <summary>
/// Streamable HTTP: each message is a POST, answered by a JSON document or by a stream that ends with the answer. What the
/// server has to say on its own account comes on one more stream, where it offers that.
/// </summary>
internal sealed class StreamableHttpTransport(McpServerConfig server, int longestMessage, TimeProvider time) : IMcpTransport
{
    private const string SessionHeader = "Mcp-Session-Id";
    private const string VersionHeader = "MCP-Protocol-Version";
    private const int LongestSession = 1024;

    /// <summary>An answer with all its notifications may be so many times as long as one message.</summary>
    private const int MessagesPerAnswer = 4;

    private static readonly TimeSpan StreamPause = TimeSpan.FromSeconds(2);

    private readonly McpHttpClient _http = new(server);
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource<McpFailure> _ended = new();
    private string? _session;
    private string? _version;

    public Task<McpFailure> Ended => _ended.Task;

    public Action<RpcMessage> Unasked { get; set; } = static _ => { };

    public void Agreed(string version)
    {
        _version = version;
        if (version != ProtocolVersion.Sessionless)
        {
            _ = ListenAsync();
        }
    }

    public async ValueTask<UpstreamReply> RequestAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var post = NewPost(request.Message);
            foreach (var (name, value) in request.Headers)
            {
                post.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await _http.SendAsync(post, cancellationToken);
            return await ReadAsync(request, response, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
        {
            return McpHttpClient.Explain(e);
        }
    }

    public async ValueTask NotifyAsync(byte[] message, CancellationToken cancellationToken)
    {
        try
        {
            using var post = NewPost(message);
            using var response = await _http.SendAsync(post, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
        {
            // The next request finds out.
        }
    }

    /// <summary>Ends the session, if the server keeps one and answers soon.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        if (_session is not null)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
            try
            {
                using var delete = Stamped(_http.NewRequest(HttpMethod.Delete, _http.Address));
                using var response = await _http.SendAsync(delete, soon.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                // The server forgets it by itself.
            }
        }

        _http.Dispose();
        _closed.Dispose();
    }

    private async ValueTask<UpstreamReply> ReadAsync(UpstreamRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (response.StatusCode == HttpStatusCode.NotFound && _session is not null && request.Method != "initialize")
        {
            return new McpFailure(McpFailureKind.SessionGone, "it has ended the session");
        }

        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return McpHttpClient.Explain(response.StatusCode);
        }

        if (response.IsSuccessStatusCode && type == "text/event-stream")
        {
            return Noted(request, response, await ReadStreamAsync(request, response, cancellationToken));
        }

        if (type != "application/json")
        {
            return response.IsSuccessStatusCode
                ? new McpFailure(McpFailureKind.ProtocolError, "its answer is neither JSON nor an event stream")
                : McpHttpClient.Explain(response.StatusCode);
        }

        if (await McpHttpClient.ReadAsync(response.Content, longestMessage, cancellationToken) is not { } body)
        {
            return TooLarge();
        }

        // The sessionless revision sends errors with a status of their own; any other document there explains nothing.
        if (RpcMessage.Read(body) is { Kind: RpcKind.Result or RpcKind.Error } answer && IsFor(request, answer, response))
        {
            return Noted(request, response, answer);
        }

        return response.IsSuccessStatusCode
            ? new McpFailure(McpFailureKind.ProtocolError, "its answer is not the JSON-RPC answer to the request")
            : McpHttpClient.Explain(response.StatusCode);
    }

    private async ValueTask<UpstreamReply> ReadStreamAsync(UpstreamRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var events = new SseMessages(body, longestMessage, (long)longestMessage * MessagesPerAnswer);
        while (await events.NextAsync(cancellationToken) is { } found)
        {
            if (RpcMessage.Read(found.Data) is not { } message)
            {
                return new McpFailure(McpFailureKind.ProtocolError, "its stream holds something that is no JSON-RPC message");
            }

            if (message.Kind is RpcKind.Result or RpcKind.Error)
            {
                if (IsFor(request, message, response))
                {
                    return message;
                }
            }
            else if (message.Method is Notifications.Progress or Notifications.Log)
            {
                request.Related?.Invoke(message);
            }
            else
            {
                Unasked(message);
            }
        }

        return events.Exceeded ? TooLarge() : new McpFailure(McpFailureKind.BrokenOff, "its stream ended without an answer");
    }

    /// <summary>An error without an id, alone in a refused answer, can only speak of the one request that was sent.</summary>
    private static bool IsFor(UpstreamRequest request, RpcMessage answer, HttpResponseMessage response)
        => answer.Id == request.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)
            || (answer is { Kind: RpcKind.Error, Id: null } && !response.IsSuccessStatusCode);

    private UpstreamReply Noted(UpstreamRequest request, HttpResponseMessage response, UpstreamReply reply)
    {
        if (request.Method != "initialize" || reply.Answer is null || !response.Headers.TryGetValues(SessionHeader, out var values))
        {
            return reply;
        }

        var session = values.First();
        if (session.Length is 0 or > LongestSession || session.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return new McpFailure(McpFailureKind.ProtocolError, "its session id is none");
        }

        _session = session;
        return reply;
    }

    /// <summary>Hears what the server says on its own account; a server without such a stream answers 405.</summary>
    private async Task ListenAsync()
    {
        var closed = _closed.Token;
        try
        {
            while (await HearAsync(closed))
            {
                await Task.Delay(StreamPause, time, closed);
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    /// <summary>Hears one stream to its end; false when there is none to come.</summary>
    private async ValueTask<bool> HearAsync(CancellationToken closed)
    {
        try
        {
            using var get = Stamped(_http.NewRequest(HttpMethod.Get, _http.Address));
            get.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            using var response = await _http.SendAsync(get, closed);
            if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                // A server that fails for now may have a stream later; any other answer says that there is none.
                return (int)response.StatusCode >= 500;
            }

            await using var body = await response.Content.ReadAsStreamAsync(closed);
            var events = new SseMessages(body, longestMessage, long.MaxValue);
            while (await events.NextAsync(closed) is { } found)
            {
                if (RpcMessage.Read(found.Data) is { Kind: RpcKind.Request or RpcKind.Notification } message)
                {
                    Unasked(message);
                }
            }

            return !events.Exceeded;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException)
        {
            return true;
        }
    }

    private HttpRequestMessage NewPost(byte[] message)
    {
        var post = Stamped(_http.NewRequest(HttpMethod.Post, _http.Address, message));
        post.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        post.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return post;
    }

    private HttpRequestMessage Stamped(HttpRequestMessage request)
    {
        if (_session is not null)
        {
            request.Headers.TryAddWithoutValidation(SessionHeader, _session);
        }

        if (_version is not null)
        {
            request.Headers.TryAddWithoutValidation(VersionHeader, _version);
        }

        return request;
    }

    private static McpFailure TooLarge() => new(McpFailureKind.ProtocolError, "its answer is larger than mcp.max_message_bytes");
}
