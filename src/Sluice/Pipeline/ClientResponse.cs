using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Net.Http.Headers;
using Sluice.Idempotency;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers.Transport;
using Sluice.Telemetry;

namespace Sluice.Pipeline;

/// <summary>Writes the head of a client's answer, and whole answers that are errors.</summary>
internal static class ClientResponse
{
    /// <summary>What the server sets for one message on one connection.</summary>
    private static readonly FrozenSet<string> OfOneMessage =
        new[] { HeaderNames.Connection, HeaderNames.ContentLength, HeaderNames.Date, HeaderNames.Server, HeaderNames.TransferEncoding }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Begins the answer with the status and the allowed headers of an upstream's.</summary>
    /// <param name="call">The call.</param>
    /// <param name="upstream">Its head has been read and its body has not been consumed yet.</param>
    /// <param name="lengthKnown">True when the body goes out as it comes, so that its declared length holds.</param>
    public static void Begin(GatewayCall call, UpstreamConnection upstream, bool lengthKnown)
    {
        var response = call.Http.Response;
        response.StatusCode = call.HttpStatus = upstream.Status;
        response.Headers.ContentType = HeaderPolicy.ContentType(upstream.FindRaw("content-type"u8));
        foreach (var (raw, name) in HeaderPolicy.ToClient)
        {
            var value = upstream.FindRaw(raw);
            if (!value.IsEmpty && HeaderPolicy.IsSendable(value))
            {
                response.Headers[name] = System.Text.Encoding.ASCII.GetString(value);
            }
        }

        if (lengthKnown && upstream.ContentLength >= 0)
        {
            response.ContentLength = upstream.ContentLength;
        }

        WriteCommon(call);
        if (call.Framing == ResponseFraming.Sse)
        {
            WriteStreamHeaders(response);
        }
    }

    /// <summary>Begins a stream before the upstream has said anything, so that a keep-alive can be sent.</summary>
    public static void BeginStream(GatewayCall call)
    {
        var response = call.Http.Response;
        response.StatusCode = call.HttpStatus = StatusCodes.Status200OK;
        response.Headers.ContentType = call.Framing == ResponseFraming.Sse ? "text/event-stream" : "application/json";
        WriteCommon(call);
        if (call.Framing == ResponseFraming.Sse)
        {
            WriteStreamHeaders(response);
        }
    }

    /// <summary>Begins a whole document that the gateway has written itself.</summary>
    public static void BeginDocument(GatewayCall call, long length)
    {
        var response = call.Http.Response;
        response.StatusCode = call.HttpStatus = StatusCodes.Status200OK;
        response.Headers.ContentType = "application/json";
        response.ContentLength = length;
        WriteCommon(call);
    }

    /// <summary>Answers with an error of the gateway, in the dialect of the endpoint.</summary>
    public static async Task RefuseAsync(GatewayCall call, GatewayError error)
    {
        var body = new ArrayBufferWriter<byte>(256);
        ErrorFormat.For(call.Operation.Dialect).WriteBody(body, error, call.RequestId, call.Framing);
        call.ErrorCode = error.Code;
        if (error is { Kind: ErrorKind.Conflict, RetryAfter: null })
        {
            // The SDKs of OpenAI and Anthropic repeat every 409 unless they are told that it is of no use.
            call.Http.Response.Headers["x-should-retry"] = "false";
        }

        await WriteAsync(call, error.Status, error.RetryAfter, body.WrittenMemory).ConfigureAwait(false);
    }

    /// <summary>Answers with an error document as it stands: an upstream's own, redacted.</summary>
    public static async Task WriteAsync(GatewayCall call, int status, TimeSpan? retryAfter, ReadOnlyMemory<byte> json)
    {
        var response = call.Http.Response;
        response.StatusCode = call.HttpStatus = status;
        response.Headers.ContentType = "application/json";
        response.ContentLength = json.Length;
        if (retryAfter is { } wait)
        {
            // Whole seconds, never 0: a client that comes back at once is refused again.
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        WriteCommon(call);
        call.Committed = true;
        response.BodyWriter.Write(json.Span);
        await response.BodyWriter.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Answers as an earlier call with the same Idempotency-Key was answered, its request id included: it is that call's answer.</summary>
    public static async Task ReplayAsync(GatewayCall call, StoredAnswer answer, TimeSpan writeTimeout)
    {
        var response = call.Http.Response;
        response.StatusCode = call.HttpStatus = answer.Status;
        response.ContentLength = answer.Body.Length;
        WriteCommon(call);
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        call.Committed = true;
        call.Enter(CallPhase.Write, writeTimeout);
        response.BodyWriter.Write(answer.Body.Span);
        await response.BodyWriter.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>The headers of the answer that say the same when they are sent again.</summary>
    public static IEnumerable<KeyValuePair<string, string>> LastingHeaders(GatewayCall call)
        => call.Http.Response.Headers
            .Where(header => !LimitHeaders.IsOne(header.Key) && !OfOneMessage.Contains(header.Key))
            .Select(header => KeyValuePair.Create(header.Key, header.Value.ToString()));

    private static void WriteStreamHeaders(HttpResponse response)
    {
        // A proxy in front must not gather events, nor keep them.
        response.Headers.CacheControl = "no-cache";
        response.Headers["x-accel-buffering"] = "no";
    }

    private static void WriteCommon(GatewayCall call)
    {
        var headers = call.Http.Response.Headers;
        headers[RequestId.Header] = call.RequestId;
        if (call.Operation.Dialect == Dialect.AnthropicMessages)
        {
            headers["request-id"] = call.RequestId;
        }

        if (Translation.HeaderOf(call.Lost) is { } dropped)
        {
            headers[Translation.DroppedHeader] = dropped;
        }

        LimitHeaders.Write(headers, call.Operation.Dialect, call.Limit, call.LimitSeenAt);
    }
}
