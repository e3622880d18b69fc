using Sluice.Auth;
using Sluice.Mcp.Calls;
using Sluice.Mcp.Catalog;
using Sluice.Mcp.Sessions;
using Sluice.Mcp.Wire;
using Sluice.Protocol.Canonical;
using Sluice.Telemetry;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Mcp;

/// <summary>
/// <c>/mcp</c>: streamable HTTP. Who calls is found out first, then where the call comes from (a web page could have a name
/// that leads to this machine), and only then is anything of it read.
/// </summary>
internal sealed partial class McpEndpoint(
    ICallerRegistry callers,
    KeyUse use,
    McpServers servers,
    McpSessions sessions,
    McpMethods methods,
    ToolCallLane tools,
    ChangeStream changes,
    McpLifetime lifetime,
    IConfigurationSource configuration,
    ILogger<McpEndpoint> logger)
{
    public Task PostAsync(HttpContext http) => ServeAsync(http, ReadAsync);

    public Task GetAsync(HttpContext http) => ServeAsync(http, ListenInSessionAsync);

    public Task DeleteAsync(HttpContext http) => ServeAsync(http, EndSessionAsync);

    private async Task ServeAsync(HttpContext http, Func<HttpContext, Caller, Task> serve)
    {
        // Off the thread that waits for all sockets: messages may be large.
        await Task.Yield();
        http.Response.Headers[RequestId.Header] = RequestId.Next();
        try
        {
            if (Identify(http, out var caller) is { } unknown)
            {
                await McpAnswer.RefuseAsync(http, unknown, null);
            }
            else if (!IsOriginAllowed(http.Request.Headers.Origin))
            {
                await McpAnswer.RefuseAsync(http, McpErrors.OriginNotAllowed(), null);
            }
            else
            {
                http.Features.Set(caller);
                use.Note(caller!);
                await serve(http, caller!);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
        {
            // The client has left.
        }
        catch (Exception e)
        {
            Log.Defect(logger, e, http.Response.Headers[RequestId.Header].ToString());
            if (http.Response.HasStarted)
            {
                http.Abort();
            }
            else
            {
                await McpAnswer.RefuseAsync(http, Pipeline.PipelineErrors.Internal(), null);
            }
        }
    }

    private GatewayError? Identify(HttpContext http, out Caller? caller)
    {
        caller = null;
        if (CredentialExtractor.Extract(http.Request, allowQuery: true, out var credential) is { } malformed)
        {
            return malformed;
        }

        if (credential.IsEmpty)
        {
            return CredentialExtractor.Missing;
        }

        caller = callers.Find(credential.Text);
        return caller is null ? CredentialExtractor.Unknown : caller.MayInfer ? null : CredentialExtractor.NotForModels;
    }

    private bool IsOriginAllowed(string? origin)
    {
        if (string.IsNullOrEmpty(origin))
        {
            return true;
        }

        return (Uri.TryCreate(origin, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.IsLoopback)
            || configuration.Current.Config.Mcp.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);
    }

    private async Task ReadAsync(HttpContext http, Caller caller)
    {
        if (!http.Request.HasJsonContentType() || http.Request.Headers.ContentEncoding.Count > 0)
        {
            await McpAnswer.RefuseAsync(http, McpErrors.MediaType(), null);
            return;
        }

        if (!AcceptsAnswers(http.Request.Headers.Accept.ToString()))
        {
            await McpAnswer.RefuseAsync(http, McpErrors.NotAcceptable(), null);
            return;
        }

        var limit = configuration.Current.Config.Mcp.MaxMessageBytes;
        if (await BodyAsync(http.Request, limit) is not { } body)
        {
            await McpAnswer.RefuseAsync(http, McpErrors.TooLarge(limit), null);
            return;
        }

        if (RpcMessage.ReadStrictly(body.Span, out var problem) is not { } message)
        {
            await McpAnswer.RefuseAsync(http, problem switch
            {
                RpcProblem.NotJson => McpErrors.NotJson(),
                RpcProblem.Batch => McpErrors.Batch(),
                _ => McpErrors.NotAMessage(),
            }, null);
            return;
        }

        await TakeAsync(http, caller, message);
    }

    private Task TakeAsync(HttpContext http, Caller caller, RpcMessage message)
    {
        if (message.Kind is RpcKind.Result or RpcKind.Error)
        {
            // Sluice asks its clients nothing, so that no answer can be missed.
            return AcceptAsync(http);
        }

        if (McpMessageCheck.Check(http, message, sessions, caller.KeyId, out var sessionless, out var session) is { } refusal)
        {
            return McpAnswer.RefuseAsync(http, refusal, message.Id).AsTask();
        }

        if (message.Kind == RpcKind.Notification)
        {
            if (message.Method == Notifications.Cancelled && message.Member("requestId") is { ValueKind: System.Text.Json.JsonValueKind.String or System.Text.Json.JsonValueKind.Number } cancelled)
            {
                session?.Cancel(cancelled.GetRawText());
            }

            return AcceptAsync(http);
        }

        var request = new McpRequest(http, caller, message, session, sessionless);
        return message.Method switch
        {
            "tools/call" => tools.RunAsync(request),
            "subscriptions/listen" when sessionless => ListenAsync(request),
            _ => methods.RunAsync(request),
        };
    }

    private static Task AcceptAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    /// <summary>The stream of a session, on which the client hears of changed lists.</summary>
    private async Task ListenInSessionAsync(HttpContext http, Caller caller)
    {
        if (!http.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            await McpAnswer.RefuseAsync(http, McpErrors.NotAcceptable(), null);
            return;
        }

        if (McpMessageCheck.FindSession(http, sessions, caller.KeyId, out var session) is { } refusal)
        {
            await McpAnswer.RefuseAsync(http, refusal, null);
            return;
        }

        using var open = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, session!.Ended, lifetime.Stopping);
        session.TakeStream(open);
        try
        {
            // Each second the session is looked up, which keeps it from growing old.
            await changes.RunAsync(http, session.Changes!, null, () => sessions.Find(session.Id, caller.KeyId), open.Token);
        }
        catch (OperationCanceledException) when (open.IsCancellationRequested)
        {
            // A later stream has taken its place, or the session, the client or the service is at its end.
        }
        finally
        {
            session.LeaveStream(open);
        }
    }

    private async Task ListenAsync(McpRequest request)
    {
        if (request.Message.Member("notifications") is not { ValueKind: System.Text.Json.JsonValueKind.Object } asked)
        {
            await McpAnswer.RefuseAsync(request.Http, McpErrors.InvalidParams("params.notifications must say what to listen to."), request.Id);
            return;
        }

        var wanted = Part("toolsListChanged", CatalogParts.Tools) | Part("promptsListChanged", CatalogParts.Prompts) | Part("resourcesListChanged", CatalogParts.Resources);
        using var told = new ChangeSubscription(servers, wanted);
        using var open = CancellationTokenSource.CreateLinkedTokenSource(request.Http.RequestAborted, lifetime.Stopping);
        try
        {
            await changes.RunAsync(request.Http, told, request.Id, static () => { }, open.Token);
        }
        catch (OperationCanceledException) when (lifetime.Stopping.IsCancellationRequested && !request.Http.RequestAborted.IsCancellationRequested)
        {
            await new EventWriter(request.Http).SendAsync(ChangeStream.Closing(request.Id), request.Http.RequestAborted);
        }

        CatalogParts Part(string name, CatalogParts part)
            => asked.TryGetProperty(name, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.True ? part : CatalogParts.None;
    }

    private async Task EndSessionAsync(HttpContext http, Caller caller)
    {
        if (McpMessageCheck.FindSession(http, sessions, caller.KeyId, out var session) is { } refusal)
        {
            await McpAnswer.RefuseAsync(http, refusal, null);
            return;
        }

        sessions.End(session!);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The body; null when it is too long.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>?> BodyAsync(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        using var gathered = new MemoryStream((int)(request.ContentLength ?? 0));
        var buffer = new byte[16 * 1024];
        while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is > 0 and var count)
        {
            if (gathered.Length + count > limit)
            {
                return null;
            }

            gathered.Write(buffer, 0, count);
        }

        return gathered.GetBuffer().AsMemory(0, (int)gathered.Length);
    }

    /// <summary>An absent header takes anything; one that names neither of the two forms could read no answer.</summary>
    private static bool AcceptsAnswers(string accept)
        => accept.Length == 0
            || accept.Contains("application/json", StringComparison.OrdinalIgnoreCase)
            || accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase)
            || accept.Contains("*/*", StringComparison.Ordinal)
            || accept.Contains("application/*", StringComparison.OrdinalIgnoreCase);

    private static partial class Log
    {
        [LoggerMessage(3510, LogLevel.Error, "{RequestId} met a defect of the MCP gateway")]
        public static partial void Defect(ILogger logger, Exception exception, string requestId);
    }
}
