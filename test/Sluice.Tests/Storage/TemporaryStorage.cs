using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Tests.Storage;

/// <summary>A real SQLite database in a folder of its own, removed afterwards.</summary>
internal sealed class TemporaryStorage : IDisposable
{
    private readonly List<IDisposable> _opened = [];

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "sluice-test-" + Guid.NewGuid().ToString("N"));

    public SqliteDatabase Open()
    {
        var database = SqliteDatabase.Open(new StorageOptions(Folder), TimeProvider.System);
        _opened.Add(database);
        return database;
    }

    public MasterKey MasterKey(SqliteDatabase database, string text = "")
        => Sluice.Storage.MasterKey.Open(new StorageOptions(Folder) { MasterKey = new Secret(text) }, database);

    public ApiKeyStore Keys(SqliteDatabase database, TimeProvider? time = null)
        => new(database, MasterKey(database), time ?? TimeProvider.System);

    public void Dispose()
    {
        foreach (var opened in _opened)
        {
            opened.Dispose();
        }

        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
