using Sluice.Admin.Accounts;
using Sluice.Admin.OpenApi;
using Sluice.Admin.Overlay;
using Sluice.Audit;
using Sluice.Configuration;
using Sluice.Credentials.Import;

namespace Sluice.Admin;

internal static class AdministrationServices
{
    /// <summary>
    /// Adds the administration: what the database adds to the configuration, <c>/api/admin</c>, the set-up and the API's
    /// description. Needs storage, API keys, accounts, budgets, usage, a configuration source and a credential runtime.
    /// </summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services, AdministrationOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ConfigurationStore>();
        services.AddSingleton<DatabaseOverlay>();
        services.AddSingleton<IConfigurationOverlay>(provider => provider.GetRequiredService<DatabaseOverlay>());
        services.AddSingleton<ConfigurationChanges>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<SessionTokens>();
        services.AddSingleton<AccountMails>();
        services.AddSingleton<OwnKeyEndpoints>();
        services.AddSingleton<CredentialItems>();
        services.AddSingleton<ICredentialImport, CredentialImport>();
        return services;
    }

    /// <summary>Maps <c>/api/admin</c>, <c>/api/auth</c>, <c>/token</c>, <c>/api/setup</c>, <c>/setup</c>, <c>/openapi/v1.json</c> and <c>/docs</c>.</summary>
    public static IEndpointRouteBuilder MapAdministration(this IEndpointRouteBuilder routes)
    {
        Create<ApiKeyEndpoints>().Map(routes);
        Create<ProviderEndpoints>().Map(routes);
        Create<CredentialEndpoints>().Map(routes);
        Create<CredentialActionEndpoints>().Map(routes);
        Create<CredentialImportEndpoints>().Map(routes);
        Create<ModelAdministrationEndpoints>().Map(routes);
        Create<BudgetEndpoints>().Map(routes);
        Create<UsageEndpoints>().Map(routes);
        Create<PriceEndpoints>().Map(routes);
        Create<RequestEndpoints>().Map(routes);
        Create<McpServerEndpoints>().Map(routes);
        Create<ConfigurationEndpoints>().Map(routes);
        Create<AuditEndpoints>().Map(routes);
        Create<UserEndpoints>().Map(routes);
        Create<SignInEndpoints>().Map(routes);
        Create<ProfileEndpoints>().Map(routes);
        routes.ServiceProvider.GetRequiredService<OwnKeyEndpoints>().Map(routes);
        Create<EmailEndpoints>().Map(routes);
        Create<ExternalSignInEndpoints>().Map(routes);
        Create<TokenEndpoint>().Map(routes);
        Create<KeySetEndpoint>().Map(routes);
        Create<VirtualServiceAccountEndpoints>().Map(routes);
        Create<SetupEndpoints>().Map(routes);
        Create<OpenApiEndpoints>().Map(routes);
        return routes;

        T Create<T>() => ActivatorUtilities.CreateInstance<T>(routes.ServiceProvider);
    }
}
