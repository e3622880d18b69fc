using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.Limits.Budgets;

/// <summary>
/// Goes to the database for the accounts: compares what they hold, grants, renews, gives back, and notices thresholds. Many
/// accounts share one transaction, and many calls one visit of their account, so that a crowd costs one commit.
/// </summary>
internal sealed partial class BudgetTeller : IAsyncDisposable
{
    /// <summary>Few enough that a transaction holds the writer only for milliseconds.</summary>
    private const int VisitsPerTransaction = 256;

    private static readonly TimeSpan ForgetInterval = TimeSpan.FromHours(1);

    private readonly SqliteDatabase _database;
    private readonly BudgetOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<BudgetTeller> _logger;
    private readonly ConcurrentQueue<BudgetAccount> _asked = new();
    private readonly List<BudgetVisit> _visits = new(VisitsPerTransaction);
    private readonly Lock _activeLock = new();
    private readonly HashSet<BudgetAccount> _active = [];
    private readonly ITimer _rounds;
    private DateTimeOffset _forgotten = DateTimeOffset.MinValue;
    private Task _work = Task.CompletedTask;
    private int _working;
    private bool _closed;

    public BudgetTeller(SqliteDatabase database, BudgetOptions options, TimeProvider time, ILogger<BudgetTeller> logger)
    {
        _database = database;
        _options = options;
        _time = time;
        _logger = logger;
        _rounds = time.CreateTimer(_ => StartRound(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised once per threshold and period, on the database's writer thread; handlers are quick and do not throw.</summary>
    public event Action<BudgetAlert>? Alerted;

    /// <summary>Visits the database for an account soon; one visit serves all who ask before it begins.</summary>
    public void Ask(BudgetAccount account)
    {
        if (!account.MarkAsked())
        {
            return;
        }

        _asked.Enqueue(account);
        Work();
    }

    /// <summary>Drops what a former process of this node held. To be called when the ledger has booked all of its calls, and before the first call.</summary>
    public Task DropHoldsAsync()
        => _database.WriteAsync(connection => BudgetStore.DropHolds(connection, _options.Node));

    /// <summary>Looks at every account in use, as the timer does; completes when that is done.</summary>
    public async Task RoundAsync()
    {
        AskAll(_time.GetTimestamp() - Stamps(BudgetOptions.Renewal));
        await IdleAsync();
    }

    /// <summary>Gives back everything that is not reserved: the process is about to end.</summary>
    public async Task ReturnAsync()
    {
        foreach (var account in Active())
        {
            account.Surrender();
        }

        AskAll(long.MaxValue);
        await IdleAsync();
    }

    /// <summary>Gives back what is held and stops; after the last call has ended and before the database closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        await ReturnAsync();
        lock (_activeLock)
        {
            _closed = true;
        }

        await _rounds.DisposeAsync();
    }

    /// <summary>Completes when nothing is asked any more.</summary>
    internal async Task IdleAsync()
    {
        while (!_asked.IsEmpty || Volatile.Read(ref _working) == 1)
        {
            await Volatile.Read(ref _work);
            await Task.Yield();
        }
    }

    private long Stamps(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private void StartRound()
    {
        AskAll(_time.GetTimestamp() - Stamps(BudgetOptions.Renewal));
        lock (_activeLock)
        {
            Arm();
        }
    }

    private void AskAll(long renewBefore)
    {
        foreach (var account in Active())
        {
            if (account.IsDue(renewBefore))
            {
                Ask(account);
            }
        }
    }

    private BudgetAccount[] Active()
    {
        lock (_activeLock)
        {
            return [.. _active];
        }
    }

    /// <summary>Under the lock. An idle service does not wake up.</summary>
    private void Arm()
    {
        if (_active.Count > 0 && !_closed)
        {
            _rounds.Change(BudgetOptions.Round, Timeout.InfiniteTimeSpan);
        }
    }

    private void Work()
    {
        if (Interlocked.Exchange(ref _working, 1) == 0)
        {
            Volatile.Write(ref _work, WorkAsync());
        }
    }

    private async Task WorkAsync()
    {
        do
        {
            while (!_asked.IsEmpty)
            {
                try
                {
                    await _database.WriteAsync(VisitBatch, CompleteBatch);
                }
#pragma warning disable CA1031 // Whatever goes wrong: calls wait for an answer, and "nobody knows" is one.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Log.VisitFailed(_logger, e);
                    FailBatch();
                }
            }

            // A full fence: whoever asks now either sees that nobody works, or is seen by the check below.
            Interlocked.Exchange(ref _working, 0);
        }
        while (!_asked.IsEmpty && Interlocked.Exchange(ref _working, 1) == 0);
    }

    /// <summary>On the writer's thread, in a transaction.</summary>
    private bool VisitBatch(SqliteConnection connection)
    {
        var now = _time.GetUtcNow();
        BudgetStore.DropExpired(connection, _options.Node, now);
        if (now - _forgotten > ForgetInterval)
        {
            _forgotten = now;
            BudgetStore.Forget(connection, now);
        }

        // All are taken before the first is visited: one that asks again meanwhile belongs to the next transaction.
        var accounts = new List<BudgetAccount>();
        while (accounts.Count < VisitsPerTransaction && _asked.TryDequeue(out var asked))
        {
            accounts.Add(asked);
        }

        foreach (var account in accounts)
        {
            var stamp = _time.GetTimestamp();
            var visit = account.Prepare(now, stamp, stamp - Stamps(BudgetOptions.Idle));
            _visits.Add(visit);
            Make(connection, visit, now);
        }

        return true;
    }

    private void Make(SqliteConnection connection, BudgetVisit visit, DateTimeOffset now)
    {
        foreach (var chunk in visit.Old)
        {
            Compare(connection, visit, chunk, chunk.Id, now);
        }

        if (visit.Current is { } current)
        {
            visit.CurrentId = current.Id == 0 ? BudgetStore.Open(connection, visit.Policy, current) : current.Id;
            BudgetStore.NoteLimit(connection, visit.CurrentId, visit.Policy.LimitNano);
            Compare(connection, visit, current, visit.CurrentId, now);
        }
    }

    /// <summary>Makes the database's row what the chunk says, and lets the current chunk grow by what is wanted of it.</summary>
    private void Compare(SqliteConnection connection, BudgetVisit visit, BudgetChunk chunk, long id, DateTimeOffset now)
    {
        var hold = BudgetStore.ReadHold(connection, _options.Node, id);
        var amount = hold?.Amount ?? 0;
        var target = visit.Account.Reconcile(chunk, amount, hold?.Charged, out var isDone);
        if (BudgetStore.ReadPeriod(connection, id) is not { } period)
        {
            // Forgotten long after its end: there is nothing left to keep in step.
            visit.Done.Add(chunk);
            return;
        }

        if (target != amount)
        {
            BudgetStore.Adjust(connection, id, target - amount);
        }

        if (chunk == visit.Current)
        {
            target += Grant(connection, visit, id, period with { Held = NanoUsd.Add(period.Held, target - amount) });
        }

        if (isDone)
        {
            visit.Done.Add(chunk);
            BudgetStore.DeleteHold(connection, _options.Node, id);
        }
        else
        {
            BudgetStore.WriteHold(connection, _options.Node, id, target, now + BudgetOptions.Lease);
        }

        NoteAlerts(connection, visit, chunk, id, period.Spent, now);
    }

    private static long Grant(SqliteConnection connection, BudgetVisit visit, long id, BudgetPeriodRow period)
    {
        if (visit.Policy.IsShadow)
        {
            return 0;
        }

        var limit = visit.Policy.LimitNano;
        var remaining = Math.Max(0, NanoUsd.Subtract(NanoUsd.Subtract(limit, period.Spent), period.Held));
        var free = visit.Account.FreeOf(visit.Current!);
        var need = Math.Max(0, Fitting(visit.Waiting, NanoUsd.Add(free, remaining)) - free);
        var grant = Math.Min(remaining, Math.Max(need, (remaining / BudgetAccount.Share) - free));
        if (grant > 0 && !BudgetStore.TryGrant(connection, id, grant, limit))
        {
            grant = 0;
        }

        visit.Granted = Math.Max(0, grant);
        visit.Remaining = remaining - visit.Granted;
        return visit.Granted;
    }

    /// <summary>The sum of the amounts that fit, first come first: the same choice as the account makes when it answers.</summary>
    private static long Fitting(IReadOnlyList<long> waiting, long available)
    {
        var sum = 0L;
        foreach (var nano in waiting)
        {
            sum += nano <= available - sum ? nano : 0;
        }

        return sum;
    }

    private static void NoteAlerts(SqliteConnection connection, BudgetVisit visit, BudgetChunk chunk, long id, long spent, DateTimeOffset now)
    {
        var policy = visit.Policy;
        foreach (var threshold in policy.Alerts)
        {
            // A budget of nothing is used up from the start, which is no news.
            if (policy.LimitNano == 0 || (Int128)spent * 1_000_000 < (Int128)policy.LimitNano * threshold)
            {
                return;
            }

            var alert = new BudgetAlert(
                policy, visit.Account.Subject, threshold, spent, chunk.Span.End == DateTimeOffset.MaxValue ? null : chunk.Span.End);
            if (BudgetStore.NoteAlert(connection, id, alert, now))
            {
                visit.Alerts.Add(alert);
            }
        }
    }

    /// <summary>On the writer's thread, after the commit and before any other transaction.</summary>
    private void CompleteBatch()
    {
        foreach (var visit in _visits)
        {
            var isActive = visit.Account.Complete(visit, visit.Stamp + Stamps(BudgetOptions.Usable));
            lock (_activeLock)
            {
                if (!isActive)
                {
                    _active.Remove(visit.Account);
                }
                else if (_active.Add(visit.Account) && _active.Count == 1)
                {
                    Arm();
                }
            }

            visit.Alerts.ForEach(Tell);
        }

        _visits.Clear();
    }

    private void FailBatch()
    {
        foreach (var visit in _visits)
        {
            visit.Account.Fail(visit);
        }

        _visits.Clear();
        if (_asked.TryDequeue(out var first))
        {
            // The writer takes no more jobs: whoever else waits must hear of it too.
            var visit = first.Prepare(_time.GetUtcNow(), _time.GetTimestamp(), long.MinValue);
            first.Fail(visit);
        }
    }

    private void Tell(BudgetAlert alert)
    {
        Log.ThresholdReached(_logger, alert.Policy.Name, alert.Subject, alert.Part, alert.Policy.IsShadow);
        Alerted?.Invoke(alert);
    }

    private static partial class Log
    {
        [LoggerMessage(3301, LogLevel.Warning, "Budget {Budget} of {Subject} has used {Part} of its limit (shadow: {IsShadow})")]
        public static partial void ThresholdReached(ILogger logger, string budget, string subject, decimal part, bool isShadow);

        [LoggerMessage(3302, LogLevel.Error, "Budgets could not be compared with the database; calls that waited for it are refused")]
        public static partial void VisitFailed(ILogger logger, Exception exception);
    }
}
