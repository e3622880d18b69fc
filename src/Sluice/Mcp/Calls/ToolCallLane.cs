using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Sluice.Mcp.Servers;
using Sluice.Mcp.Sessions;
using Sluice.Mcp.Wire;
using Sluice.Pipeline;
using Sluice.Usage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Mcp.Calls;

/// <summary>
/// <c>tools/call</c>, from the client to the server and back. The answer is one JSON document, unless the server tells of
/// progress first or takes long: then it is a stream, if the client takes one.
/// </summary>
internal sealed class ToolCallLane(
    McpServers servers, ToolAccount account, McpLifetime lifetime, IConfigurationSource configuration, TimeProvider time)
{
    /// <summary>Notifications that a client is behind with; the oldest are dropped beyond it, and large ones are not kept at all.</summary>
    private const int MostWaiting = 256;

    private const int LongestNotification = 64 * 1024;

    public async Task RunAsync(McpRequest request)
    {
        var http = request.Http;
        if (request.Message.Text("name") is not { } name)
        {
            await McpAnswer.RefuseAsync(http, McpErrors.InvalidParams("params.name must be the tool's name."), request.Id);
            return;
        }

        if (request.Message.Member("arguments").ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
        {
            await McpAnswer.RefuseAsync(http, McpErrors.InvalidParams("params.arguments must be an object."), request.Id);
            return;
        }

        await servers.ListedAsync(http.RequestAborted);
        if (servers.FindTool(request.Caller, name) is not var (server, tool))
        {
            await McpAnswer.RefuseAsync(http, McpErrors.ToolUnknown(name), request.Id);
            return;
        }

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.Drained);
        if (request.Session?.Begin(request.Id, cancel) == false)
        {
            await McpAnswer.RefuseAsync(http, McpErrors.IdInUse(), request.Id);
            return;
        }

        try
        {
            await RunAsync(request, account.Open(http, request.Caller, server, tool), cancel);
        }
        finally
        {
            request.Session?.Finish(request.Id);
        }
    }

    private async Task RunAsync(McpRequest request, ToolCall call, CancellationTokenSource cancel)
    {
        try
        {
            await ServeAsync(request, call, cancel);
        }
        finally
        {
            // Whatever broke: what the call held is given back, and it has its outcome.
            if (!call.IsSettled)
            {
                call.ErrorCode = "internal_error";
                await account.SettleAsync(call, call.Dispatched ? UsageStatus.Estimated : UsageStatus.Void);
            }
        }
    }

    private async Task ServeAsync(McpRequest request, ToolCall call, CancellationTokenSource cancel)
    {
        var http = request.Http;
        if (await account.AdmitAsync(call, http) is { } refused)
        {
            await account.RefuseAsync(call, refused);
            await McpAnswer.RefuseAsync(http, refused, request.Id);
            return;
        }

        var related = Channel.CreateBounded<RpcMessage>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var token = request.Message.Meta is { ValueKind: JsonValueKind.Object } meta && meta.TryGetProperty(MetaKey.ProgressToken, out var wanted) ? wanted : default;
        var events = AcceptsStream(http) ? new EventWriter(http) : null;
        var outgoing = new OutgoingCall("tools/call")
        {
            Target = call.Tool.Name,
            Params = request.Message.Content,
            WantsProgress = token.ValueKind is JsonValueKind.String or JsonValueKind.Number && events is not null,
            Related = message => Keep(related.Writer, message, LeastLevel(request)),
            HeaderArguments = call.Tool.HeaderArguments,
        };
        call.Dispatched = true;
        var reply = default(UpstreamReply);
        try
        {
            var answer = call.Server.RequestAsync(outgoing, cancel.Token).AsTask();
            await RelayAsync(answer, related.Reader, events, token, cancel.Token);
            reply = await answer;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client has cancelled or left, or Sluice stops: neither answer nor failure.
            await cancel.CancelAsync();
        }

        await EndAsync(request, call, reply, events);
    }

    /// <summary>Accounts for the call, and only then tells the client.</summary>
    private async Task EndAsync(McpRequest request, ToolCall call, UpstreamReply reply, EventWriter? events)
    {
        var http = request.Http;
        var status = Judge(call, reply);
        if (status == UsageStatus.Estimated)
        {
            call.ErrorCode = http.RequestAborted.IsCancellationRequested ? "client_gone" : lifetime.Drained.IsCancellationRequested ? "gateway_stopping" : "mcp_call_cancelled";
        }

        if (!await account.SettleAsync(call, status))
        {
            http.Abort();
            return;
        }

        var message = reply switch
        {
            { Answer: { Kind: RpcKind.Result } result } => RpcWriter.Result(request.Id, McpAnswer.ResultFor(request, result)),
            { Answer: { } error } => McpAnswer.ErrorOf(request, call.Server, error),
            { Failure: { } failure } => McpAnswer.MessageOf(new McpRefusal(RpcCode.Gateway, McpErrors.Of(failure, call.Tool.Server)), request.Id, call.RequestId),
            _ when lifetime.Drained.IsCancellationRequested => McpAnswer.MessageOf(PipelineErrors.Stopping(), request.Id, call.RequestId),
            _ => null,
        };
        if (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (message is null)
        {
            // A client that has cancelled wants no answer.
            http.Response.StatusCode = http.Response.HasStarted ? http.Response.StatusCode : StatusCodes.Status202Accepted;
        }
        else if (events is { HasBegun: true })
        {
            await events.SendAsync(message, http.RequestAborted);
        }
        else
        {
            await McpAnswer.WriteAsync(http, message);
        }
    }

    /// <summary>An answer is charged, be it that the tool failed; an error of the protocol is not; of a call that was given up nobody knows whether it was done, so it is.</summary>
    private static UsageStatus Judge(ToolCall call, UpstreamReply reply)
    {
        if (reply.Failure is { } failure)
        {
            var error = McpErrors.Of(failure, call.Tool.Server);
            (call.ErrorCode, call.HttpStatus) = (error.Code, error.Status);
            return UsageStatus.Failed;
        }

        switch (reply.Answer?.Kind)
        {
            case RpcKind.Result:
                return UsageStatus.Settled;
            case RpcKind.Error:
                call.ErrorCode = "mcp_server_error";
                return UsageStatus.Failed;
            default:
                return UsageStatus.Estimated;
        }
    }

    /// <summary>Passes on what the server tells while it works.</summary>
    private async Task RelayAsync(
        Task<UpstreamReply> answer, ChannelReader<RpcMessage> related, EventWriter? events, JsonElement token, CancellationToken cancelled)
    {
        while (!answer.IsCompleted)
        {
            var keepAlive = configuration.Current.Config.Server.KeepAlive;
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
            var more = related.WaitToReadAsync(waiting.Token).AsTask();
            var quiet = Task.Delay(keepAlive > TimeSpan.Zero ? keepAlive : Timeout.InfiniteTimeSpan, time, waiting.Token);
            var first = await Task.WhenAny(answer, more, quiet);
            await waiting.CancelAsync();
            if (events is not null && ReferenceEquals(first, quiet) && !cancelled.IsCancellationRequested)
            {
                await events.CommentAsync(cancelled);
            }

            while (events is not null && related.TryRead(out var message))
            {
                await events.SendAsync(Relayed(message, token), cancelled);
            }
        }

        while (events is not null && related.TryRead(out var late))
        {
            await events.SendAsync(Relayed(late, token), cancelled);
        }
    }

    private static byte[] Relayed(RpcMessage message, JsonElement token) => RpcWriter.Notification(message.Method, json =>
    {
        if (message.Method == Notifications.Progress)
        {
            json.WritePropertyName(MetaKey.ProgressToken);
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(token), skipInputValidation: true);
        }

        RpcWriter.WriteMembers(json, message.Content, static name => name != MetaKey.ProgressToken);
    });

    private static void Keep(ChannelWriter<RpcMessage> waiting, RpcMessage message, int leastLevel)
    {
        if (message.Raw.Length <= LongestNotification && (message.Method == Notifications.Progress || LogLevels.RankOf(message.Text("level")) >= leastLevel))
        {
            waiting.TryWrite(message);
        }
    }

    /// <summary>The log lines that the client wants: of a session, what it has set, all at first; without one, what the request asks for, none at first.</summary>
    private static int LeastLevel(McpRequest request)
    {
        if (request.Session is { } session)
        {
            return session.LogLevel;
        }

        var asked = request.Message.Meta is { ValueKind: JsonValueKind.Object } meta && meta.TryGetProperty(MetaKey.LogLevel, out var level) && level.ValueKind == JsonValueKind.String
            ? LogLevels.RankOf(level.GetString())
            : -1;
        return asked >= 0 ? asked : int.MaxValue;
    }

    private static bool AcceptsStream(HttpContext http)
        => http.Request.Headers.Accept.ToString() is var accept && (accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) || accept.Contains("*/*", StringComparison.Ordinal));
}
