namespace Sluice.Configuration;

/// <summary>
/// What is served when nobody configured a provider: every vendor whose usual environment variable is set, and the simulator
/// when there is nothing else.
/// </summary>
internal static class FirstRunProviders
{
    /// <summary>Google's own libraries take a key file from here: a path, and no key.</summary>
    private const string KeyFileVariable = "GOOGLE_APPLICATION_CREDENTIALS";

    private const string LocationVariable = "GOOGLE_CLOUD_LOCATION";

    /// <summary>Adds the offered providers to a configuration that names none.</summary>
    /// <param name="config">File, environment and database, merged.</param>
    /// <param name="configured">True when the file or an override has a <c>providers</c> list: then it is all there is.</param>
    /// <param name="types">The provider types with their variables.</param>
    /// <param name="environment">The process's variables.</param>
    public static SluiceConfig Offer(SluiceConfig config, bool configured, ProviderTypeCatalog types, IReadOnlyDictionary<string, string> environment)
    {
        if (configured)
        {
            return config;
        }

        var providers = new List<ProviderConfig>(config.Providers);
        var offeredVariables = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in types.All.Where(t => t.Served))
        {
            // Two types may share a variable; the first in the catalog has it.
            if (type.RequiresBaseUrl
                || Variable(type, environment) is not { } variable
                || !offeredVariables.Add(variable)
                || providers.Exists(p => p.Name == type.Type))
            {
                continue;
            }

            providers.Add(new ProviderConfig
            {
                Name = type.Type,
                Type = type.Type,
                Location = type.BaseUrlOfLocation is null ? "" : environment.GetValueOrDefault(LocationVariable, ""),
                BaseUrl = type.BaseUrlAt(type.BaseUrlOfLocation is null ? "" : environment.GetValueOrDefault(LocationVariable, "")),
                Credentials = [CredentialOf(variable, environment[variable])],
            });
        }

        if (providers.Count == 0)
        {
            providers.Add(new ProviderConfig
            {
                Name = ProviderTypeCatalog.Simulator,
                Type = ProviderTypeCatalog.Simulator,
                BaseUrl = types.Find(ProviderTypeCatalog.Simulator)?.DefaultBaseUrl ?? "",
            });
        }

        return config with { Providers = providers };
    }

    private static CredentialConfig CredentialOf(string variable, string value) => variable == KeyFileVariable
        ? new CredentialConfig { Name = variable, ServiceAccountFile = value }
        : new CredentialConfig { Name = variable, ApiKey = new Secret(value) };

    /// <summary>The first of a type's variables that holds something; null when none does.</summary>
    public static string? Variable(ProviderType type, IReadOnlyDictionary<string, string> environment)
        => type.EnvironmentVariables.FirstOrDefault(v => environment.TryGetValue(v, out var value) && !string.IsNullOrWhiteSpace(value));
}
