using System.Text.Json;
using Sluice.Configuration;
using Sluice.Mcp.Catalog;
using Sluice.Mcp.Wire;

namespace Sluice.Mcp.Servers;

/// <summary>
/// A connection to a server after its handshake. Sluice tells servers that it can neither sample nor elicit, because a
/// connection serves many clients; what a server asks all the same is refused as an unknown method.
/// </summary>
internal sealed class McpConnection : IAsyncDisposable
{
    private const int MostPages = 50;

    /// <summary>Answers to a server's own requests that are on their way; more are not given, or it could have us send without end.</summary>
    private const int MostAnswers = 16;

    private readonly IMcpTransport _transport;
    private readonly McpServerConfig _server;
    private readonly Action _listChanged;
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastId;
    private int _answering;
    private int _running;
    private bool _retired;

    private McpConnection(IMcpTransport transport, McpServerConfig server, Action listChanged)
    {
        (_transport, _server, _listChanged) = (transport, server, listChanged);
        transport.Unasked = Answer;
    }

    /// <summary>The revision that the two agreed on.</summary>
    public string Version { get; private set; } = "";

    /// <summary>Completes when nothing can be sent any more.</summary>
    public Task<McpFailure> Ended => _transport.Ended;

    private CatalogParts Offered { get; set; }

    private bool IsSessionless => Version == ProtocolVersion.Sessionless;

    /// <summary>Connects and shakes hands.</summary>
    /// <returns>The connection, or why there is none.</returns>
    public static async ValueTask<(McpConnection? Connection, McpFailure? Failure)> OpenAsync(
        McpServerConfig server, int longestMessage, TimeProvider time, Action listChanged, CancellationToken cancellationToken)
    {
        McpFailure? failure = null;
        IMcpTransport? transport = server.Transport switch
        {
            "stdio" => StdioTransport.Start(server, longestMessage, time, out failure),
            "sse" => new SseTransport(server, longestMessage),
            _ => new StreamableHttpTransport(server, longestMessage, time),
        };
        if (transport is null)
        {
            return (null, failure);
        }

        var connection = new McpConnection(transport, server, listChanged);
        try
        {
            failure = await connection.ShakeHandsAsync(cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        if (failure is not null)
        {
            await connection.DisposeAsync();
            return (null, failure);
        }

        return (connection, null);
    }

    /// <summary>Sends a request and waits for its answer. When the wait is cancelled, the server is told.</summary>
    public async ValueTask<UpstreamReply> RequestAsync(OutgoingCall call, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var request = new UpstreamRequest(id, call.Method, RpcWriter.Request(id, call.Method, json => call.WriteParams(json, id, IsSessionless)))
        {
            Headers = IsSessionless ? [.. call.SessionlessHeaders()] : [],
            Related = call.Related is { } related ? message => Relate(message, id, related) : null,
        };
        Interlocked.Increment(ref _running);
        try
        {
            return await _transport.RequestAsync(request, cancellationToken);
        }
        catch (OperationCanceledException) when (!IsSessionless || _server.Transport == "stdio")
        {
            // Without sessions the end of the connection says it.
            _ = _transport.NotifyAsync(RpcWriter.Notification(Notifications.Cancelled, json => json.WriteNumber("requestId", id)), CancellationToken.None).AsTask();
            throw;
        }
        finally
        {
            if (Interlocked.Decrement(ref _running) == 0 && Volatile.Read(ref _retired))
            {
                _idle.TrySetResult();
            }
        }
    }

    /// <summary>Ends the connection when its last request has ended, or after so long.</summary>
    public async Task RetireAsync(TimeSpan longest, TimeProvider time)
    {
        Volatile.Write(ref _retired, true);
        if (Volatile.Read(ref _running) > 0)
        {
            await _idle.Task.WaitAsync(longest, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await DisposeAsync();
    }

    /// <summary>Lists everything that the server has.</summary>
    public async ValueTask<(ServerCatalog? Catalog, McpFailure? Failure)> ListAsync(CancellationToken cancellationToken)
    {
        var reader = new CatalogReader(_server);
        var failure = default(McpFailure);
        var tools = await ListAsync(CatalogParts.Tools, "tools/list", "tools");
        var prompts = await ListAsync(CatalogParts.Prompts, "prompts/list", "prompts");
        var resources = await ListAsync(CatalogParts.Resources, "resources/list", "resources");
        var templates = await ListAsync(CatalogParts.Resources, "resources/templates/list", "resourceTemplates");
        return failure is not null ? (null, failure) : (new ServerCatalog(
            reader.Named(tools, areTools: true), reader.Named(prompts, areTools: false), reader.Addressed(resources, "uri"), reader.Addressed(templates, "uriTemplate")), null);

        async ValueTask<List<JsonElement>> ListAsync(CatalogParts part, string method, string member)
        {
            if (failure is not null || !Offered.HasFlag(part))
            {
                return [];
            }

            (var items, failure) = await PagesAsync(method, member, cancellationToken);
            return items;
        }
    }

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    private async ValueTask<(List<JsonElement> Items, McpFailure? Failure)> PagesAsync(string method, string member, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        for (var page = 0; page < MostPages && items.Count < CatalogReader.MostEntries; page++)
        {
            var next = cursor is null ? default : JsonElement.Parse(RpcWriter.Object(json => json.WriteString("cursor", cursor)));
            var reply = await RequestAsync(new OutgoingCall(method) { Params = next }, cancellationToken);
            if (reply.Answer is not { Kind: RpcKind.Result } answer)
            {
                // A server that offers a list and does not know its method has an empty one.
                return reply.Answer is { } error && CodeOf(error) == RpcCode.MethodNotFound
                    ? (items, null)
                    : (items, reply.Failure ?? new McpFailure(McpFailureKind.ProtocolError, $"it answered {method} with an error"));
            }

            if (answer.Member(member) is not { ValueKind: JsonValueKind.Array } found)
            {
                return (items, new McpFailure(McpFailureKind.ProtocolError, $"its answer to {method} has no list"));
            }

            items.AddRange(found.EnumerateArray().Take(CatalogReader.MostEntries - items.Count));
            var following = answer.Text("nextCursor");
            if (following is null || following == cursor)
            {
                break;
            }

            cursor = following;
        }

        return (items, null);
    }

    private async ValueTask<McpFailure?> ShakeHandsAsync(CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var reply = await _transport.RequestAsync(new UpstreamRequest(id, "initialize", RpcWriter.Request(id, "initialize", WriteHandshake)), cancellationToken);
        if (reply.Answer is not { Kind: RpcKind.Result } answer)
        {
            // A server that knows the sessionless revision only has no handshake.
            return reply.Answer is not null || reply.Failure!.Kind == McpFailureKind.ProtocolError
                ? await DiscoverAsync(reply.Failure, cancellationToken)
                : reply.Failure;
        }

        var version = answer.Text("protocolVersion") ?? "";
        if (!ProtocolVersion.OfServers.Contains(version))
        {
            return new McpFailure(McpFailureKind.ProtocolError, "it speaks a revision of the protocol that Sluice does not");
        }

        Agree(version, answer);
        await _transport.NotifyAsync(RpcWriter.Notification(Notifications.Initialized), cancellationToken);
        _transport.Agreed(version);
        return null;
    }

    private async ValueTask<McpFailure?> DiscoverAsync(McpFailure? before, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastId);
        var call = new OutgoingCall("server/discover");
        var reply = await _transport.RequestAsync(
            new UpstreamRequest(id, call.Method, RpcWriter.Request(id, call.Method, json => call.WriteParams(json, id, sessionless: true)))
            {
                Headers = [.. call.SessionlessHeaders(), new("MCP-Protocol-Version", ProtocolVersion.Sessionless)],
            },
            cancellationToken);
        if (reply.Answer is not { Kind: RpcKind.Result } answer
            || answer.Member("supportedVersions") is not { ValueKind: JsonValueKind.Array } versions
            || !versions.EnumerateArray().Any(version => version.ValueKind == JsonValueKind.String && version.ValueEquals(ProtocolVersion.Sessionless)))
        {
            return before ?? reply.Failure ?? new McpFailure(McpFailureKind.ProtocolError, "it refused the handshake");
        }

        Agree(ProtocolVersion.Sessionless, answer);
        _transport.Agreed(ProtocolVersion.Sessionless);
        return null;
    }

    private void Agree(string version, RpcMessage answer)
    {
        Version = version;
        var capabilities = answer.Member("capabilities");
        Offered = Part("tools", CatalogParts.Tools) | Part("prompts", CatalogParts.Prompts) | Part("resources", CatalogParts.Resources);

        CatalogParts Part(string name, CatalogParts part)
            => capabilities.ValueKind == JsonValueKind.Object && capabilities.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Object
                ? part
                : CatalogParts.None;
    }

    private static void WriteHandshake(Utf8JsonWriter json)
    {
        json.WriteString("protocolVersion", ProtocolVersion.Latest);
        json.WriteStartObject("capabilities");
        json.WriteEndObject();
        json.WriteStartObject("clientInfo");
        Implementation.Write(json);
        json.WriteEndObject();
    }

    /// <summary>Progress must be of this very request; log lines came on its stream and are.</summary>
    private static void Relate(RpcMessage message, long id, Action<RpcMessage> related)
    {
        if (message.Method == Notifications.Log
            || (message.Member(MetaKey.ProgressToken) is { ValueKind: JsonValueKind.Number } token && token.TryGetInt64(out var number) && number == id))
        {
            related(message);
        }
    }

    private void Answer(RpcMessage message)
    {
        if (message.Kind == RpcKind.Request)
        {
            var answer = message.Method == "ping"
                ? RpcWriter.Result(message.Id!, "{}"u8.ToArray())
                : RpcWriter.Error(message.Id, RpcCode.MethodNotFound, "The gateway does not serve this method: it speaks for many clients.");
            if (Interlocked.Increment(ref _answering) <= MostAnswers)
            {
                _ = SendAsync(answer);
            }
            else
            {
                Interlocked.Decrement(ref _answering);
            }
        }
        else if (message.Method is Notifications.ToolsChanged or Notifications.PromptsChanged or Notifications.ResourcesChanged)
        {
            _listChanged();
        }
    }

    private async Task SendAsync(byte[] answer)
    {
        try
        {
            await _transport.NotifyAsync(answer, CancellationToken.None);
        }
        finally
        {
            Interlocked.Decrement(ref _answering);
        }
    }

    private static int CodeOf(RpcMessage error) => error.Member("code") is { ValueKind: JsonValueKind.Number } code && code.TryGetInt32(out var number) ? number : 0;
}
