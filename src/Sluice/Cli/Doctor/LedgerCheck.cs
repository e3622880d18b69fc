using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Storage;
using Sluice.Usage;

namespace Sluice.Cli.Doctor;

/// <summary>Whether the account in the data folder agrees with itself.</summary>
internal static class LedgerCheck
{
    private const string Name = "ledger";

    public static CheckResult Run(string folder)
    {
        var file = Path.Combine(folder, "sluice.db");
        if (!File.Exists(file))
        {
            return CheckResult.Ok(Name, "no account yet");
        }

        try
        {
            SqliteNative.Initialize();
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            return Check(connection);
        }
        catch (Exception e) when (e is SqliteException or StartRefusedException)
        {
            return CheckResult.Failed(Name, $"{file} cannot be read: {e.Message}", "Look at the file and the disk, or restore a backup");
        }
    }

    private static CheckResult Check(SqliteConnection connection)
    {
        if (connection.Scalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE name = 'usage_watermark'") == 0)
        {
            return CheckResult.Ok(Name, "an account of an older version; the next start brings it up to date");
        }

        var violations = LedgerInvariant.Check(connection);
        var records = connection.Scalar<long>("SELECT COUNT(*) FROM usage_records").ToString(CultureInfo.InvariantCulture);
        return violations.Count == 0
            ? CheckResult.Ok(Name, $"{records} records agree with their sums")
            : CheckResult.Failed(Name, string.Join("; ", violations), "Keep a copy of the data folder and report this: it is a defect of Sluice");
    }
}
