using System.Collections.Frozen;
using Sluice.Auth;
using Sluice.Pipeline;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Endpoints;

/// <summary>
/// Gemini's paths: <c>/v1beta/models/{model}:{method}</c>, and the same under <c>/v1</c> and <c>/v1alpha</c>. A model's name
/// may hold slashes and colons, so the method is what follows the last colon.
/// </summary>
internal static class GeminiEndpoints
{
    private static readonly FrozenDictionary<string, Operation> Methods = Operation.All
        .Where(operation => operation.ModelInPath)
        .ToFrozenDictionary(operation => operation.PathMethod, StringComparer.Ordinal);

    /// <summary>True for a model with one of the methods, such as <c>gemini-3-pro:generateContent</c>.</summary>
    public static bool IsCall(string path) => path.LastIndexOf(':') is > 0 and var colon && Methods.ContainsKey(path[(colon + 1)..]);

    public static IEndpointRouteBuilder MapGemini(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<GatewayPipeline>();
        foreach (var version in (string[])["v1beta", "v1", "v1alpha"])
        {
            routes.MapPost($"/{version}/models/{{**call}}", http => RunAsync(http, pipeline))
                .WithAccess(Access.Pipeline)
                .WithTags(Dialect.GeminiGenerate.Name())
                .WithSummary("Gemini call: {model}:generateContent, streamGenerateContent, countTokens, embedContent or batchEmbedContents");
        }

        return routes;
    }

    private static Task RunAsync(HttpContext http, GatewayPipeline pipeline)
    {
        var call = PathText.Unescape((string?)http.Request.RouteValues["call"] ?? "");
        var colon = call.LastIndexOf(':');
        if (colon > 0 && Methods.TryGetValue(call[(colon + 1)..], out var operation))
        {
            return pipeline.RunAsync(http, operation, call[..colon]);
        }

        if (call.Length == 0)
        {
            // The list of models, which the pattern takes in as well.
            return DialectAnswer.WriteMethodNotAllowedAsync(http, [HttpMethods.Get]);
        }

        var method = colon < 0 ? "" : call[(colon + 1)..];
        return DialectAnswer.WriteErrorAsync(http, Dialect.GeminiGenerate, new GatewayError(
            ErrorKind.NotFound, "unknown_method",
            $"'{method}' is not a method of this API version. The path is models/MODEL:METHOD with one of: {string.Join(", ", Methods.Keys.Order(StringComparer.Ordinal))}."));
    }
}
