using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Audit;
using Sluice.Auth;

namespace Sluice.Admin;

/// <summary>
/// Writes every change that an administrator makes into the audit log before it is answered. What there was before and after is
/// what the path's own GET shows, which holds no secret; where there is none, what was answered, secrets masked.
/// </summary>
internal static class AuditTrail
{
    private const string AdministrationPrefix = "api/admin";
    private const string Mask = "***";

    /// <summary>Members of answers that are shown once and kept nowhere.</summary>
    private static readonly string[] Secrets = ["key", "token", "api_key", "password", "secret", "key_file", "private_key"];

    /// <summary>Place it behind <see cref="EndpointAccess.UseEndpointAccess"/>, so that who is refused leaves no trace of a change.</summary>
    public static IApplicationBuilder UseAuditTrail(this IApplicationBuilder app)
    {
        var log = app.ApplicationServices.GetRequiredService<AuditLog>();
        return app.Use(next => context => context.GetEndpoint() is RouteEndpoint endpoint && IsChange(context, endpoint)
            ? RecordedAsync(next, context, endpoint, log)
            : next(context));
    }

    private static bool IsChange(HttpContext context, RouteEndpoint endpoint)
        => endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith(AdministrationPrefix, StringComparison.Ordinal) == true
            && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);

    private static async Task RecordedAsync(RequestDelegate next, HttpContext context, RouteEndpoint endpoint, AuditLog log)
    {
        var target = context.Request.RouteValues["id"] as string ?? "";
        var reader = ReaderOf(context, endpoint);
        var before = target.Length > 0 ? await ReadAsync(context, reader, target) : null;

        // Held back until the entry is durable: what was answered as done is in the log.
        var body = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }

        if (context.Response.StatusCode < StatusCodes.Status400BadRequest)
        {
            var shown = Masked(answer);
            if (target.Length == 0 && shown?["id"] is JsonValue id && id.TryGetValue<string>(out var made))
            {
                target = made;
            }

            var after = target.Length > 0 ? await ReadAsync(context, reader, target) : null;
            var caller = context.GetCaller();
            await log.AppendAsync(new AuditEntry
            {
                Actor = caller?.KeyId ?? "",
                ActorName = caller?.KeyName ?? "",
                Action = $"{context.Request.Method} /{endpoint.RoutePattern.RawText!.TrimStart('/').TrimEnd('/')}",
                Target = target,
                Status = context.Response.StatusCode,
                Before = before,
                After = after ?? shown?.ToJsonString(),
                Address = context.Connection.RemoteIpAddress?.ToString() ?? "",
                RequestId = context.Response.Headers["x-request-id"].ToString(),
            });
        }

        answer.Position = 0;
        await answer.CopyToAsync(body, context.RequestAborted);
    }

    /// <summary>The GET of the changed thing: of <c>/api/admin/users/{id}/role</c> it is <c>/api/admin/users/{id}</c>.</summary>
    private static RequestDelegate? ReaderOf(HttpContext context, RouteEndpoint changed)
    {
        var segments = changed.RoutePattern.RawText!.Trim('/').Split('/');
        var path = string.Join('/', segments.Take(3)) + "/{id}";
        return context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .FirstOrDefault(endpoint => endpoint.RoutePattern.RawText?.Trim('/') == path
                && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true)?.RequestDelegate;
    }

    private static async Task<string?> ReadAsync(HttpContext context, RequestDelegate? reader, string id)
    {
        if (reader is null)
        {
            return null;
        }

        using var answer = new MemoryStream();
        var inner = new DefaultHttpContext { RequestServices = context.RequestServices };
        inner.Request.Method = HttpMethods.Get;
        inner.Request.RouteValues["id"] = id;
        inner.Response.Body = answer;
        inner.Features.Set(context.GetCaller());
        await reader(inner);
        await inner.Response.BodyWriter.FlushAsync();
        return inner.Response.StatusCode == StatusCodes.Status200OK ? Masked(answer)?.ToJsonString() : null;
    }

    private static JsonObject? Masked(MemoryStream json)
    {
        try
        {
            var node = json.Length == 0 ? null : JsonNode.Parse(json.GetBuffer().AsSpan(0, (int)json.Length));
            if (node is not JsonObject members)
            {
                return null;
            }

            foreach (var name in Secrets.Where(members.ContainsKey))
            {
                members[name] = Mask;
            }

            return members;
        }
        catch (JsonException)
        {
            // An export: its text is no news.
            return null;
        }
    }
}
