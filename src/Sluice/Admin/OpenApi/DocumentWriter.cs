using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Sluice.Admin.Accounts;

namespace Sluice.Admin.OpenApi;

/// <summary>
/// Writes the API's description. The generator's services live in a container of their own for as long as that takes: in
/// the host's they would load the API explorer and its kin into processes that nobody ever asks for the description.
/// </summary>
internal static class DocumentWriter
{
    private const string DocumentName = "v1";

    /// <summary>Describes the endpoints as OpenAPI 3.1 in JSON.</summary>
    public static async Task<string> WriteAsync(EndpointDataSource endpoints, IHostEnvironment environment)
    {
        await using var services = ServicesFor(endpoints, environment);
        await using var scope = services.CreateAsyncScope();
        var provider = scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(DocumentName);
        var document = await provider.GetOpenApiDocumentAsync();
        return await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1);
    }

    private static ServiceProvider ServicesFor(EndpointDataSource endpoints, IHostEnvironment environment)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddRoutingCore();
        services.AddSingleton(endpoints);
        services.AddSingleton(environment);
        services.AddOpenApi(DocumentName, openApi =>
        {
            openApi.ShouldInclude = _ => false;
            openApi.AddDocumentTransformer<OperationTransformer>();
        });

        // The schemas are made from these; our bodies are written with their own context.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Default);
            json.SerializerOptions.TypeInfoResolverChain.Insert(1, AccountJson.Default);
        });
        return services.BuildServiceProvider();
    }
}
