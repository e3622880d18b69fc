using Sluice.Pricing.Import;
using Sluice.Storage;

namespace Sluice.Pricing;

/// <summary>Follows the database's prices, which the command line writes, and the calendar.</summary>
internal sealed class PriceFeed : IPriceFeed, IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly PriceStore _store;
    private readonly TimeProvider _time;
    private readonly ITimer _midnight;
    private volatile ImportedPrices _imported;
    private long _version;

    public PriceFeed(SqliteDatabase database, PriceStore store, TimeProvider time)
    {
        (_database, _store, _time) = (database, store, time);
        _version = store.ReadVersion();
        _imported = _version == 0 ? ImportedPrices.None : new ImportedPrices(store.Load());
        _midnight = time.CreateTimer(_ => OnMidnight(), null, UntilMidnight(), Timeout.InfiniteTimeSpan);
        database.ForeignChange += ReadIfChanged;
    }

    public event Action? Changed;

    public ImportedPrices Imported => _imported;

    public void Dispose()
    {
        _database.ForeignChange -= ReadIfChanged;
        _midnight.Dispose();
    }

    /// <summary>Another process has written; most often keys or usage, which are none of ours.</summary>
    private void ReadIfChanged()
    {
        var version = _store.ReadVersion();
        if (version == _version)
        {
            return;
        }

        _imported = new ImportedPrices(_store.Load());
        _version = version;
        Changed?.Invoke();
    }

    private void OnMidnight()
    {
        Changed?.Invoke();
        _midnight.Change(UntilMidnight(), Timeout.InfiniteTimeSpan);
    }

    /// <summary>A second late rather than early: a clock may be set back by a little between the timer and the look at the day.</summary>
    private TimeSpan UntilMidnight()
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return now.Date.AddDays(1).AddSeconds(1) - now;
    }
}
