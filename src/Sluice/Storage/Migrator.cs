using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Sluice.Storage;

/// <summary>One numbered SQL file of the assembly.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Name">The file's name without its extension, such as <c>0001-keys</c>.</param>
/// <param name="Sql">Its text, with line feeds only, so that a checkout with CRLF has the same checksum.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    private const string ResourcePrefix = "migrations/sqlite/";

    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>Every migration that this code knows, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = Load();

    private static List<Migration> Load()
    {
        var assembly = typeof(Migration).Assembly;
        var names = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        var migrations = new List<Migration>();
        foreach (var name in names)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var file = Path.GetFileNameWithoutExtension(name);
            var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
            migrations.Add(new Migration(int.Parse(file.AsSpan(0, 4), provider: null), file, sql));
        }

        return migrations;
    }
}

/// <summary>
/// Brings a database to the schema of this code: all pending files in one exclusive transaction, so that a start that dies
/// half-way leaves the old schema whole. Refuses a database that is newer, or whose history differs.
/// </summary>
internal static class Migrator
{
    /// <param name="connection">The writer; the caller holds the lock between processes.</param>
    /// <param name="folder">The data folder, for messages.</param>
    /// <param name="time">Says when a file was applied.</param>
    /// <exception cref="StartRefusedException">The database is newer than the code, or an applied file has changed.</exception>
    public static void Migrate(SqliteConnection connection, string folder, TimeProvider time)
        => Migrate(connection, folder, time, Migration.All);

    internal static void Migrate(SqliteConnection connection, string folder, TimeProvider time, IReadOnlyList<Migration> known)
    {
        connection.Execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)");
        var applied = Check(connection, folder, known);
        if (applied == known.Count)
        {
            return;
        }

        connection.Execute("BEGIN EXCLUSIVE");
        try
        {
            foreach (var migration in known.Skip(applied))
            {
                connection.Execute(migration.Sql);
                connection.Execute(
                    "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($0, $1, $2, $3)",
                    migration.Number, migration.Name, migration.Checksum, time.GetUtcNow().ToString("O"));
            }

            connection.Execute("COMMIT");
        }
        catch
        {
            connection.Execute("ROLLBACK");
            throw;
        }
    }

    /// <summary>Compares what was applied with what is known and returns how many files were applied.</summary>
    private static int Check(SqliteConnection connection, string folder, IReadOnlyList<Migration> known)
    {
        var applied = connection.Rows(
            "SELECT number, name, checksum FROM schema_migrations ORDER BY number",
            row => (Number: row.GetInt32(0), Name: row.GetString(1), Checksum: row.GetString(2)));
        for (var i = 0; i < applied.Count; i++)
        {
            if (i >= known.Count)
            {
                throw new StartRefusedException(
                    $"The database in {folder} was written by a newer Sluice: it has schema {applied[^1].Number}, this program knows {known.Count}. "
                    + "Start the newer version, or restore a backup from before the upgrade.");
            }

            if (applied[i].Number != known[i].Number || applied[i].Checksum != known[i].Checksum)
            {
                throw new StartRefusedException(
                    $"The database in {folder} has another history than this program: migration {applied[i].Name} was applied with other content "
                    + $"than {known[i].Name} has here. Use the version that made the database, or another data folder.");
            }
        }

        return applied.Count;
    }
}
