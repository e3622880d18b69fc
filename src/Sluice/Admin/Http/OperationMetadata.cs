using Sluice.Auth;

namespace Sluice.Admin.Http;

/// <summary>What the body of a request is, for the OpenAPI document. Not the framework's metadata, which would make routing refuse a media type before anybody is authenticated.</summary>
internal sealed record RequestBody(Type Type);

/// <summary>What an endpoint answers, for the OpenAPI document.</summary>
internal sealed record ResponseBody(int Status, Type? Type);

/// <summary>A query parameter, for the OpenAPI document.</summary>
internal sealed record QueryParameter(string Name, string Description, bool IsInteger = false);

/// <summary>Maps plain request delegates, which cost nothing at start-up, together with their description.</summary>
internal static class OperationMetadata
{
    public static readonly QueryParameter[] Paging =
    [
        new("cursor", "The next_cursor of the page before; absent for the first page."),
        new("limit", "How many items a page has, from 1 to 500; 100 when absent.", IsInteger: true),
    ];

    /// <summary>Maps an operation with its summary; the group gives the policy and the tag.</summary>
    public static IEndpointConventionBuilder MapOperation(this IEndpointRouteBuilder routes, string method, string path, string summary, RequestDelegate handler)
        => routes.MapMethods(path, [method], handler).WithSummary(summary);

    public static IEndpointConventionBuilder Takes<T>(this IEndpointConventionBuilder builder) => builder.WithMetadata(new RequestBody(typeof(T)));

    public static IEndpointConventionBuilder Takes(this IEndpointConventionBuilder builder, params QueryParameter[] parameters)
        => builder.WithMetadata([.. parameters]);

    public static IEndpointConventionBuilder Answers<T>(this IEndpointConventionBuilder builder, int status = StatusCodes.Status200OK)
        => builder.WithMetadata(new ResponseBody(status, typeof(T)));

    public static IEndpointConventionBuilder Answers(this IEndpointConventionBuilder builder, int status)
        => builder.WithMetadata(new ResponseBody(status, null));

    /// <summary>A group of administration endpoints. What they list operators may see too; what is about people and keys they may not.</summary>
    public static RouteGroupBuilder MapAdministrators(this IEndpointRouteBuilder routes, string prefix, string tag, bool operatorsRead = true)
    {
        var group = routes.MapGroup(prefix);
        group.WithTags(tag);
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            var reads = endpoint.Metadata.OfType<IHttpMethodMetadata>().All(methods => methods.HttpMethods.All(HttpMethods.IsGet));
            endpoint.Metadata.Add(new EndpointPolicy(operatorsRead && reads ? Access.Operator : Access.Administrator));
        });
        return group;
    }

    /// <summary>The account of the caller; the policy <see cref="Access.Account"/> has seen to it that there is one.</summary>
    public static string AccountId(this HttpContext context) => context.GetCaller()!.AccountId!;

    /// <summary>The <c>{id}</c> of the path.</summary>
    public static string Id(this HttpContext context) => (string)context.Request.RouteValues["id"]!;
}
