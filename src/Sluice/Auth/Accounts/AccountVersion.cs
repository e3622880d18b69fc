using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Auth.Accounts;

/// <summary>The count of changes of users and sessions, by which each process finds what it has not seen.</summary>
internal static class AccountVersion
{
    /// <summary>The number of the change that this transaction makes.</summary>
    public static long Next(SqliteConnection connection)
    {
        connection.Execute("UPDATE account_version SET version = version + 1 WHERE id = 1");
        return connection.Scalar<long>("SELECT version FROM account_version WHERE id = 1");
    }
}
