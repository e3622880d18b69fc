using System.Globalization;

namespace Sluice.Cli.Doctor;

/// <summary>Whether the data folder can be written, and how much room is left.</summary>
internal static class DataFolderCheck
{
    private const string Name = "data folder";
    private const long LittleSpace = 1L << 30;

    public static CheckResult Run(string folder)
    {
        // Looking must not create anything: of a folder that is not there yet, the nearest one above is asked.
        var existing = folder;
        while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { } parent)
        {
            existing = parent;
        }

        try
        {
            var probe = Path.Combine(existing, $".sluice-doctor-{Guid.NewGuid():n}");
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
                var free = new DriveInfo(existing).AvailableFreeSpace;
                var room = string.Create(CultureInfo.InvariantCulture, $"{free / (double)(1 << 30):0.0} GiB free");
                return free < LittleSpace
                    ? CheckResult.Warning(Name, $"{folder} is writable, {room}", "Free some space: usage records and the journal grow")
                    : CheckResult.Ok(Name, $"{folder} is writable, {room}");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CheckResult.Failed(Name, $"{folder} cannot be written", "Give it to the user that runs Sluice, or choose another: --data DIR");
        }
    }
}
