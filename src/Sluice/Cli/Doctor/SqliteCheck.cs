using System.Runtime.InteropServices;

namespace Sluice.Cli.Doctor;

/// <summary>Whether a native SQLite is there, and which.</summary>
internal static class SqliteCheck
{
    private const string Name = "sqlite";

    // RETURNING, which the stores use, came with 3.35.
    private const int OldestNumber = 3_035_000;

    // The system's first, then the packaged one: the order in which the service resolves it.
    private static readonly string[] Libraries = ["libsqlite3.so.0", "libsqlite3.so", "libsqlite3.dylib", "winsqlite3.dll", "e_sqlite3", "libe_sqlite3"];

    public static unsafe CheckResult Run()
    {
        foreach (var library in Libraries)
        {
            if (!NativeLibrary.TryLoad(library, typeof(SqliteCheck).Assembly, null, out var handle))
            {
                continue;
            }

            try
            {
                var version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged[Cdecl]<byte*>)NativeLibrary.GetExport(handle, "sqlite3_libversion"))());
                var number = ((delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(handle, "sqlite3_libversion_number"))();
                return number < OldestNumber
                    ? CheckResult.Failed(Name, $"{library} {version} is too old", "Install SQLite 3.35 or newer")
                    : CheckResult.Ok(Name, $"{library} {version}");
            }
            finally
            {
                NativeLibrary.Free(handle);
            }
        }

        return CheckResult.Failed(Name, "no native library was found", "Install it, such as: apt-get install libsqlite3-0");
    }
}
