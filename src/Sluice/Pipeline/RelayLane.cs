using System.Buffers;
using System.IO.Pipelines;
using Sluice.Configuration;
using Sluice.Protocol.Canonical;
using Sluice.Providers.Transport;

namespace Sluice.Pipeline;

/// <summary>
/// Client and upstream speak the same dialect: bytes go through as they come, one flush per read, while the tap looks on.
/// When the client leaves, the upstream is read on for a bounded time, so that what was used is what is settled. The last
/// bytes wait until the outcome is durable: who saw the end is on the account.
/// </summary>
internal sealed class RelayLane(Settlement settlement, TimeProvider time)
{
    /// <summary>Commits to the client and relays the rest of the answer.</summary>
    /// <param name="call">The call, with its tap started.</param>
    /// <param name="upstream">The head and the first bytes of the body have been read, and tapped.</param>
    /// <param name="server">Times for writing and for keep-alives.</param>
    public async ValueTask RunAsync(GatewayCall call, UpstreamConnection upstream, ServerConfig server)
    {
        var began = false;
        var tap = call.Tap!;
        var writer = call.Http.Response.BodyWriter;
        var timeouts = call.Target!.Provider.Config.Timeouts;
        call.Answered = true;
        KeepRelayed.Begin(call);
        if (!call.TryEnterWriter())
        {
            await call.EnterWriterAsync().ConfigureAwait(false);
        }

        try
        {
            if (!call.Committed)
            {
                call.Committed = true;
                if (call.WantsBytes)
                {
                    ClientResponse.Begin(call, upstream, lengthKnown: call.UsageFilter is null);
                }
            }

            call.HttpStatus = upstream.Status;
            call.FirstByteAt = time.GetTimestamp();
            call.Target.Speed.NoteSuccess((long)(time.GetElapsedTime(call.StartedAt, call.FirstByteAt).TotalMicroseconds));
            while (true)
            {
                // Before the client sees them: its next request may come at once.
                call.Keeping?.Read(upstream.Body);
                if (upstream.BodyComplete && call.Keeping is { } keeping && !tap.HasError)
                {
                    keeping.Complete();
                }

                if ((upstream.BodyComplete || tap.HasLastWord) && !await settlement.SettleAnswerAsync(call, upstream).ConfigureAwait(false))
                {
                    return;
                }

                if (call.WantsBytes)
                {
                    // The last bytes leave together with the end of the response, but for the server's own exception: once
                    // something was flushed, a response of known length is not flushed again at its end.
                    Forward(call, writer, upstream.Body);
                    if (!call.ClientGone && (!upstream.BodyComplete || (began && call.Http.Response.ContentLength is not null)))
                    {
                        began = true;
                        var flush = writer.FlushAsync();
                        if (!flush.IsCompleted)
                        {
                            // A client that takes nothing for too long is cut by the watchdog.
                            call.Enter(CallPhase.Write, server.WriteTimeout);
                        }

                        var flushed = await flush.ConfigureAwait(false);
                        if (flushed.IsCompleted || flushed.IsCanceled)
                        {
                            call.OnClientGone();
                        }
                    }
                }

                upstream.ConsumeBody();
                if (upstream.BodyComplete)
                {
                    break;
                }

                call.EventsSent = tap.Events;
                call.LeaveWriter();
                call.Enter(CallPhase.Idle, timeouts.Idle);
                call.KeepAliveAfter(call.Streams ? server.KeepAlive : TimeSpan.Zero);
                var added = await upstream.ReadBodyAsync().ConfigureAwait(false);
                if (!call.TryEnterWriter())
                {
                    await call.EnterWriterAsync().ConfigureAwait(false);
                }

                if (added < 0)
                {
                    break;
                }

                tap.Read(upstream.Body);
                if (call.Outcome is null)
                {
                    settlement.CheckpointWhenDue(call);
                }
            }

            if (await settlement.SettleAnswerAsync(call, upstream).ConfigureAwait(false))
            {
                await FinishAsync(call, upstream).ConfigureAwait(false);
            }
        }
        finally
        {
            // Still the writer, and to the end: no keep-alive may follow the last word.
            call.KeepAliveAfter(TimeSpan.Zero);
        }
    }

    /// <summary>Sends what every client of the dialect ignores, so that nothing on the way closes a silent stream.</summary>
    public static async Task SendKeepAliveAsync(GatewayCall call, TimeSpan interval)
    {
        if (!call.TryEnterWriter())
        {
            // The call is writing itself, so the stream is not silent.
            return;
        }

        try
        {
            // Never inside an event that has come in part; what is translated is written in whole ones.
            var atBoundary = !call.Answered || call.Translation is not null || call.Tap is { AtEventBoundary: true };
            if (!call.ClientGone && atBoundary)
            {
                var bytes = ErrorFormat.For(call.Operation.Dialect).KeepAlive(call.Framing);
                if (!call.Committed)
                {
                    call.Committed = true;
                    ClientResponse.BeginStream(call);
                }

                call.Http.Response.BodyWriter.Write(bytes);
                await call.Http.Response.BodyWriter.FlushAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            call.LeaveWriter();
            call.KeepAliveAfter(interval);
        }
    }

    /// <summary>Ends a stream that has begun with an error in the client's dialect. The caller is the writer.</summary>
    public static async ValueTask WriteErrorEventAsync(GatewayCall call, GatewayError error)
    {
        call.ErrorCode = error.Code;
        var writer = call.Http.Response.BodyWriter;
        ErrorFormat.For(call.Operation.Dialect).WriteStreamEvent(writer, error, call.RequestId, call.Framing, call.EventsSent);
        await writer.FlushAsync().ConfigureAwait(false);
    }

    private static void Forward(GatewayCall call, PipeWriter writer, ReadOnlySpan<byte> body)
    {
        if (call.UsageFilter is { } filter)
        {
            filter.Filter(body, writer);
        }
        else
        {
            writer.Write(body);
        }
    }

    /// <summary>An answer that broke off never ends cleanly: an error event where the stream stands between two, else a cut.</summary>
    private static async ValueTask FinishAsync(GatewayCall call, UpstreamConnection upstream)
    {
        var tap = call.Tap!;
        var broken = upstream.Failure != TransportFailure.None;
        var early = call.Streams && call.Operation.Metered && !tap.Ended && !tap.HasError;
        call.AnswerWhole = !broken && !early && !tap.HasError;
        if (!broken && !early && call.WantsBytes)
        {
            call.UsageFilter?.Flush(call.Http.Response.BodyWriter);
        }

        if (call.ClientGone)
        {
            call.ErrorCode = "client_gone";
            return;
        }

        if (!broken && !early)
        {
            return;
        }

        var error = PipelineErrors.BrokenOff(call.Expired);
        call.ErrorCode = error.Code;
        if (call.Streams && tap.AtEventBoundary)
        {
            await WriteErrorEventAsync(call, error).ConfigureAwait(false);
        }
        else
        {
            // What came so far leaves first.
            call.UsageFilter?.Flush(call.Http.Response.BodyWriter);
            await call.Http.Response.BodyWriter.FlushAsync().ConfigureAwait(false);
            call.Http.Abort();
        }
    }
}
