using System.Buffers;
using System.Globalization;
using Sluice.Pipeline;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Telemetry;

namespace Sluice.Endpoints;

/// <summary>Errors of endpoints that are not calls of the pipeline: lists, unknown paths.</summary>
internal static class DialectAnswer
{
    /// <summary>The dialect of a path, for errors where no operation was reached. Anthropic's SDKs name themselves by their version header.</summary>
    public static Dialect Of(HttpRequest request)
    {
        if (VertexEndpoints.IsVertexPath(request.Path))
        {
            return VertexEndpoints.IsAnthropic(request.Path) ? Dialect.AnthropicMessages : Dialect.GeminiGenerate;
        }

        if (request.Path.StartsWithSegments("/v1beta", StringComparison.Ordinal) || request.Path.StartsWithSegments("/v1alpha", StringComparison.Ordinal))
        {
            return Dialect.GeminiGenerate;
        }

        return request.Headers.ContainsKey(HeaderPolicy.AnthropicVersion) || request.Path.StartsWithSegments("/v1/messages", StringComparison.Ordinal)
            ? Dialect.AnthropicMessages
            : Dialect.OpenAIChat;
    }

    public static async Task WriteErrorAsync(HttpContext http, Dialect dialect, GatewayError error)
    {
        var id = RequestId.Next();
        var body = new ArrayBufferWriter<byte>(256);
        ErrorFormat.For(dialect).WriteBody(body, error, id, ResponseFraming.Json);
        http.Response.StatusCode = error.Status;
        http.Response.Headers[RequestId.Header] = id;
        if (error.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        await WriteJsonAsync(http, body.WrittenMemory);
    }

    /// <summary>The path is a model endpoint's, the method is not.</summary>
    public static Task WriteMethodNotAllowedAsync(HttpContext http, IReadOnlyList<string> methods)
    {
        var allow = string.Join(", ", methods);
        http.Response.Headers.Allow = allow;
        return WriteErrorAsync(http, Of(http.Request), new GatewayError(
            ErrorKind.MethodNotAllowed, "method_not_allowed", $"{http.Request.Path.Value} does not take {http.Request.Method}. Send {allow}."));
    }

    public static async Task WriteJsonAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        await http.Response.Body.WriteAsync(json, http.RequestAborted);
    }
}
