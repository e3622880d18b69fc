using Sluice.Configuration;

namespace Sluice.Storage;

/// <summary>Where the state lives and what protects it.</summary>
/// <param name="DataFolder">The folder of database and key file; created with mode 0700 when it is missing.</param>
internal sealed record StorageOptions(string DataFolder)
{
    /// <summary>The text of <c>SLUICE_MASTER_KEY</c>; empty takes the key file in the data folder.</summary>
    public Secret MasterKey { get; init; }

    /// <summary>
    /// The text of <c>SLUICE_MASTER_KEY_OLD</c>: the key that the database was written with, where it is to change to the
    /// present one. Empty, and of no effect once that has happened.
    /// </summary>
    public Secret OldMasterKey { get; init; }

    /// <summary>Takes the secrets from the environment.</summary>
    public static StorageOptions FromEnvironment(string dataFolder)
        => new(dataFolder)
        {
            MasterKey = new Secret(Environment.GetEnvironmentVariable("SLUICE_MASTER_KEY")),
            OldMasterKey = new Secret(Environment.GetEnvironmentVariable("SLUICE_MASTER_KEY_OLD")),
        };
}
