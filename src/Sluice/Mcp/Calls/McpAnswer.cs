using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Sluice.Mcp.Servers;
using Sluice.Mcp.Wire;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Telemetry;

namespace Sluice.Mcp.Calls;

/// <summary>Answers of one JSON document.</summary>
internal static class McpAnswer
{
    /// <summary>A refusal as a message.</summary>
    public static byte[] MessageOf(McpRefusal refusal, string? id, string requestId) => RpcWriter.Error(id, refusal.RpcCode, refusal.Error.Message, json =>
    {
        json.WriteString("code", refusal.Error.Code);
        json.WriteString("request_id", requestId);
        if (refusal.Supported is { } supported)
        {
            json.WriteStartArray("supported");
            foreach (var version in supported)
            {
                json.WriteStringValue(version);
            }

            json.WriteEndArray();
        }
    });

    /// <summary>Answers with a refusal; nothing of the answer has been sent.</summary>
    public static ValueTask RefuseAsync(HttpContext http, McpRefusal refusal, string? id)
    {
        var response = http.Response;
        if (refusal.Error.Kind == ErrorKind.Unauthenticated)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (refusal.Error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return WriteAsync(http, MessageOf(refusal, id, response.Headers[RequestId.Header].ToString()), refusal.InBand ? StatusCodes.Status200OK : refusal.Error.Status);
    }

    public static async ValueTask WriteAsync(HttpContext http, byte[] message, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = message.Length;
        await http.Response.Body.WriteAsync(message, http.RequestAborted);
    }

    /// <summary>A server's result as a client of either revision expects it: the sessionless one wants to be told that it is whole, and how long it holds.</summary>
    public static byte[] ResultFor(McpRequest request, RpcMessage answer)
    {
        var (names, holds) = (answer.Member("resultType"), answer.Member("ttlMs"));
        return !request.Sessionless || (names.ValueKind != JsonValueKind.Undefined && holds.ValueKind != JsonValueKind.Undefined)
            ? answer.Raw.ToArray()
            : RpcWriter.Object(json =>
            {
                if (names.ValueKind == JsonValueKind.Undefined)
                {
                    json.WriteString("resultType", "complete");
                }

                if (holds.ValueKind == JsonValueKind.Undefined && request.Message.Method == "resources/read")
                {
                    json.WriteNumber("ttlMs", 0);
                    json.WriteString("cacheScope", "private");
                }

                RpcWriter.WriteMembers(json, answer.Content, name => name != "cacheScope" || holds.ValueKind != JsonValueKind.Undefined);
            });
    }

    /// <summary>A server's own error under the client's id. Errors like to repeat what they were sent, so that the server's secrets are taken out.</summary>
    public static byte[] ErrorOf(McpRequest request, McpServer server, RpcMessage error)
    {
        var words = error.Raw.ToArray();
        foreach (var secret in server.Secrets)
        {
            var cleaned = new ArrayBufferWriter<byte>(words.Length);
            if (SecretRedactor.Redact(words, secret, cleaned))
            {
                words = cleaned.WrittenSpan.ToArray();
            }
        }

        return RpcWriter.ForwardedError(request.Id, words);
    }
}
