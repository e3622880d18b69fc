using System.Collections.Frozen;
using Sluice.Auth;
using Sluice.Pipeline;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Endpoints;

/// <summary>
/// Vertex AI's paths: <c>…/projects/{project}/locations/{location}/publishers/{google,anthropic}/models/{model}:{method}</c>, and those
/// of its express mode without project and location. The client's project and location are placeholders: the credential has its own.
/// </summary>
internal static class VertexEndpoints
{
    private const string Google = "google";
    private const string Anthropic = "anthropic";

    /// <summary>Claude's tokens are counted at a model of this name, with the model itself in the body.</summary>
    private const string CountTokens = "count-tokens";

    private static readonly string[] Versions = ["v1", "v1beta1"];

    private static readonly FrozenDictionary<string, Operation> Methods = Operation.All
        .Where(operation => operation.ModelInPath && operation != Operation.BatchEmbedContents)
        .ToFrozenDictionary(operation => operation.PathMethod, StringComparer.Ordinal);

    public static IEndpointRouteBuilder MapVertex(this IEndpointRouteBuilder routes)
    {
        var pipeline = routes.ServiceProvider.GetRequiredService<GatewayPipeline>();
        foreach (var version in Versions)
        {
            foreach (var place in (string[])["/projects/{project}/locations/{location}", ""])
            {
                Map($"/{version}{place}/publishers/{Google}/models/{{**call}}", RunGoogle, $"Vertex AI call of a Google model: {{model}}:{string.Join(", ", Methods.Keys.Order(StringComparer.Ordinal))}");
                Map($"/{version}{place}/publishers/{{publisher}}/models/{{**call}}", RunGoogle, "Vertex AI call of a model PUBLISHER/MODEL, such as PROVIDER/MODEL, in Gemini's dialect");
                Map($"/{version}{place}/publishers/{Anthropic}/models/{{**call}}", RunAnthropic, "Vertex AI call of a Claude model: {model}:rawPredict or streamRawPredict, or count-tokens:rawPredict");
            }
        }

        return routes;

        void Map(string path, Func<HttpContext, GatewayPipeline, Task> handler, string summary)
            => routes.MapPost(path, http => handler(http, pipeline)).WithAccess(Access.Pipeline).WithTags("vertex").WithSummary(summary);
    }

    /// <summary>True for a path of Vertex AI, whether something is there or not.</summary>
    public static bool IsVertexPath(PathString path)
        => Array.Exists(Versions, version => path.StartsWithSegments($"/{version}", StringComparison.Ordinal, out var rest)
            && (rest.StartsWithSegments("/projects", StringComparison.Ordinal) || rest.StartsWithSegments("/publishers", StringComparison.Ordinal)));

    /// <summary>True where the path is of a Claude model.</summary>
    public static bool IsAnthropic(PathString path) => path.Value!.Contains($"/publishers/{Anthropic}/", StringComparison.Ordinal);

    private static Task RunGoogle(HttpContext http, GatewayPipeline pipeline)
    {
        // Google's SDK takes what stands before a slash for a publisher.
        var (model, method) = CallOf(http);
        model = model.Length > 0 && http.Request.RouteValues["publisher"] is string publisher ? $"{publisher}/{model}" : model;
        return model.Length > 0 && Methods.TryGetValue(method, out var operation)
            ? pipeline.RunAsync(http, operation, model)
            : UnknownAsync(http, Dialect.GeminiGenerate, method, Methods.Keys.Order(StringComparer.Ordinal));
    }

    private static Task RunAnthropic(HttpContext http, GatewayPipeline pipeline)
    {
        // Whether a call streams is the body's to say, as with Anthropic itself.
        var (model, method) = CallOf(http);
        return model.Length == 0 || method is not ("rawPredict" or "streamRawPredict") ? UnknownAsync(http, Dialect.AnthropicMessages, method, ["rawPredict", "streamRawPredict"])
            : model == CountTokens ? pipeline.RunAsync(http, Operation.CountTokens, versionInBody: true)
            : pipeline.RunAsync(http, Operation.Messages, model, versionInBody: true);
    }

    private static (string Model, string Method) CallOf(HttpContext http)
    {
        var call = PathText.Unescape((string?)http.Request.RouteValues["call"] ?? "");
        var colon = call.LastIndexOf(':');
        return colon < 0 ? ("", "") : (call[..colon], call[(colon + 1)..]);
    }

    private static Task UnknownAsync(HttpContext http, Dialect dialect, string method, IEnumerable<string> known)
        => DialectAnswer.WriteErrorAsync(http, dialect, new GatewayError(
            ErrorKind.NotFound, "unknown_method",
            $"'{method}' is not a method of this publisher's models. The path is models/MODEL:METHOD with one of: {string.Join(", ", known)}."));
}
