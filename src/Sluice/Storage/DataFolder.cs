namespace Sluice.Storage;

/// <summary>Creates the data folder, for the service's own user only.</summary>
internal static class DataFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates the folder with mode 0700 when it is missing and returns its full path; an existing folder keeps its mode.</summary>
    /// <exception cref="StartRefusedException">The folder cannot be created.</exception>
    public static string Create(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            if (Directory.Exists(full))
            {
                return full;
            }

            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
            }
            else
            {
                Directory.CreateDirectory(full, OwnerOnly);
            }

            return full;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException(
                $"The data folder {full} cannot be created: {e.Message} Name a folder that this user may write with --data or server.data.", e);
        }
    }
}
