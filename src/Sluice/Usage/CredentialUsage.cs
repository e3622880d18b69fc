using Dapper;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>What was done with a credential since the first record.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Credential">The credential's name.</param>
/// <param name="Calls">All calls that ended with it.</param>
/// <param name="Failed">Those that cost nothing because they failed.</param>
/// <param name="Unpriced">Those whose price was not known.</param>
/// <param name="InputTokens">Input, cached or not.</param>
/// <param name="OutputTokens">Output with its reasoning.</param>
/// <param name="CostNanoUsd">In billionths of a US dollar; what is unpriced is not in it.</param>
internal sealed record CredentialUsage(
    string Provider, string Credential, long Calls, long Failed, long Unpriced, long InputTokens, long OutputTokens, long CostNanoUsd);

/// <summary>Sums the account by credential, from the roll-ups of days.</summary>
internal sealed class CredentialUsageReader(SqliteDatabase database)
{
    private const string Sums =
        "SELECT s.provider AS Provider, s.credential AS Credential, SUM(u.calls) AS Calls, SUM(u.failed) AS Failed, SUM(u.unpriced) AS Unpriced, "
        + "SUM(u.input + u.cache_read + u.cache_write_5m + u.cache_write_1h) AS InputTokens, SUM(u.output) AS OutputTokens, SUM(u.cost) AS CostNanoUsd "
        + "FROM usage_days u JOIN usage_series s ON s.id = u.series GROUP BY s.provider, s.credential";

    public IReadOnlyDictionary<(string Provider, string Credential), CredentialUsage> Read()
    {
        using var read = database.Read();
        return read.Connection.Query<CredentialUsage>(Sums).ToDictionary(usage => (usage.Provider, usage.Credential));
    }
}
