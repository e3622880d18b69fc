using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Sluice.Storage;

/// <summary>
/// The SQLite database of a data folder: many readers, one writer (<see cref="WriteAsync{T}"/>), migrated when it is opened.
/// WAL lets readers and the writer go on side by side. <c>synchronous</c> is FULL: a commit is an answered promise (a key
/// is revoked, a call is on the account) that must outlive a power cut, and commits are few because records are batched.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>How long a connection waits for another process before it gives up, in milliseconds.</summary>
    private const int BusyTimeout = 5_000;

    /// <summary>16 MB of WAL: a page that many batches touch is copied back once.</summary>
    private const int CheckpointPages = 4_000;

    private static readonly TimeSpan ChangePollInterval = TimeSpan.FromMilliseconds(500);

    private readonly string _connectionString;
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly WriteQueue _writes;
    private readonly ITimer _changePoll;
    private long _dataVersion;
    private int _polling;
    private volatile bool _disposed;

    private SqliteDatabase(string folder, string connectionString, SqliteConnection writer, WriteLock writeLock, TimeProvider time)
    {
        Folder = folder;
        _connectionString = connectionString;
        _dataVersion = DataVersion(writer);
        _writes = new WriteQueue(writer, writeLock);
        _changePoll = time.CreateTimer(_ => PollForForeignChange(), null, ChangePollInterval, ChangePollInterval);
    }

    /// <summary>The data folder's full path.</summary>
    public string Folder { get; }

    /// <summary>Raised within about half a second after another process (the command line) has committed a change.</summary>
    public event Action? ForeignChange;

    /// <summary>Opens or creates <c>sluice.db</c> in the folder and brings its schema up to date.</summary>
    /// <exception cref="StartRefusedException">The folder, the library or the schema does not allow it.</exception>
    public static SqliteDatabase Open(StorageOptions options, TimeProvider time)
    {
        SqliteNative.Initialize();
        var folder = DataFolder.Create(options.DataFolder);
        var file = Path.Combine(folder, "sluice.db");
        var connectionString = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString();
        WriteLock? writeLock = null;
        SqliteConnection? writer = null;
        try
        {
            writeLock = new WriteLock(Path.Combine(folder, "sluice.lock"));
            writer = new SqliteConnection(connectionString);
            OpenWriter(writer, writeLock, folder, time);
            return new SqliteDatabase(folder, connectionString, writer, writeLock, time);
        }
        catch (Exception e)
        {
            writer?.Dispose();
            writeLock?.Dispose();
            if (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw new StartRefusedException($"The database {file} cannot be opened: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>Runs a job in a transaction on the writer's thread: committed when it returns, rolled back when it throws.</summary>
    /// <param name="work">The job.</param>
    /// <param name="committed">Runs on the writer's thread after the commit and before the next job; not after a failure.</param>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, Action? committed = null) => _writes.WriteAsync(work, committed);

    /// <summary>Runs a job in a transaction on the writer's thread: committed when it returns, rolled back when it throws.</summary>
    public Task WriteAsync(Action<SqliteConnection> work) => _writes.WriteAsync(
        connection =>
        {
            work(connection);
            return true;
        },
        committed: null);

    /// <summary>Borrows a reading connection; dispose to give it back. Reads block the calling thread: not for the request path.</summary>
    public ReadLease Read()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new ReadLease(this, _readers.TryTake(out var connection) ? connection : OpenReader());
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _changePoll.Dispose();
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        // Last, so that the writer closes the last connection and leaves no WAL behind.
        _writes.Dispose();
    }

    internal void Return(SqliteConnection connection)
    {
        if (_disposed)
        {
            connection.Dispose();
        }
        else
        {
            _readers.Add(connection);
        }
    }

    private static void OpenWriter(SqliteConnection writer, WriteLock writeLock, string folder, TimeProvider time)
    {
        writeLock.Enter();
        try
        {
            writer.Open();
            writer.Execute($"PRAGMA busy_timeout = {BusyTimeout}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {CheckpointPages};");
            Migrator.Migrate(writer, folder, time);
        }
        finally
        {
            writeLock.Exit();
        }
    }

    private SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            connection.Execute($"PRAGMA busy_timeout = {BusyTimeout}; PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = ON;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // The pragma, read on the writer's own connection, changes only when another connection has written; in this process
    // nobody else writes.
    private static long DataVersion(SqliteConnection writer) => writer.Scalar<long>("PRAGMA data_version");

    private async void PollForForeignChange()
    {
        if (_disposed || Interlocked.Exchange(ref _polling, 1) == 1)
        {
            return;
        }

        try
        {
            var version = await _writes.RunAsync(DataVersion);
            if (version != _dataVersion)
            {
                ForeignChange?.Invoke();

                // Only now: a handler that could not read asks again at the next tick.
                _dataVersion = version;
            }
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            // Busy, or closing; the next tick asks again.
        }
        finally
        {
            Volatile.Write(ref _polling, 0);
        }
    }
}
