using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Faults;

namespace Sluice.Simulator.Wire;

/// <summary>Sends a reply over the wire, with the delays and faults that were asked for.</summary>
internal sealed class Delivery(HttpContext http, SimulatorOptions options, Vendor vendor, string requestId)
{
    private const int GarbageBytes = 2_048;
    private const int ExcessBytes = 512;
    private const int EndlessBlockBytes = 16 * 1024;
    private readonly HttpResponse _response = http.Response;
    private readonly CancellationToken _left = http.RequestAborted;

    public Task SendErrorAsync(VendorError error)
    {
        _response.StatusCode = error.Status;
        vendor.AddErrorHeaders(_response, error);
        return WriteWholeAsync(vendor.ErrorBody(error, requestId));
    }

    /// <summary>Sends the reply; a client that leaves ends it quietly.</summary>
    public async Task SendAsync(Reply reply, FaultPlan faults)
    {
        try
        {
            await (reply switch
            {
                ErrorReply failed => SendErrorAsync(failed.Error),
                JsonReply json => SendJsonAsync(json, faults),
                StreamReply stream => SendStreamAsync(stream, faults),
                _ => throw new ArgumentOutOfRangeException(nameof(reply)),
            });
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            // The client is gone: nobody is left to tell.
        }
    }

    private async Task SendJsonAsync(JsonReply reply, FaultPlan faults)
    {
        await WaitAsync((faults.FirstTokenDelay ?? options.FirstTokenDelay) + (reply.Tokens * (faults.TokenDelay ?? options.TokenDelay)));
        var half = reply.Body.AsMemory(0, reply.Body.Length / 2);
        _response.ContentType = "application/json";
        switch (faults.Delivery)
        {
            case DeliveryFault.ErrorFirst or DeliveryFault.ErrorMid:
                await WriteWholeAsync(vendor.ErrorBody(vendor.Failure(FailureFault.ServerError, null), requestId));
                break;
            case DeliveryFault.Garbage:
                await WriteWholeAsync(Garbage());
                break;
            case DeliveryFault.Malformed:
                await WriteWholeAsync(half);
                break;
            case DeliveryFault.Stall:
                _response.ContentLength = reply.Body.Length;
                await WriteAsync(half);
                await WaitAsync(Timeout.InfiniteTimeSpan);
                break;
            case DeliveryFault.Cut:
                _response.ContentLength = reply.Body.Length;
                await WriteAsync(half);
                await CutAsync();
                break;
            case DeliveryFault.WrongContentLength:
                _response.ContentLength = reply.Body.Length + ExcessBytes;
                await WriteAsync(reply.Body);
                await CutAsync();
                break;
            case DeliveryFault.Endless:
                await WriteAsync(half);
                await RepeatAsync(" "u8.ToArray(), faults);
                break;
            default:
                await WriteWholeAsync(reply.Body);
                break;
        }
    }

    private async Task SendStreamAsync(StreamReply reply, FaultPlan faults)
    {
        var frames = reply.Frames;
        var middle = frames.Count / 2;
        var tokenDelay = faults.TokenDelay ?? options.TokenDelay;
        _response.ContentType = reply.Format.ContentType;
        _response.Headers.CacheControl = "no-cache";
        if (faults.Delivery == DeliveryFault.WrongContentLength)
        {
            _response.ContentLength = frames.Sum(frame => frame.Bytes.Length) + ExcessBytes;
        }

        // The headers of a stream come at once; what is slow is its first event.
        await _response.Body.FlushAsync(_left);
        await WaitAsync(faults.FirstTokenDelay ?? options.FirstTokenDelay);
        if (faults.Delivery == DeliveryFault.Garbage)
        {
            await WriteAsync(Garbage());
            return;
        }

        for (var i = 0; i < frames.Count; i++)
        {
            if (i == (faults.Delivery == DeliveryFault.ErrorFirst ? 0 : middle) && await InterruptAsync(reply, i, faults))
            {
                return;
            }

            await WriteAsync(frames[i].Bytes);
            if (frames[i].Kind == FrameKind.Token)
            {
                await WaitAsync(tokenDelay);
            }
        }

        if (faults.Delivery == DeliveryFault.WrongContentLength)
        {
            await CutAsync();
        }
    }

    /// <summary>What a fault does in the middle of a stream (or before its first event); true when that was its end.</summary>
    private async Task<bool> InterruptAsync(StreamReply reply, int sent, FaultPlan faults)
    {
        switch (faults.Delivery)
        {
            case DeliveryFault.Stall:
                await WaitAsync(Timeout.InfiniteTimeSpan);
                return true;
            case DeliveryFault.Cut:
                await CutAsync();
                return true;
            case DeliveryFault.ErrorFirst or DeliveryFault.ErrorMid:
                await WriteAsync(reply.Format.ErrorFrame(vendor.Failure(FailureFault.Overloaded, null), requestId, sent));
                return true;
            case DeliveryFault.Malformed:
                var whole = reply.Frames[sent].Bytes;
                await WriteAsync((byte[])[.. whole.AsSpan(0, whole.Length / 2), .. reply.Format.EventEnd]);
                return false;
            case DeliveryFault.Endless:
                var token = reply.Frames.Where(frame => frame.Kind == FrameKind.Token).Select(frame => frame.Bytes).FirstOrDefault();
                await RepeatAsync(token ?? reply.Frames[sent].Bytes, faults);
                return true;
            default:
                return false;
        }
    }

    private async Task RepeatAsync(byte[] bytes, FaultPlan faults)
    {
        // Never without a wait: writes that all complete at once would keep the thread for good.
        var delay = faults.TokenDelay ?? options.TokenDelay;
        var (block, wait) = delay > TimeSpan.Zero ? (bytes, delay) : (Repeat(bytes, EndlessBlockBytes / bytes.Length), TimeSpan.FromMilliseconds(1));
        while (true)
        {
            await WriteAsync(block);
            await WaitAsync(wait);
        }
    }

    private static byte[] Repeat(byte[] bytes, int times) => [.. Enumerable.Repeat(bytes, Math.Max(1, times)).SelectMany(copy => copy)];

    /// <summary>Breaks the connection after what was written has left: Kestrel drops what is still queued when it aborts.</summary>
    private async Task CutAsync()
    {
        await WaitAsync(TimeSpan.FromMilliseconds(50));
        http.Abort();
    }

    private byte[] Garbage()
    {
        var random = new SeededRandom((ulong)options.Seed);
        return [.. Enumerable.Range(0, GarbageBytes).Select(_ => (byte)random.Next())];
    }

    private async Task WriteWholeAsync(ReadOnlyMemory<byte> body)
    {
        _response.ContentType ??= "application/json";
        _response.ContentLength = body.Length;
        await _response.Body.WriteAsync(body, _left);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        // A client that has left makes Kestrel drop writes silently; the token is what ends the call.
        _left.ThrowIfCancellationRequested();
        await _response.Body.WriteAsync(bytes, _left);
        await _response.Body.FlushAsync(_left);
    }

    private Task WaitAsync(TimeSpan time) => time == TimeSpan.Zero ? Task.CompletedTask : Task.Delay(time, options.Time, _left);
}
