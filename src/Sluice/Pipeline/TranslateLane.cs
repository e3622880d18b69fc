using System.Buffers;
using Sluice.Configuration;
using Sluice.Protocol.Canonical;
using Sluice.Providers.Transport;

namespace Sluice.Pipeline;

/// <summary>
/// Client and upstream speak different dialects: the answer is read, put into the legal order and written anew, while the tap
/// reads the upstream's own bytes for the account. As in the <see cref="RelayLane"/>, the upstream is read on for a bounded
/// time when the client leaves, and the last bytes wait until the outcome is durable.
/// </summary>
internal sealed partial class TranslateLane(Settlement settlement, TimeProvider time, ILogger<TranslateLane> logger)
{
    /// <summary>Translates the rest of the answer for the client.</summary>
    /// <param name="call">The call, with its tap started and its translation begun.</param>
    /// <param name="upstream">The head and the first bytes of the body have been read, and tapped.</param>
    /// <param name="server">Times for writing and for keep-alives.</param>
    public async ValueTask RunAsync(GatewayCall call, UpstreamConnection upstream, ServerConfig server)
    {
        using var answer = new AnswerTranslator(call.Translation!, ContextOf(call), call.Streams);
        call.Answered = true;
        await call.EnterWriterAsync().ConfigureAwait(false);
        try
        {
            call.FirstByteAt = time.GetTimestamp();
            call.Target!.Speed.NoteSuccess((long)time.GetElapsedTime(call.StartedAt, call.FirstByteAt).TotalMicroseconds);
            if (await PumpAsync(call, upstream, answer, server).ConfigureAwait(false))
            {
                await FinishAsync(call, upstream, answer, server).ConfigureAwait(false);
            }
        }
        finally
        {
            // Still the writer, and to the end: no keep-alive may follow the last word.
            call.KeepAliveAfter(TimeSpan.Zero);
        }
    }

    /// <summary>Reads the upstream to its end. Returns false when the outcome could not be made durable, and the client was cut off.</summary>
    private async ValueTask<bool> PumpAsync(GatewayCall call, UpstreamConnection upstream, AnswerTranslator answer, ServerConfig server)
    {
        var tap = call.Tap!;
        var timeouts = call.Target!.Provider.Config.Timeouts;
        while (true)
        {
            Translate(call, upstream, answer);
            // The tap's last word is not the translator's: what comes after it may yet be wrong, and belongs in the trace.
            if ((upstream.BodyComplete || answer.Ended || (tap.HasLastWord && !call.WantsBytes))
                && !await SettleAsync(call, upstream, answer).ConfigureAwait(false))
            {
                return false;
            }

            if (answer.Failure is not null)
            {
                return true;
            }

            await SendAsync(call, answer, server).ConfigureAwait(false);
            if (upstream.BodyComplete)
            {
                return true;
            }

            call.LeaveWriter();
            call.Enter(CallPhase.Idle, timeouts.Idle);
            call.KeepAliveAfter(call.Streams && !answer.Ended ? server.KeepAlive : TimeSpan.Zero);
            var added = await upstream.ReadBodyAsync().ConfigureAwait(false);
            await call.EnterWriterAsync().ConfigureAwait(false);
            if (added < 0)
            {
                return true;
            }

            tap.Read(upstream.Body);
            if (call.Outcome is null)
            {
                settlement.CheckpointWhenDue(call);
            }
        }
    }

    private static void Translate(GatewayCall call, UpstreamConnection upstream, AnswerTranslator answer)
    {
        // For nobody there is nothing to write: then the tap alone reads on, for the account.
        if (call.WantsBytes)
        {
            answer.Read(upstream.Body);
            if (upstream.BodyComplete)
            {
                answer.Complete();
            }
        }

        upstream.ConsumeBody();
    }

    /// <summary>Sends what has been translated; the first bytes of it decide the status. The caller is the writer.</summary>
    private static async ValueTask SendAsync(GatewayCall call, AnswerTranslator answer, ServerConfig server)
    {
        if (answer.Output.WrittenCount == 0 || !call.WantsBytes)
        {
            return;
        }

        var response = call.Http.Response;
        if (!call.Committed)
        {
            call.Committed = true;
            if (call.Streams)
            {
                ClientResponse.BeginStream(call);
            }
            else
            {
                ClientResponse.BeginDocument(call, answer.Output.WrittenCount);
            }
        }

        response.BodyWriter.Write(answer.Output.WrittenSpan);
        answer.Output.ResetWrittenCount();

        // Only a JSON array of Gemini's asks for it, and there only whether anything was sent.
        call.EventsSent++;
        if (call.ClientGone)
        {
            return;
        }

        var flush = response.BodyWriter.FlushAsync();
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

    /// <summary>An answer that broke off never ends cleanly: a real status where nothing was said, else what came and an error event.</summary>
    private async ValueTask FinishAsync(GatewayCall call, UpstreamConnection upstream, AnswerTranslator answer, ServerConfig server)
    {
        if (call.WantsBytes && !answer.Ended)
        {
            answer.Fail(PipelineErrors.BrokenOff(call.Expired));
        }

        if (!await SettleAsync(call, upstream, answer).ConfigureAwait(false))
        {
            return;
        }

        if (answer.Repairs.Count > 0)
        {
            Log.Repaired(logger, call.RequestId, call.Target!.Provider.Name, answer.Repairs);
        }

        if (call.Translation!.AnswerReport.Dropped is { Count: > 0 } lost)
        {
            Log.AnswerLost(logger, call.RequestId, call.Target!.Provider.Name, lost);
        }

        if (answer.Failure is not null && !upstream.BodyComplete)
        {
            // Nothing more of it is of use.
            upstream.Abort();
        }

        call.AnswerWhole = answer is { Ended: true, Failure: null };
        if (call.ClientGone)
        {
            call.ErrorCode = "client_gone";
        }
        else if (answer.Failure is { } failure)
        {
            await TellAsync(call, answer, failure, server).ConfigureAwait(false);
        }
    }

    /// <summary>Puts the answer on the account with what was wrong with it; later calls change nothing.</summary>
    private ValueTask<bool> SettleAsync(GatewayCall call, UpstreamConnection upstream, AnswerTranslator answer)
    {
        call.Repairs = answer.Repairs;
        call.AnswerError = answer.Failure?.Code ?? "";
        return settlement.SettleAnswerAsync(call, upstream);
    }

    private static async ValueTask TellAsync(GatewayCall call, AnswerTranslator answer, GatewayError failure, ServerConfig server)
    {
        if (!call.Committed && !(call.Streams && answer.HasSaid))
        {
            await ClientResponse.RefuseAsync(call, failure).ConfigureAwait(false);
            return;
        }

        call.ErrorCode = failure.Code;
        answer.WriteFailure();
        await SendAsync(call, answer, server).ConfigureAwait(false);
    }

    private WriteContext ContextOf(GatewayCall call)
    {
        var translation = call.Translation!;
        return new WriteContext(new Owner(translation.Client.Dialect), translation.Client.Fields)
        {
            Source = translation.Owner,
            Created = time.GetUtcNow().ToUnixTimeSeconds(),
            ResponseId = call.RequestId[(call.RequestId.IndexOf('_', StringComparison.Ordinal) + 1)..],
            RequestId = call.RequestId,
            IncludeUsage = translation.Request.IncludeUsage,
            Framing = call.Framing,
            Request = translation.Request,
            Report = translation.AnswerReport,
        };
    }

    private static partial class Log
    {
        [LoggerMessage(3021, LogLevel.Debug, "{RequestId}: the answer of {Provider} was repaired: {Repairs}")]
        public static partial void Repaired(ILogger logger, string requestId, string provider, IReadOnlyList<string> repairs);

        [LoggerMessage(3022, LogLevel.Debug, "{RequestId}: the client's dialect has no place for what {Provider} answered: {Lost}")]
        public static partial void AnswerLost(ILogger logger, string requestId, string provider, IReadOnlyList<string> lost);
    }
}
