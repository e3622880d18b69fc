using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Sluice.Auth.Accounts;

/// <summary>
/// Hashes passwords on threads of their own, which yield to everything else: whatever arrives at the sign-in, calls of models go on.
/// What does not fit into the queue is refused at once.
/// </summary>
internal sealed partial class PasswordThreads : IDisposable
{
    private const int LongestQueue = 50;

    /// <summary>
    /// As the database's writer: about a quarter of a fully busy core. At 19 a sign-in on a busy machine took minutes.
    /// </summary>
    private const int Niceness = 5;

    private readonly BlockingCollection<Action> _jobs = new(LongestQueue);
    private readonly Thread[] _threads;
    private readonly int _cost;

    public PasswordThreads(PasswordOptions options)
    {
        _cost = options.Cost;
        _threads = new Thread[Math.Max(1, Environment.ProcessorCount / 2)];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = "passwords" };
        }
    }

    /// <summary>Checks a password as <see cref="PasswordHash.Verify"/> does; null when the queue is full.</summary>
    public Task<bool>? TryVerify(string? hash, string password) => TryRun(() => PasswordHash.Verify(hash, password, _cost));

    /// <summary>Hashes a new password; null when the queue is full.</summary>
    public Task<string>? TryHash(string password) => TryRun(() => PasswordHash.Create(password, _cost));

    public bool IsWeak(string hash) => PasswordHash.IsWeak(hash, _cost);

    public void Dispose()
    {
        _jobs.CompleteAdding();
        foreach (var thread in _threads.Where(thread => thread.IsAlive))
        {
            thread.Join();
        }

        _jobs.Dispose();
    }

    private Task<T>? TryRun<T>(Func<T> work)
    {
        Start();
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isTaken = _jobs.TryAdd(() =>
        {
            try
            {
                result.SetResult(work());
            }
#pragma warning disable CA1031 // Whatever goes wrong belongs to the one who awaits it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                result.SetException(e);
            }
        });
        return isTaken ? result.Task : null;
    }

    /// <summary>Most processes never see a password: the threads begin with the first.</summary>
    private void Start()
    {
        lock (_threads)
        {
            foreach (var thread in _threads.Where(thread => thread.ThreadState.HasFlag(ThreadState.Unstarted)))
            {
                thread.Start();
            }
        }
    }

    private void Run()
    {
        if (OperatingSystem.IsLinux())
        {
            // The runtime ignores Thread.Priority on Linux; the kernel takes 0 for the calling thread.
            _ = SetPriority(0, 0, Niceness);
        }

        foreach (var job in _jobs.GetConsumingEnumerable())
        {
            job();
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int priority);
}

/// <param name="Cost">The bcrypt cost of new hashes, 4 to 14.</param>
internal sealed record PasswordOptions(int Cost = PasswordHash.Cost);
