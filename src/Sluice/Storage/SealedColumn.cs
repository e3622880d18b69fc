using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Sluice.Storage;

/// <summary>
/// A column whose values are sealed by the master key. All are listed here, beside the key and not beside their tables, because
/// a change of the key must not forget one; a test compares the list with what the code seals.
/// </summary>
/// <param name="Table">The table; a part of what its values are sealed under.</param>
/// <param name="Column">The column.</param>
/// <param name="Version">The expression of the row's version, which the seal contains too.</param>
/// <param name="Id">The expression of the row's key, as a text a part of the seal too.</param>
internal sealed record SealedColumn(string Table, string Column, string Version, string Id = "id")
{
    public static IReadOnlyList<SealedColumn> All { get; } =
    [
        new("credentials", "secret", "version"),
        new("idempotency_keys", "answer", "1"),
        new("signing_keys", "private_key", "1"),
        new("google_signing_keys", "sealed", "1"),
        new("stored_responses", "content", "1", "key_id || '|' || id"),
    ];

    /// <summary>The sealed values: the row's key, the same as a text, its version and the value.</summary>
    public List<(object Key, string Id, long Version, byte[] Box)> Read(SqliteConnection connection)
        => connection.Rows(
            $"SELECT {Id}, {Version}, {Column} FROM {Table} WHERE {Column} IS NOT NULL",
            row => (row.GetValue(0), Convert.ToString(row.GetValue(0), CultureInfo.InvariantCulture)!, row.GetInt64(1), row.GetFieldValue<byte[]>(2)));

    public void Write(SqliteConnection connection, object key, byte[] box)
        => connection.Execute($"UPDATE {Table} SET {Column} = $1 WHERE {Id} = $0", key, box);
}
