using Sluice.Configuration;

namespace Sluice.Storage;

/// <summary>Where the state lives and what protects it.</summary>
/// <param name="DataFolder">The folder of database and key file; created with mode 0700 when it is missing.</param>
internal sealed record StorageOptions(string DataFolder)
{
    /// <summary>The text of <c>SLUICE_MASTER_KEY</c>; empty takes the key file in the data folder.</summary>
    public Secret MasterKey { get; init; }

    /// <summary>Takes the secrets from the environment.</summary>
    public static StorageOptions FromEnvironment(string dataFolder)
        => new(dataFolder) { MasterKey = new Secret(Environment.GetEnvironmentVariable("SLUICE_MASTER_KEY")) };
}
