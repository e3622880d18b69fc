using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIResponses;
using Sluice.Usage;

namespace Sluice.Pipeline;

/// <summary>
/// Follows the work that vendors have taken on (<c>background: true</c>, relayed) to its end, whether its client asks for it or not:
/// only then does the vendor tell what was used. Until then the call's reservation stands, in the ledger and in its budgets; a stop
/// leaves it to the replay of the next start, as a crash does.
/// </summary>
internal sealed partial class VendorRuns(Settlement settlement, TimeProvider time, ILogger<VendorRuns> logger)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <summary>A vendor's work that has not ended by then is charged as far as it is known.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    private int _followed;

    /// <summary>How many are followed now.</summary>
    public int Followed => Volatile.Read(ref _followed);

    /// <summary>True for a call whose account must wait for its vendor.</summary>
    public static bool Takes(GatewayCall call) => call.IsOpenAtVendor;

    /// <summary>What is told of the call meanwhile.</summary>
    public CallOutcome SoFar(GatewayCall call)
    {
        var latency = (long)time.GetElapsedTime(call.StartedAt).TotalMicroseconds;
        return new CallOutcome(UsageStatus.Estimated, Settlement.Estimate(call), null, latency, latency, Durable: true);
    }

    /// <summary>Follows a call that is over for its client.</summary>
    /// <param name="call">Nobody else uses it any more.</param>
    /// <param name="look">Asks the vendor for the call's answer.</param>
    public void Follow(GatewayCall call, Func<HttpContext, Task> look)
    {
        call.KeptId = call.Keeping!.VendorId!;
        Interlocked.Increment(ref _followed);
        _ = FollowAsync(call, look);
    }

    private async Task FollowAsync(GatewayCall call, Func<HttpContext, Task> look)
    {
        try
        {
            var tap = new ResponseTap();
            tap.Start(Operation.Responses, ResponseFraming.Json);
            if (await EndAsync(call, look).ConfigureAwait(false) is { } response)
            {
                tap.Read(response);
                tap.Complete();

                // What failed at the vendor costs nothing, unless the vendor says that it does.
                call.Answered = tap.HasUsage || ResponsesConversation.TextOf(response, "status"u8) != "failed";
            }

            call.Tap = tap;
            call.Streams = false;
            await settlement.SettleAsync(call).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Only a defect comes here; the reservation is left to the next start.
            Log.Lost(logger, e, call.RequestId);
        }
        finally
        {
            Interlocked.Decrement(ref _followed);
        }
    }

    /// <summary>The response at its end; null when the vendor has it no more, or does not come to an end.</summary>
    private async Task<byte[]?> EndAsync(GatewayCall call, Func<HttpContext, Task> look)
    {
        var began = time.GetTimestamp();
        for (var wait = FirstWait; time.GetElapsedTime(began) < Longest; wait = wait * 1.5 > LongestWait ? LongestWait : wait * 1.5)
        {
            await Task.Delay(wait, time).ConfigureAwait(false);
            using var answer = new MemoryStream();
            var request = DetachedRequest.LookAt(call.Caller!, answer);
            await look(request).ConfigureAwait(false);

            // As the server does when a request has ended: the last bytes are still on their way.
            await request.Response.CompleteAsync().ConfigureAwait(false);
            var response = answer.ToArray();
            switch (request.Response.StatusCode)
            {
                case StatusCodes.Status404NotFound:
                    return null;
                case StatusCodes.Status200OK when ResponsesConversation.TextOf(response, "status"u8) is not (null or "queued" or "in_progress"):
                    return response;
                default:
                    // Still at work, or out of reach for now.
                    break;
            }
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(3031, LogLevel.Error, "{RequestId} met a defect while its vendor worked on it; its account rests on what was reserved")]
        public static partial void Lost(ILogger logger, Exception exception, string requestId);
    }
}
