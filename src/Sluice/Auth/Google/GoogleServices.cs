namespace Sluice.Auth.Google;

internal static class GoogleServices
{
    /// <summary>Adds virtual service accounts and the tokens that they get. Needs storage.</summary>
    public static IServiceCollection AddVirtualServiceAccounts(this IServiceCollection services)
    {
        services.AddSingleton<VirtualServiceAccountStore>();
        services.AddSingleton<VirtualTokens>();
        services.AddSingleton<VirtualServiceAccounts>();
        services.AddSingleton<IIssuedCallers>(provider => provider.GetRequiredService<VirtualServiceAccounts>());
        services.AddSingleton<AssertionGrant>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<IdentityTokens>();
        services.AddSingleton<TokenGrants>();
        return services;
    }

    /// <summary>Maps Google's token and certificate endpoints.</summary>
    public static IEndpointRouteBuilder MapGoogleTokens(this IEndpointRouteBuilder routes)
    {
        ActivatorUtilities.CreateInstance<GoogleTokenEndpoints>(routes.ServiceProvider).Map(routes);
        return routes;
    }
}
