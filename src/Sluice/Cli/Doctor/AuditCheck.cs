using Microsoft.Data.Sqlite;
using Sluice.Audit;
using Sluice.Storage;

namespace Sluice.Cli.Doctor;

/// <summary>Whether the audit log in the data folder is whole.</summary>
internal static class AuditCheck
{
    private const string Name = "audit";

    public static CheckResult Run(string folder)
    {
        var file = Path.Combine(folder, "sluice.db");
        if (!File.Exists(file))
        {
            return CheckResult.Ok(Name, "no log yet");
        }

        try
        {
            SqliteNative.Initialize();
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            if (connection.Scalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE name = 'audit_log'") == 0)
            {
                return CheckResult.Ok(Name, "a database of an older version; the next start brings it up to date");
            }

            return AuditLog.FirstBroken(connection) is { } id
                ? CheckResult.Failed(Name, string.Create(null, $"entry {id} or the one before it was changed or taken out"), "Keep a copy of the data folder and find out who can write to it")
                : CheckResult.Ok(Name, "every entry fits its chain");
        }
        catch (Exception e) when (e is SqliteException or StartRefusedException)
        {
            return CheckResult.Failed(Name, $"{file} cannot be read: {e.Message}", "Look at the file and the disk, or restore a backup");
        }
    }
}
