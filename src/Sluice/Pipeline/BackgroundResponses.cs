using System.Collections.Concurrent;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIResponses;
using Sluice.Routing;
using Sluice.StoredResponses;

namespace Sluice.Pipeline;

/// <summary>
/// Responses with <c>background: true</c> for models whose vendor does not do that itself: answered at once, worked on afterwards,
/// asked for and cancelled by their id. They live as long as the process: what a stop interrupts has failed.
/// </summary>
internal sealed class BackgroundResponses(ResponseDirectory directory, TimeProvider time) : IHostedService
{
    private readonly ConcurrentDictionary<(string KeyId, string Id), BackgroundRun> _runs = new();

    /// <summary>True for a call that is to be worked on later, and by Sluice: its vendor cannot.</summary>
    public static bool Takes(GatewayCall call) => call.Peek.Background && call.Operation.Generates && call.Background is null
        && call.Place is null && (call.Keeping is not null || call.Peek.StoresNothing)
        && (call.ContinuesFrom is not null || (call.Candidates.Length > 0 && !ResponseContinuation.Keeps(call.Candidates[0].Provider)));

    /// <summary>The response of a key that is being worked on; null when it is not, or no more.</summary>
    public BackgroundRun? Find(string keyId, string id) => _runs.TryGetValue((keyId, id), out var run) && !run.Ended.IsCompleted ? run : null;

    /// <summary>Begins the work and answers the client.</summary>
    /// <param name="call">The client's call: identified, read and routed.</param>
    /// <param name="snapshot">The configuration in force.</param>
    /// <param name="serve">Serves the request that is made in the client's stead.</param>
    public async Task BeginAsync(GatewayCall call, RuntimeSnapshot snapshot, Func<HttpContext, Task> serve)
    {
        var body = call.Body.ToArray();
        if (call.Keeping is not { } keeping)
        {
            await ClientResponse.RefuseAsync(call, StoredResponseErrors.BackgroundNeedsStore).ConfigureAwait(false);
            return;
        }

        var codec = DialectCodec.For(Dialect.OpenAIResponses);
        if (!codec.Reader.TryReadRequest(body, out var request, out var malformed))
        {
            await ClientResponse.RefuseAsync(call, malformed).ConfigureAwait(false);
            return;
        }

        var run = Make(call, keeping, request, codec, snapshot.Config.Responses.MaxBytes);
        _ = ServeAsync(run, DetachedRequest.Of(call.Http, body, call.Caller!, run), serve);
        if (await run.Admission.ConfigureAwait(false) is { } refused)
        {
            Copy(run, call);
            await ClientResponse.RefuseAsync(call, refused).ConfigureAwait(false);
            return;
        }

        Copy(run, call);
        if (run.Events is { } events)
        {
            await StreamAsync(call, events, new EventReplay(-1)).ConfigureAwait(false);
        }
        else
        {
            await ClientResponse.WriteAsync(call, StatusCodes.Status200OK, null, run.First.Content!.Response).ConfigureAwait(false);
        }

        call.AnswerWhole = !call.ClientGone;
    }

    /// <summary>Gives a client the events as they come, until they end or it leaves.</summary>
    public static async Task StreamAsync(GatewayCall call, EventLog events, EventReplay replay)
    {
        call.Streams = true;
        call.Framing = ResponseFraming.Sse;
        ClientResponse.BeginStream(call);
        call.Committed = true;
        var writer = call.Http.Response.BodyWriter;
        var read = 0;
        try
        {
            while (await events.ReadAsync(read, call.Http.RequestAborted).ConfigureAwait(false) is { Count: > 0 } pieces)
            {
                foreach (var piece in pieces)
                {
                    replay.Write(writer, piece);
                }

                read += pieces.Count;
                if ((await writer.FlushAsync(call.Http.RequestAborted).ConfigureAwait(false)).IsCompleted)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The client has left; the work goes on, and it may come back for the rest.
            call.OnClientGone();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What is being worked on ends with the drain, as streams do.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_runs.Values.Select(run => run.Ended)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It is found as interrupted after the next start.
        }
    }

    private static void Copy(BackgroundRun run, GatewayCall call)
    {
        // What the work in the client's stead was told of the limits is what the client is told.
        call.Limit = run.Call!.Limit;
        call.LimitSeenAt = run.Call.LimitSeenAt;
    }

    private BackgroundRun Make(GatewayCall call, AnswerKeeping keeping, ChatRequest request, DialectCodec codec, long maxBytes)
    {
        var created = time.GetUtcNow();
        var response = ResponsesConversation.Queued(new WriteContext(new Owner(Dialect.OpenAIResponses), codec.Fields)
        {
            KeptAs = keeping.Id,
            Created = created.ToUnixTimeSeconds(),
            Model = call.Model,
            Request = request with { State = request.State with { PreviousResponseId = call.ContinuesFrom } },
        });
        var input = call.ContinuesFrom is not null ? keeping.OwnInput
            : ResponsesConversation.ArrayOf(ResponsesConversation.ItemsOf(call.Body.Slice(call.Peek.Conversation.Offset, call.Peek.Conversation.Length).ToArray()));
        var first = new StoredResponse(call.Caller!.KeyId, keeping.Id, call.Model)
        {
            Content = new ResponseContent(input, response, default),
            PreviousId = call.ContinuesFrom,
            IsOpen = true,
            CreatedAt = created,
            ExpiresAt = directory.ExpiryOf(created),
        };
        return new BackgroundRun(directory, call.RequestId, first, maxBytes) { Events = call.Streams ? new EventLog(maxBytes) : null };
    }

    private async Task ServeAsync(BackgroundRun run, HttpContext request, Func<HttpContext, Task> serve)
    {
        // Off the socket's thread, which the client's request is still on.
        await Task.Yield();
        _runs[(run.KeyId, run.Id)] = run;
        try
        {
            await serve(request).ConfigureAwait(false);
        }
        finally
        {
            run.Close();
            _runs.TryRemove((run.KeyId, run.Id), out _);
        }
    }
}
