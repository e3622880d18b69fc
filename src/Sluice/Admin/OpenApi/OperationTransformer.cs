using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Sluice.Admin.Http;
using Sluice.Auth;

namespace Sluice.Admin.OpenApi;

/// <summary>
/// Fills the document from the endpoints themselves, so that none can be missing: path and method from its route, security
/// from its policy, bodies and parameters from its metadata.
/// </summary>
internal sealed partial class OperationTransformer(EndpointDataSource endpoints) : IOpenApiDocumentTransformer
{
    private const string Scheme = "api_key";
    private const string Json = "application/json";
    private const string ProblemJson = "application/problem+json";

    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Sluice",
            Version = "v1",
            Description = "One self-hosted gateway for every AI service. Model endpoints speak their vendors' wire formats; /api is Sluice's own.",
        };
        document.Servers = [];
        document.AddComponent<IOpenApiSecurityScheme>(Scheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key. Model paths also take it as x-api-key, x-goog-api-key, api-key and ?key=.",
        });
        document.Security = [Requirement(document)];
        document.AddComponent<IOpenApiSchema>("Problem", Problem());

        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            foreach (var method in Methods(endpoint))
            {
                await AddAsync(document, context, endpoint, method, cancellationToken);
            }
        }
    }

    private static async Task AddAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, RouteEndpoint endpoint, string method, CancellationToken cancellationToken)
    {
        var path = PathOf(endpoint);
        document.Paths ??= [];
        if (!document.Paths.TryGetValue(path, out var item))
        {
            document.Paths.Add(path, item = new OpenApiPathItem());
        }

        var verb = HttpMethod.Parse(method);
        if (item is OpenApiPathItem { Operations: var operations } && operations?.ContainsKey(verb) == true)
        {
            return;
        }

        var access = endpoint.Metadata.GetMetadata<EndpointPolicy>()?.Access;
        var operation = new OpenApiOperation
        {
            OperationId = method.ToLowerInvariant() + NotWord().Replace(path, "_").TrimEnd('_'),
            Summary = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary,
            Description = endpoint.Metadata.GetMetadata<IEndpointDescriptionMetadata>()?.Description,
            Tags = Tags(document, endpoint),
            Parameters = [.. PathParameters(endpoint), .. endpoint.Metadata.OfType<QueryParameter>().Select(Parameter)],
            Responses = await ResponsesAsync(document, context, endpoint, access, cancellationToken),
            Security = access == Access.Anyone ? [] : null,
        };
        if (endpoint.Metadata.GetMetadata<RequestBody>() is { } body)
        {
            var schema = await SchemaAsync(document, context, body.Type, cancellationToken);
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = Content(Json, schema) };
        }
        else if (access == Access.Pipeline && method == HttpMethods.Post)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "As the vendor documents it.",
                Content = Content(Json, new OpenApiSchema { Type = JsonSchemaType.Object }),
            };
        }

        ((OpenApiPathItem)item).AddOperation(verb, operation);
    }

    private static async Task<OpenApiResponses> ResponsesAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, RouteEndpoint endpoint, Access? access, CancellationToken cancellationToken)
    {
        var responses = new OpenApiResponses();
        var own = endpoint.Metadata.OfType<ResponseBody>().Select(body => (body.Status, body.Type));
        var framework = endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Select(body => (Status: body.StatusCode, body.Type));
        foreach (var (status, type) in own.Concat(framework))
        {
            var response = new OpenApiResponse { Description = ReasonPhrase(status) };
            if (type is not null && type != typeof(void))
            {
                response.Content = Content(Json, await SchemaAsync(document, context, type, cancellationToken));
            }

            responses.TryAdd(status.ToString(System.Globalization.CultureInfo.InvariantCulture), response);
        }

        if (responses.Count == 0)
        {
            responses.Add("200", new OpenApiResponse { Description = ReasonPhrase(StatusCodes.Status200OK) });
        }

        if (access is not (null or Access.Anyone or Access.Pipeline))
        {
            responses.TryAdd("default", new OpenApiResponse
            {
                Description = "What went wrong, as RFC 9457 problem details.",
                Content = Content(ProblemJson, new OpenApiSchemaReference("Problem", document)),
            });
        }

        return responses;
    }

    /// <summary>The schema of a type, kept once among the components.</summary>
    private static async Task<IOpenApiSchema> SchemaAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, Type type, CancellationToken cancellationToken)
    {
        if (type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
        {
            return await context.GetOrCreateSchemaAsync(type, null, cancellationToken);
        }

        var itemType = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Page<>) ? type.GenericTypeArguments[0] : null;
        var name = itemType is null ? type.Name : itemType.Name + "Page";
        if (document.Components?.Schemas?.ContainsKey(name) != true)
        {
            document.AddComponent<IOpenApiSchema>(
                name,
                itemType is null
                    ? await context.GetOrCreateSchemaAsync(type, null, cancellationToken)
                    : Page(await SchemaAsync(document, context, itemType, cancellationToken)));
        }

        return new OpenApiSchemaReference(name, document);
    }

    private static OpenApiSchema Page(IOpenApiSchema item) => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "data", "next_cursor" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["data"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = item },
            ["next_cursor"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "Null on the last page." },
        },
    };

    /// <summary>The names of the methods; HEAD goes without saying where there is GET.</summary>
    private static IEnumerable<string> Methods(RouteEndpoint endpoint)
    {
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        return methods.Contains(HttpMethods.Get) ? methods.Where(method => method != HttpMethods.Head) : methods;
    }

    private static HashSet<OpenApiTagReference> Tags(OpenApiDocument document, RouteEndpoint endpoint)
    {
        var tags = endpoint.Metadata.GetMetadata<ITagsMetadata>()?.Tags ?? [];
        document.Tags ??= new HashSet<OpenApiTag>();
        foreach (var tag in tags)
        {
            if (document.Tags.All(known => known.Name != tag))
            {
                document.Tags.Add(new OpenApiTag { Name = tag });
            }
        }

        return [.. tags.Select(tag => new OpenApiTagReference(tag, document))];
    }

    private static IEnumerable<IOpenApiParameter> PathParameters(RouteEndpoint endpoint)
        => endpoint.RoutePattern.Parameters.Select(parameter => new OpenApiParameter
        {
            Name = parameter.Name,
            In = ParameterLocation.Path,
            Required = true,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });

    private static IOpenApiParameter Parameter(QueryParameter parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Description = parameter.Description,
        Schema = new OpenApiSchema { Type = parameter.IsInteger ? JsonSchemaType.Integer : JsonSchemaType.String },
    };

    private static OpenApiSecurityRequirement Requirement(OpenApiDocument document)
        => new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] };

    private static Dictionary<string, OpenApiMediaType> Content(string mediaType, IOpenApiSchema schema)
        => new() { [mediaType] = new OpenApiMediaType { Schema = schema } };

    private static OpenApiSchema Problem()
    {
        var text = new OpenApiSchema { Type = JsonSchemaType.String };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = text,
                ["title"] = text,
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = text,
                ["code"] = text,
                ["request_id"] = text,
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema> { ["field"] = text, ["message"] = text },
                    },
                },
            },
        };
    }

    private static string ReasonPhrase(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);

    private static string PathOf(RouteEndpoint endpoint)
    {
        var path = "/" + RouteParameter().Replace(endpoint.RoutePattern.RawText ?? "", "{$1}").TrimStart('/');
        return path.Length > 1 ? path.TrimEnd('/') : path;
    }

    /// <summary>A parameter with what routing adds to its name: a catch-all's stars, constraints, a default, a question mark.</summary>
    [GeneratedRegex(@"\{\*{0,2}([^}:?=]+)[^}]*\}")]
    private static partial Regex RouteParameter();

    [GeneratedRegex(@"\W+")]
    private static partial Regex NotWord();
}
