using Sluice.Credentials;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers;
using Sluice.Providers.Failures;

namespace Sluice.Pipeline;

/// <summary>What the client is told when no candidate gave an answer: the last one's reason, in the client's own dialect.</summary>
internal static class FailureAnswer
{
    /// <summary>Writes the answer; a call whose client has left only learns what it would have been.</summary>
    /// <param name="call">No attempt of it has succeeded.</param>
    /// <param name="time">For how long credentials still rest.</param>
    public static async Task WriteAsync(GatewayCall call, TimeProvider time)
    {
        if (call.ClientGone)
        {
            // What the client would have seen: nobody is there to see it.
            call.ErrorCode = "client_gone";
            call.HttpStatus = call.Committed ? call.HttpStatus : StatusCodes.Status499ClientClosedRequest;
            return;
        }

        if (call.LedgerRefused || call.Failure is not { } failure)
        {
            await call.EnterWriterAsync().ConfigureAwait(false);
            await AnswerAsync(call, call.LedgerRefused ? PipelineErrors.LedgerUnavailable() : NothingReady(call, time)).ConfigureAwait(false);
            return;
        }

        await call.EnterWriterAsync().ConfigureAwait(false);
        if (call.FailureBody is { } body && !call.Committed)
        {
            call.ErrorCode = "upstream_error";

            // Never longer than the vendor said, so that a retry is not held back by us.
            var wait = failure.RetryAfter is { } after ? TimeSpan.FromSeconds(Math.Max(1, Math.Floor(after.TotalSeconds))) : (TimeSpan?)null;
            if (call.Translation is null && !IsForeign(call, body))
            {
                await ClientResponse.WriteAsync(call, StatusFor(failure), wait, body).ConfigureAwait(false);
                return;
            }

            if (UpstreamMessage.Of(body) is { Length: > 0 } words)
            {
                await ClientResponse.RefuseAsync(call, PipelineErrors.OfVendor(call.Operation.Dialect, StatusFor(failure), words, wait)).ConfigureAwait(false);
                return;
            }
        }

        var error = call.Expired == CallPhase.Drain ? PipelineErrors.Stopping()
            : call.Refusal is { } refusal ? refusal
            : failure.Code == "invalid_model_name" ? PipelineErrors.ModelNameUnusable(call.Model)
            : PipelineErrors.Upstream(failure);
        await AnswerAsync(call, error).ConfigureAwait(false);
    }

    /// <summary>Google refuses calls of Claude on its platform in its own form, which clients of Anthropic do not read.</summary>
    private static bool IsForeign(GatewayCall call, byte[] body)
        => call is { UpstreamOperation.Dialect: Dialect.AnthropicMessages, Target.Provider.AnthropicVersion: not null } && UpstreamMessage.HasGoogleForm(body);

    /// <summary>An error event at the head of a stream came with status 200: the client is told the status it stands for.</summary>
    private static int StatusFor(in UpstreamFailure failure) => failure.Status is >= 400 ? failure.Status : failure.Kind switch
    {
        UpstreamFailureKind.BadRequest => 400,
        UpstreamFailureKind.RateLimited or UpstreamFailureKind.OutOfCredit => 429,
        UpstreamFailureKind.Overloaded => 503,
        UpstreamFailureKind.Timeout => 504,
        _ => 502,
    };

    /// <summary>The caller is the writer and stays it: no keep-alive may follow the last word.</summary>
    private static async Task AnswerAsync(GatewayCall call, GatewayError error)
    {
        if (call.Committed)
        {
            await RelayLane.WriteErrorEventAsync(call, error).ConfigureAwait(false);
        }
        else
        {
            await ClientResponse.RefuseAsync(call, error).ConfigureAwait(false);
        }
    }

    private static GatewayError NothingReady(GatewayCall call, TimeProvider time)
    {
        var now = time.GetTimestamp();
        var soonest = 0L;
        var forRate = false;
        var (busy, rejected, outOfCredit) = (false, false, false);
        foreach (var target in call.Candidates)
        {
            var until = target.Provider.SoonestReady(now, out var rate);
            if (until > 0 && (soonest == 0 || until < soonest))
            {
                soonest = until;
                forRate = rate;
            }

            foreach (var slot in target.Provider.Slots)
            {
                var standing = slot.At(now);
                busy |= standing.State == CredentialState.Ready;
                rejected |= standing.State == CredentialState.Expired;

                // Without credit a credential is disabled until a trial; one that an administrator has disabled has no such time.
                outOfCredit |= standing is { State: CredentialState.Disabled, Until: < long.MaxValue };
            }
        }

        // One that is ready has as many calls as it may have at the same time, and is free again before another has rested.
        return busy ? PipelineErrors.NothingReady(forRate: false, TimeSpan.FromSeconds(1))
            : soonest > 0 ? PipelineErrors.NothingReady(forRate, time.GetElapsedTime(now, soonest))
            : rejected ? PipelineErrors.Upstream(new UpstreamFailure(UpstreamFailureKind.CredentialRejected, UpstreamStage.Connect, 0, ""))
            : outOfCredit ? PipelineErrors.Upstream(new UpstreamFailure(UpstreamFailureKind.OutOfCredit, UpstreamStage.Connect, 0, ""))
            : PipelineErrors.NoCredential();
    }
}
