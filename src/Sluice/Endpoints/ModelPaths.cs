using Microsoft.AspNetCore.Routing.Template;
using Sluice.Auth;

namespace Sluice.Endpoints;

/// <summary>
/// Which methods the model endpoints take at a path, for requests that none of them took. The framework's own 405 never
/// comes, because the fallback takes every method.
/// </summary>
/// <param name="endpoints">Every endpoint; read with the first question, when all are mapped.</param>
internal sealed class ModelPaths(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyList<KnownPath>> _known = new(() => [.. endpoints.Endpoints.OfType<RouteEndpoint>().Where(IsOfModels).Select(Known)]);

    /// <summary>In alphabetical order; empty where no model endpoint has this path.</summary>
    public IReadOnlyList<string> MethodsAt(PathString path)
        => [.. _known.Value.Where(known => known.Matcher.TryMatch(path, [])).SelectMany(known => known.Methods).Distinct().Order(StringComparer.Ordinal)];

    private static bool IsOfModels(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<EndpointPolicy>()?.Access == Access.Pipeline;

    private static KnownPath Known(RouteEndpoint endpoint) => new(
        new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), new RouteValueDictionary(endpoint.RoutePattern.Defaults)),
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []);

    private sealed record KnownPath(TemplateMatcher Matcher, IReadOnlyList<string> Methods);
}
