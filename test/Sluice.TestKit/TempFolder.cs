namespace Sluice.TestKit;

/// <summary>A folder of this run alone, gone when it is disposed of.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Under the system's folder for such files.</summary>
    public TempFolder() => Path = Directory.CreateTempSubdirectory("sluice-test-").FullName;

    /// <summary>Under a folder of the caller's choice, such as a file system of its own.</summary>
    public TempFolder(string parent) => Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"sluice-test-{Guid.NewGuid():n}")).FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that was killed may hold a file a moment longer; the system's temp cleaner takes the rest.
        }
    }
}
