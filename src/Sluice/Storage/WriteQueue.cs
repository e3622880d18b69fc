using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sluice.Storage;

/// <summary>
/// The one writer: a dedicated thread with its own connection that runs write jobs one after another, each in its own
/// transaction, and that alone checkpoints. Callers never wait on a database lock; they await their job.
/// </summary>
internal sealed partial class WriteQueue : IDisposable
{
    /// <summary>
    /// Yields the processor to requests: at 5 the kernel gives the thread about a quarter of a fully busy core, which is
    /// ample for the account of everything that core can serve.
    /// </summary>
    private const int Niceness = 5;

    private readonly BlockingCollection<Job> _jobs = [];
    private readonly SqliteConnection _connection;
    private readonly WriteLock _lock;
    private readonly Thread _thread;

    /// <param name="connection">The writer's connection, used by nobody else from now on; closed with the queue.</param>
    /// <param name="writeLock">The lock between processes; closed with the queue.</param>
    public WriteQueue(SqliteConnection connection, WriteLock writeLock)
    {
        _connection = connection;
        _lock = writeLock;
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite-writer", Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    /// <summary>Runs a job in a transaction on the writer's thread: committed when it returns, rolled back when it throws.</summary>
    /// <param name="work">The job.</param>
    /// <param name="committed">Runs on the writer's thread after the commit and before the next job; not after a failure.</param>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, Action? committed)
    {
        var job = new Job<T>(work, Transaction: true, committed);
        _jobs.Add(job);
        return job.Completion.Task;
    }

    /// <summary>Runs a job on the writer's thread and connection without a transaction.</summary>
    public Task<T> RunAsync<T>(Func<SqliteConnection, T> work)
    {
        var job = new Job<T>(work, Transaction: false, Committed: null);
        _jobs.Add(job);
        return job.Completion.Task;
    }

    /// <summary>Takes no more jobs, finishes those it has and closes the connection, which checkpoints.</summary>
    public void Dispose()
    {
        if (_jobs.IsAddingCompleted)
        {
            return;
        }

        _jobs.CompleteAdding();
        _thread.Join();
        _jobs.Dispose();
    }

    private void Run()
    {
        if (OperatingSystem.IsLinux())
        {
            // The runtime ignores Thread.Priority on Linux. The kernel takes 0 for the calling thread; a failure only
            // means an ordinary priority.
            _ = SetPriority(0, 0, Niceness);
        }

        foreach (var job in _jobs.GetConsumingEnumerable())
        {
            job.Run(_connection, _lock);
        }

        _lock.Enter();
        try
        {
            _connection.Close();
        }
        finally
        {
            _lock.Exit();
            _connection.Dispose();
            _lock.Dispose();
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int priority);

    private abstract record Job(bool Transaction)
    {
        public abstract void Run(SqliteConnection connection, WriteLock writeLock);
    }

    private sealed record Job<T>(Func<SqliteConnection, T> Work, bool Transaction, Action? Committed) : Job(Transaction)
    {
        // The awaiter must not run on the writer's thread.
        public TaskCompletionSource<T> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Run(SqliteConnection connection, WriteLock writeLock)
        {
            T result;
            try
            {
                result = Transaction ? InTransaction(connection, writeLock) : Work(connection);
            }
#pragma warning disable CA1031 // Whatever goes wrong belongs to the one who awaits the job; the writer goes on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Completion.SetException(e);
                return;
            }

            Completion.SetResult(result);
        }

        private T InTransaction(SqliteConnection connection, WriteLock writeLock)
        {
            writeLock.Enter();
            try
            {
                // Not a transaction object: its disposal asks for a rollback that SQLite has done by itself when the disk was
                // full, throws for it, and leaves the connection without a way to begin another.
                connection.Execute("BEGIN IMMEDIATE");
                var result = WorkAndCommit(connection);
                Committed?.Invoke();
                return result;
            }
            finally
            {
                writeLock.Exit();
            }
        }

        private T WorkAndCommit(SqliteConnection connection)
        {
            try
            {
                var result = Work(connection);
                connection.Execute("COMMIT");
                return result;
            }
            catch
            {
                if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
                {
                    connection.Execute("ROLLBACK");
                }

                throw;
            }
        }
    }
}
