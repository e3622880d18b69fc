using System.Runtime.InteropServices;

namespace Sluice.Storage;

/// <summary>
/// One writer or checkpointer at a time across processes (the service and the command line share a data folder).
/// SQLite 3.7.0 to 3.51.2 can corrupt a WAL that two connections write and checkpoint at the same instant, and
/// distributions ship such versions; a file lock around every write transaction costs two system calls and rules it out.
/// </summary>
internal sealed partial class WriteLock : IDisposable
{
    private const int Exclusive = 2;
    private const int Unlock = 8;
    private const int Interrupted = 4;

    private readonly string _path;
    private readonly FileStream _file;

    public WriteLock(string path)
    {
        _path = path;
        _file = Open(path);
        if (!OperatingSystem.IsWindows())
        {
            // The runtime takes a shared lock when it opens a file; two holders of it would wait for each other for ever.
            _ = Flock(Descriptor, Unlock);
        }
    }

    private int Descriptor => (int)_file.SafeFileHandle.DangerousGetHandle();

    /// <summary>Waits for the lock; the kernel releases it when the process ends, in whichever way.</summary>
    public void Enter()
    {
        if (OperatingSystem.IsWindows())
        {
            EnterOnWindows();
            return;
        }

        while (Flock(Descriptor, Exclusive) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                throw new IOException($"The lock file {_path} cannot be locked (errno {error}).");
            }
        }
    }

    public void Exit()
    {
        if (OperatingSystem.IsWindows())
        {
            _file.Unlock(0, 1);
        }
        else
        {
            _ = Flock(Descriptor, Unlock);
        }
    }

    public void Dispose() => _file.Dispose();

    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException) when (attempt < 10_000 && File.Exists(path))
            {
                // Another process is inside the lock, which refuses the runtime's own shared lock for that moment.
                Thread.Yield();
            }
        }
    }

    [System.Runtime.Versioning.SupportedOSPlatform("windows")]
    private void EnterOnWindows()
    {
        while (true)
        {
            try
            {
                _file.Lock(0, 1);
                return;
            }
            catch (IOException)
            {
                Thread.Yield();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flock(int descriptor, int operation);
}
