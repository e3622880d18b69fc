using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Sluice.Storage;
using Sluice.TestKit;

namespace Sluice.Tests.Storage;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly TemporaryStorage _storage = new();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public void Open_EmptyFolder_CreatesItForTheOwnerOnly()
    {
        _storage.Open();

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_storage.Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.Exists(Path.Combine(_storage.Folder, "sluice.db")).ShouldBeTrue();
    }

    [Fact]
    public void Open_FolderThatCannotBeMade_RefusesWithItsName()
    {
        var file = Path.GetTempFileName();
        try
        {
            Should.Throw<StartRefusedException>(() => SqliteDatabase.Open(new StorageOptions(Path.Combine(file, "data")), TimeProvider.System))
                .Message.ShouldContain(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Open_FileThatIsNoDatabase_Refuses()
    {
        Directory.CreateDirectory(_storage.Folder);
        File.WriteAllText(Path.Combine(_storage.Folder, "sluice.db"), new string('x', 5000));

        Should.Throw<StartRefusedException>(_storage.Open).Message.ShouldContain("sluice.db");
    }

    [Fact]
    public void Open_AppliesEveryMigrationOnce()
    {
        _storage.Open().Dispose();
        var database = _storage.Open();

        using var read = database.Read();
        read.Connection.Scalar<long>("SELECT COUNT(*) FROM schema_migrations").ShouldBe(Migration.All.Count);
        read.Connection.Scalar<string>("PRAGMA journal_mode").ShouldBe("wal");
    }

    [Fact]
    public async Task Open_DatabaseOfANewerVersion_Refuses()
    {
        var database = _storage.Open();
        await database.WriteAsync(connection => connection.Execute(
            "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (9999, '9999-later', 'x', 'later')"));
        database.Dispose();

        Should.Throw<StartRefusedException>(_storage.Open).Message.ShouldContain("newer Sluice");
    }

    [Fact]
    public async Task Open_MigrationThatWasChanged_Refuses()
    {
        var database = _storage.Open();
        await database.WriteAsync(connection => connection.Execute("UPDATE schema_migrations SET checksum = 'other' WHERE number = 1"));
        database.Dispose();

        Should.Throw<StartRefusedException>(_storage.Open).Message.ShouldContain("0001-keys");
    }

    [Fact]
    public async Task Migrate_FileThatFails_LeavesTheOldSchemaWhole()
    {
        var database = _storage.Open();
        IReadOnlyList<Migration> broken =
        [
            .. Migration.All,
            new Migration(Migration.All.Count + 1, "more", "CREATE TABLE half (a)"),
            new Migration(Migration.All.Count + 2, "broken", "CREATE TABLE other (a); nonsense"),
        ];

        await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(() => RunOutsideTransactionAsync(database, broken));

        using var read = database.Read();
        read.Connection.Scalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE name IN ('half', 'other')").ShouldBe(0);
        read.Connection.Scalar<long>("SELECT COUNT(*) FROM schema_migrations").ShouldBe(Migration.All.Count);
    }

    [Fact]
    public async Task WriteAsync_JobThatThrows_IsRolledBackAndTheNextOneRuns()
    {
        var database = _storage.Open();

        await Should.ThrowAsync<InvalidOperationException>(() => database.WriteAsync(connection =>
        {
            connection.Execute("INSERT INTO settings (name, value) VALUES ('a', 1)");
            throw new InvalidOperationException("no");
        }));
        await database.WriteAsync(connection => connection.Execute("INSERT INTO settings (name, value) VALUES ('b', 1)"));

        using var read = database.Read();
        read.Connection.Rows("SELECT name FROM settings ORDER BY name", row => row.GetString(0)).ShouldBe(["b"]);
    }

    [Fact]
    public async Task WriteAsync_ManyAtOnce_AllCommitOneAfterAnother()
    {
        var database = _storage.Open();
        await database.WriteAsync(connection => connection.Execute("INSERT INTO settings (name, value) VALUES ('n', 0)"));

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => database.WriteAsync(connection =>
        {
            // Read and write apart: only one writer at a time keeps every increment.
            var value = connection.Scalar<long>("SELECT value FROM settings WHERE name = 'n'");
            connection.Execute("UPDATE settings SET value = $0 WHERE name = 'n'", value + 1);
        }))));

        using var read = database.Read();
        read.Connection.Scalar<long>("SELECT value FROM settings WHERE name = 'n'").ShouldBe(50);
    }

    [Fact]
    public async Task WriteAsync_TwoDatabasesOnOneFolder_WaitForEachOther()
    {
        var first = _storage.Open();
        var second = _storage.Open();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? first : second).WriteAsync(
            connection => connection.Execute("INSERT INTO settings (name, value) VALUES ($0, 1)", "n" + i))));

        using var read = first.Read();
        read.Connection.Scalar<long>("SELECT COUNT(*) FROM settings").ShouldBe(40);
    }

    [Fact]
    public void Read_RefusesToWrite()
    {
        using var read = _storage.Open().Read();

        Should.Throw<Microsoft.Data.Sqlite.SqliteException>(() => read.Connection.Execute("DELETE FROM settings"));
    }

    [Fact]
    public async Task ForeignChange_AnotherProcessWrites_IsRaisedAndOwnWritesAreNot()
    {
        var database = _storage.Open();
        var other = _storage.Open();
        var raised = 0;
        database.ForeignChange += () => Interlocked.Increment(ref raised);

        await database.WriteAsync(connection => connection.Execute("INSERT INTO settings (name, value) VALUES ('own', 1)"));
        var quiet = Stopwatch.GetTimestamp();
        await Eventually.HoldsAsync("two polls", () => Stopwatch.GetElapsedTime(quiet) > TimeSpan.FromMilliseconds(1100));
        Volatile.Read(ref raised).ShouldBe(0);

        await other.WriteAsync(connection => connection.Execute("INSERT INTO settings (name, value) VALUES ('foreign', 1)"));
        await Eventually.HoldsAsync("the change to be seen", () => Volatile.Read(ref raised) > 0, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Write_NoRoomAndThenRoom_WritesAgain()
    {
        var database = _storage.Open();
        await database.WriteAsync(connection => connection.Execute("CREATE TABLE room (bytes BLOB)"));
        await database.WriteAsync(connection => connection.Execute("PRAGMA max_page_count = 1"));

        var full = await Should.ThrowAsync<SqliteException>(() => database.WriteAsync(connection => connection.Execute("INSERT INTO room VALUES (zeroblob(1000000))")));
        await database.WriteAsync(connection => connection.Execute("PRAGMA max_page_count = 1000000"));
        await database.WriteAsync(connection => connection.Execute("INSERT INTO room VALUES (zeroblob(1))"));

        full.SqliteErrorCode.ShouldBe(13);
        using var read = database.Read();
        read.Connection.Scalar<long>("SELECT COUNT(*) FROM room").ShouldBe(1);
    }

    [Fact]
    public void Dispose_LeavesNoLogBehind()
    {
        _storage.Open().Dispose();

        File.Exists(Path.Combine(_storage.Folder, "sluice.db-wal")).ShouldBeFalse();
    }

    /// <summary>Runs the migrations as an opening process does, with the lock and without an open transaction.</summary>
    private Task RunOutsideTransactionAsync(SqliteDatabase database, IReadOnlyList<Migration> migrations) => Task.Run(() =>
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(database.Folder, "sluice.db")};Pooling=False");
        connection.Open();
        using var writeLock = new WriteLock(Path.Combine(_storage.Folder, "sluice.lock"));
        writeLock.Enter();
        Migrator.Migrate(connection, database.Folder, TimeProvider.System, migrations);
    });
}
