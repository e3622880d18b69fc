using Microsoft.Data.Sqlite;

namespace Sluice.Storage;

/// <summary>A borrowed reading connection of a <see cref="SqliteDatabase"/>.</summary>
internal readonly struct ReadLease(SqliteDatabase database, SqliteConnection connection) : IDisposable
{
    public SqliteConnection Connection => connection;

    public void Dispose() => database.Return(connection);
}
