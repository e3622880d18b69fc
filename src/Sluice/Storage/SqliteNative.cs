using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Sluice.Storage;

/// <summary>
/// Resolves SQLite's native library to the system's, which the distribution keeps patched; the packaged one serves where
/// there is none.
/// </summary>
internal static class SqliteNative
{
    /// <summary>3.35: the oldest with RETURNING, and the version of the packaged library.</summary>
    private const int OldestVersion = 3_035_000;

    private static readonly Lazy<string> Version = new(Load);

    /// <summary>Loads the library once and returns its version.</summary>
    /// <exception cref="StartRefusedException">There is no library, or it is too old.</exception>
    public static string Initialize() => Version.Value;

    private static string Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
        }
        catch (DllNotFoundException e)
        {
            throw new StartRefusedException("SQLite was not found. Install the system's package (libsqlite3-0 on Debian, sqlite-libs on Alpine and Fedora).", e);
        }

        var version = raw.sqlite3_libversion().utf8_to_string();
        return raw.sqlite3_libversion_number() >= OldestVersion
            ? version
            : throw new StartRefusedException($"The system's SQLite is {version}; Sluice needs 3.35 or newer.");
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? searchPath)
        // Zero lets the default search find the packaged library under runtimes/.
        => NativeLibrary.TryLoad(SystemName(), out var handle) ? handle : 0;

    private static string SystemName()
        => OperatingSystem.IsWindows() ? "winsqlite3.dll"
        : OperatingSystem.IsMacOS() ? "/usr/lib/libsqlite3.dylib"
        : "libsqlite3.so.0";
}
