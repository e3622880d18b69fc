using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Pipeline;

/// <summary>Reads a request's body into one array, with room for the upstream's head before it.</summary>
internal static class RequestBody
{
    /// <summary>Reads the whole body into <see cref="GatewayCall.BodyBuffer"/>.</summary>
    /// <param name="call">The call; its buffer is set in every case and returned by the call.</param>
    /// <param name="limit">The most bytes.</param>
    /// <returns>Null when all is well.</returns>
    public static async ValueTask<GatewayError?> ReadAsync(GatewayCall call, long limit)
    {
        var request = call.Http.Request;
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && encoding != "identity")
        {
            return new GatewayError(
                ErrorKind.UnsupportedMedia, "unsupported_content_encoding",
                "The request body is compressed, which this endpoint does not read. Send it without Content-Encoding.");
        }

        var declared = request.ContentLength;
        if (declared > limit)
        {
            return TooLarge(limit);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(GatewayCall.Headroom + (int)(declared ?? 4096));
        call.BodyBuffer = buffer;
        var length = 0;
        var reader = request.BodyReader;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync().ConfigureAwait(false);
                var bytes = result.Buffer;
                if (length + bytes.Length > limit)
                {
                    reader.AdvanceTo(bytes.End);
                    return TooLarge(limit);
                }

                if (GatewayCall.Headroom + length + bytes.Length > buffer.Length)
                {
                    buffer = Grow(call, length, (int)bytes.Length);
                }

                bytes.CopyTo(buffer.AsSpan(GatewayCall.Headroom + length));
                length += (int)bytes.Length;
                call.BodyLength = length;
                reader.AdvanceTo(bytes.End);
                if (result.IsCompleted)
                {
                    return null;
                }

                if (result.IsCanceled)
                {
                    return Broken();
                }
            }
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge ? TooLarge(limit) : Broken();
        }
        catch (Exception e) when (e is IOException or ConnectionResetException or OperationCanceledException)
        {
            call.OnClientGone();
            return Broken();
        }
    }

    /// <summary>Puts the model of the path into the body, where the dialect has it.</summary>
    public static void NameModel(GatewayCall call, string model)
    {
        var edit = new JsonEdit();
        PathModelEdit.Apply(ref edit, call.Body, model);
        var length = edit.Length(call.BodyLength);
        var named = ArrayPool<byte>.Shared.Rent(GatewayCall.Headroom + length);
        edit.Apply(call.Body, named.AsSpan(GatewayCall.Headroom));
        call.ReturnBody();
        call.BodyBuffer = named;
        call.BodyLength = length;
    }

    private static byte[] Grow(GatewayCall call, int length, int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(call.BodyBuffer.Length * 2, GatewayCall.Headroom + length + more));
        call.BodyBuffer.AsSpan(GatewayCall.Headroom, length).CopyTo(larger.AsSpan(GatewayCall.Headroom));
        call.ReturnBody();
        call.BodyBuffer = larger;
        return larger;
    }

    private static GatewayError TooLarge(long limit) => new(
        ErrorKind.TooLarge, "request_too_large",
        string.Create(CultureInfo.InvariantCulture, $"The request body is larger than {limit} bytes. Send less, or raise server.max_request_bytes."));

    private static GatewayError Broken() => new(
        ErrorKind.InvalidRequest, "incomplete_body", "The request body ended before it was complete. Send it again.");
}
