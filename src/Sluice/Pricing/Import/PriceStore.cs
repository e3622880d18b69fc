using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Pricing.Import;

/// <summary>The table of imported prices.</summary>
internal sealed class PriceStore(SqliteDatabase database, TimeProvider time)
{
    private const string DayFormat = "yyyy-MM-dd";
    private const string VersionSetting = "prices_version";

    /// <summary>Rises with every import: cheap to ask when some other process has written something.</summary>
    public long ReadVersion()
    {
        using var read = database.Read();
        return read.Connection.Scalar<long>("SELECT value FROM settings WHERE name = $0", VersionSetting);
    }

    /// <summary>Every price, in the order of import.</summary>
    public List<ImportedPrice> Load()
    {
        using var read = database.Read();
        return read.Connection.Rows(
            "SELECT source, name, provider, model, effective_from, price, context_tokens, max_output_tokens FROM prices ORDER BY imported_at, id", ReadPrice);
    }

    /// <summary>
    /// Adds prices in one transaction; the same source's price of the same model and day is replaced. Prices of other days
    /// stay, so that the ids on records can be looked up.
    /// </summary>
    public Task SaveAsync(IReadOnlyList<ImportedPrice> prices)
        => database.WriteAsync(connection =>
        {
            var now = time.GetUtcNow().UnixMicros();
            foreach (var price in prices)
            {
                Insert(connection, price, now);
            }

            connection.Execute(
                "INSERT INTO settings (name, value) VALUES ($0, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", VersionSetting);
        });

    private static void Insert(SqliteConnection connection, ImportedPrice price, long now)
        => connection.Execute(
            "INSERT INTO prices (source, name, provider, model, effective_from, imported_at, price, context_tokens, max_output_tokens) "
            + "VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (source, provider, model, effective_from) DO UPDATE SET "
            + "name = excluded.name, imported_at = excluded.imported_at, price = excluded.price, "
            + "context_tokens = excluded.context_tokens, max_output_tokens = excluded.max_output_tokens",
            price.Source, price.Name, price.Provider, price.Model, price.EffectiveFrom.ToString(DayFormat, CultureInfo.InvariantCulture), now,
            price.PriceJson, price.ContextTokens, price.MaxOutputTokens);

    private static ImportedPrice ReadPrice(SqliteDataReader row)
        => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), DateOnly.ParseExact(row.GetString(4), DayFormat, CultureInfo.InvariantCulture))
        {
            PriceJson = row.GetString(5),
            ContextTokens = row.Integer(6),
            MaxOutputTokens = row.Integer(7),
        };
}
