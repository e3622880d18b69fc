using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sluice.Storage;

/// <summary>
/// A prepared statement without ADO.NET around it, for the one write that happens with every call. Values stay bound from
/// row to row, so that what does not change is not bound again.
/// </summary>
internal sealed class NativeStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly long?[] _bound;

    /// <param name="connection">Stays open longer than the statement.</param>
    /// <param name="sql">One statement with <c>?</c> parameters.</param>
    /// <param name="parameters">How many parameters it has.</param>
    public NativeStatement(SqliteConnection connection, string sql, int parameters)
    {
        _database = connection.Handle!;
        _bound = new long?[parameters + 1];
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Binds an integer; a parameter that was bound as text is not bound as an integer again.</summary>
    public void Bind(int parameter, long value)
    {
        ref var bound = ref _bound[parameter];
        if (bound != value)
        {
            bound = value;
            Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        }
    }

    public void Bind(int parameter, long? value)
    {
        if (value is { } number)
        {
            Bind(parameter, number);
            return;
        }

        _bound[parameter] = null;
        Check(raw.sqlite3_bind_null(_statement, parameter));
    }

    /// <summary>Binds a text of at most 256 characters, or null.</summary>
    public void Bind(int parameter, string? text)
    {
        if (text is null)
        {
            Check(raw.sqlite3_bind_null(_statement, parameter));
            return;
        }

        Span<byte> utf8 = stackalloc byte[768];
        var length = Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, 256)), utf8);
        Check(raw.sqlite3_bind_text(_statement, parameter, utf8[..length]));
    }

    /// <summary>Binds bytes.</summary>
    public void Bind(int parameter, ReadOnlySpan<byte> bytes) => Check(raw.sqlite3_bind_blob(_statement, parameter, bytes));

    /// <summary>Runs the statement once and makes it ready for the next row; true when it changed one.</summary>
    public bool Execute()
    {
        var result = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement);
        if (result != raw.SQLITE_DONE)
        {
            Check(result);
        }

        return raw.sqlite3_changes(_database) > 0;
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
