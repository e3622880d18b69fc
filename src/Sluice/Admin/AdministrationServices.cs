using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Admin.OpenApi;
using Sluice.Admin.Overlay;
using Sluice.Configuration;

namespace Sluice.Admin;

internal static class AdministrationServices
{
    /// <summary>
    /// Adds the administration: what the database adds to the configuration, <c>/api/admin</c>, the set-up and the API's
    /// description. Needs storage, API keys, budgets, usage, a configuration source and a credential runtime.
    /// </summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services, AdministrationOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ConfigurationStore>();
        services.AddSingleton<DatabaseOverlay>();
        services.AddSingleton<IConfigurationOverlay>(provider => provider.GetRequiredService<DatabaseOverlay>());
        services.AddSingleton<ConfigurationChanges>();
        services.AddOpenApi(OpenApiEndpoints.DocumentName, openApi =>
        {
            openApi.ShouldInclude = _ => false;
            openApi.AddDocumentTransformer<OperationTransformer>();
        });

        // Only the schemas of the description are made from these: our own bodies are written with their own context.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Default);
        });
        return services;
    }

    /// <summary>Maps <c>/api/admin</c>, <c>/api/setup</c>, <c>/setup</c>, <c>/openapi/v1.json</c> and <c>/docs</c>.</summary>
    public static IEndpointRouteBuilder MapAdministration(this IEndpointRouteBuilder routes)
    {
        Create<ApiKeyEndpoints>().Map(routes);
        Create<ProviderEndpoints>().Map(routes);
        Create<CredentialEndpoints>().Map(routes);
        Create<ModelAdministrationEndpoints>().Map(routes);
        Create<BudgetEndpoints>().Map(routes);
        Create<UsageEndpoints>().Map(routes);
        Create<PriceEndpoints>().Map(routes);
        Create<RequestEndpoints>().Map(routes);
        Create<ConfigurationEndpoints>().Map(routes);
        Create<SetupEndpoints>().Map(routes);
        Create<OpenApiEndpoints>().Map(routes);
        return routes;

        T Create<T>() => ActivatorUtilities.CreateInstance<T>(routes.ServiceProvider);
    }
}
