namespace Sluice.Configuration;

/// <summary>Puts the configuration into the service.</summary>
internal static class ConfigurationServiceCollectionExtensions
{
    /// <summary>
    /// Reads the configuration once without the database, so that the host can be built from it, and registers
    /// <see cref="IConfigurationSource"/>, which adds the database's part (<see cref="IConfigurationOverlay"/>, when one is registered)
    /// and then follows the changes. The overlay must not ask for <see cref="IConfigurationSource"/> itself.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="options">What the command line says.</param>
    /// <param name="providerTypes">The provider types that the configuration accepts.</param>
    /// <exception cref="ConfigException">The configuration has mistakes.</exception>
    public static SluiceConfig AddSluiceConfiguration(this IServiceCollection services, ServeOptions options, ProviderTypeCatalog providerTypes)
    {
        var loader = new ConfigurationLoader(ConfigurationInput.From(options), providerTypes);
        var reading = loader.Read();
        var loaded = loader.Complete(reading, beforeDatabase: true);
        if (loaded.Errors.Count > 0)
        {
            throw new ConfigException(loaded.Errors);
        }

        services.AddSingleton(providerTypes);
        services.AddSingleton(provider => new ConfigurationService(
            loader,
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILogger<ConfigurationService>>(),
            provider.GetService<IConfigurationOverlay>(),
            reading: reading));
        services.AddSingleton<IConfigurationSource>(provider => provider.GetRequiredService<ConfigurationService>());
        services.AddHostedService(provider => provider.GetRequiredService<ConfigurationService>());
        return loaded.Config;
    }
}
