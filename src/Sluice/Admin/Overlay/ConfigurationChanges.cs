using Microsoft.Data.Sqlite;
using Sluice.Configuration;
using Sluice.Storage;
using IConfigurationSource = Sluice.Configuration.IConfigurationSource;

namespace Sluice.Admin.Overlay;

/// <summary>
/// Makes changes of the configuration's rows. A change is tried on the whole configuration first and stored only when it
/// is valid, so that the database never holds what the service would refuse at its next start; when the call returns it is
/// in force.
/// </summary>
internal sealed class ConfigurationChanges(DatabaseOverlay overlay, ConfigurationStore store, SqliteDatabase database, IConfigurationSource source)
{
    /// <summary>The rows as they are now.</summary>
    public StoredConfiguration Rows => overlay.Rows;

    /// <summary>Tries and stores a change.</summary>
    /// <param name="change">Makes the new rows from the present ones; null to give up (someone else was quicker).</param>
    /// <param name="write">Writes the same change to the tables.</param>
    /// <param name="cancellationToken">Gives up the wait for a change that is under way; a change that has begun is finished.</param>
    /// <returns>What is wrong with the configuration that would result, or null when the change was given up.</returns>
    public async Task<IReadOnlyList<ConfigError>?> ApplyAsync(
        Func<StoredConfiguration, StoredConfiguration?> change, Action<SqliteConnection> write, CancellationToken cancellationToken)
    {
        await overlay.Changing.WaitAsync(cancellationToken);
        var before = overlay.Rows;
        try
        {
            if (change(before) is not { } candidate)
            {
                return null;
            }

            // From here on the change runs to its end even when the caller leaves.
            overlay.Rows = candidate;
            var errors = await source.ReloadAsync(CancellationToken.None);
            if (errors.Count > 0)
            {
                overlay.Rows = before;
                return errors;
            }

            await StoreAsync(write);

            // The same rows, now with the positions that the database gave them.
            overlay.Rows = store.Load();
            return [];
        }
        catch
        {
            overlay.Rows = before;
            await source.ReloadAsync(CancellationToken.None);
            throw;
        }
        finally
        {
            overlay.Changing.Release();
        }
    }

    /// <summary>
    /// Stores a change that must not wait for a valid configuration, such as disabling a credential while the file has a
    /// mistake, and then tries to bring it into force.
    /// </summary>
    public async Task ForceAsync(Action<SqliteConnection> write, CancellationToken cancellationToken)
    {
        await overlay.Changing.WaitAsync(cancellationToken);
        try
        {
            await StoreAsync(write);
            overlay.Rows = store.Load();
            await source.ReloadAsync(CancellationToken.None);
        }
        finally
        {
            overlay.Changing.Release();
        }
    }

    private Task StoreAsync(Action<SqliteConnection> write) => database.WriteAsync(connection =>
    {
        write(connection);
        ConfigurationStore.RaiseVersion(connection);
    });
}
