using System.Runtime.InteropServices;

namespace Sluice.Journal;

/// <summary>
/// The journal's folder in the file system, for this process alone: a second one that opens it is refused. The folder has
/// mode 0700 and its files 0600.
/// </summary>
internal sealed partial class FileJournalDisk : IJournalDisk
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly FileStream _lock;

    /// <exception cref="IOException">The folder cannot be created, or another process uses it.</exception>
    public FileJournalDisk(string folder)
    {
        _folder = Path.GetFullPath(folder);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder);
        }
        else
        {
            Directory.CreateDirectory(_folder, OwnerFolder);
        }

        _lock = Lock(Path.Combine(_folder, "lock"));
    }

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path))];

    public IJournalFile Create(string name, long size)
    {
        var path = PathOf(name);
        var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, FileOptions.None, preallocationSize: size);
        try
        {
            RandomAccess.SetLength(handle, size);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(handle, FileJournalFile.OwnerOnly);
            }

            return new FileJournalFile(handle);
        }
        catch
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public IJournalFile Open(string name) => new FileJournalFile(File.OpenHandle(PathOf(name), FileMode.Open, FileAccess.ReadWrite, FileShare.Read));

    public void Rename(string from, string to) => File.Move(PathOf(from), PathOf(to));

    public void Delete(string name) => File.Delete(PathOf(name));

    public void SyncDirectory()
    {
        if (OperatingSystem.IsWindows())
        {
            // Its file system keeps a journal of names itself, and a folder has no handle to flush.
            return;
        }

        var descriptor = OpenDescriptor(_folder, 0);
        if (descriptor < 0)
        {
            throw Failure("opened");
        }

        try
        {
            if (Sync(descriptor) != 0)
            {
                throw Failure("synced");
            }
        }
        finally
        {
            _ = CloseDescriptor(descriptor);
        }
    }

    public void Dispose() => _lock.Dispose();

    // Without sharing, the runtime takes the kernel's exclusive lock, which ends with the process in whichever way.
    private static FileStream Lock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileJournalFile.OwnerOnly;
        }

        return new FileStream(path, options);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private IOException Failure(string what) => new($"The folder {_folder} cannot be {what} (errno {Marshal.GetLastPInvokeError()}).");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseDescriptor(int descriptor);
}
