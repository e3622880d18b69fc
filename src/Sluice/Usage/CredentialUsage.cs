using Dapper;
using Sluice.Storage;

namespace Sluice.Usage;

/// <summary>What was done with a credential since the first record.</summary>
internal sealed record CredentialUsage
{
    /// <summary>The provider's name.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The credential's name.</summary>
    public string Credential { get; init; } = "";

    /// <summary>All calls that ended with it.</summary>
    public long Calls { get; init; }

    /// <summary>Those that cost nothing because they failed.</summary>
    public long Failed { get; init; }

    /// <summary>Those whose price was not known.</summary>
    public long Unpriced { get; init; }

    /// <summary>Input, cached or not.</summary>
    public long InputTokens { get; init; }

    /// <summary>Output with its reasoning.</summary>
    public long OutputTokens { get; init; }

    /// <summary>In billionths of a US dollar; what is unpriced is not in it.</summary>
    public long CostNanoUsd { get; init; }
}

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
