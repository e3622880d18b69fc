using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>Finds the record of a call by its request's id.</summary>
internal static class RecordLookup
{
    /// <summary>
    /// The index is in blocks of 8192 ids, asked from the newest to the oldest. The plus keeps SQLite from putting the id in
    /// question into the indexed expression, which would hide it from the index.
    /// </summary>
    public const string Sql =
        "WITH RECURSIVE blocks (block) AS (SELECT MAX(id) >> 13 FROM usage_records UNION ALL "
        + "SELECT block - 1 FROM blocks WHERE block > (SELECT MIN(id) >> 13 FROM usage_records)) "
        + "SELECT r.id FROM blocks CROSS JOIN usage_records r ON (r.id >> 13) = blocks.block AND substr(r.request_id, -6) = substr($0, -6) "
        + "WHERE +r.request_id = $0 AND NOT EXISTS (SELECT 1 FROM usage_corrections c WHERE c.id = r.id) LIMIT 1";

    /// <summary>The id of the call's own record, not of one that corrects it; null when there is none.</summary>
    public static long? Find(SqliteConnection connection, string requestId)
        => connection.Scalar<long>(Sql, requestId) is > 0 and var id ? id : null;
}
