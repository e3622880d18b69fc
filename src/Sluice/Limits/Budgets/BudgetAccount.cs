namespace Sluice.Limits.Budgets;

/// <summary>What the one who waits for the database is told.</summary>
/// <param name="Decision">Whether the amount is reserved.</param>
/// <param name="Reservation">What was reserved; of no meaning when nothing was.</param>
internal readonly record struct BudgetAnswer(BudgetDecision Decision, BudgetReservation Reservation);

/// <summary>
/// A budget of one subject in this process: reserves from what the database has granted, under a lock of its own that is
/// held for a few instructions. There is one account per policy and subject for as long as the process lives, because two
/// would not know of each other's reservations.
/// </summary>
internal sealed class BudgetAccount(string subject, BudgetPolicy policy, long version)
{
    /// <summary>A chunk is one part in so many of what remains: large enough for many calls, small enough that other processes go on.</summary>
    public const int Share = 20;

    /// <summary>A budget that refuses nothing takes any amount; beyond a million dollars a call is a mistake of somebody's.</summary>
    private const long MostPerShadowCall = 1_000_000_000_000_000;

    private readonly Lock _lock = new();
    private readonly List<BudgetChunk> _old = [];
    private readonly Queue<Waiter> _waiters = new();
    private BudgetPolicy _policy = policy;
    private long _version = version;
    private BudgetChunk? _current;
    private bool _isAsked;
    private bool _isTouched;
    private long _visitedAt = long.MinValue;

    public BudgetPolicy Policy => Volatile.Read(ref _policy);

    /// <summary>Whose it is: a key's id, a name, or <see cref="BudgetPolicy.SharedSubject"/>.</summary>
    public string Subject => subject;

    /// <summary>Brings a changed policy into force at once; true when the database must hear of it.</summary>
    /// <param name="policy">The policy as it is now.</param>
    /// <param name="version">Rises with every change; an older one changes nothing.</param>
    internal bool Update(BudgetPolicy policy, long version)
    {
        lock (_lock)
        {
            if (version < _version)
            {
                return false;
            }

            var isNews = !policy.GrantsLike(_policy);
            if (isNews && _current is { } chunk)
            {
                // What was granted under another limit goes back, and is asked for again under the new one.
                chunk.Free = 0;
                if (policy.Per != _policy.Per || policy.Zone.Id != _policy.Zone.Id)
                {
                    Retire(chunk);
                }
            }

            _version = version;
            Volatile.Write(ref _policy, policy);
            return isNews;
        }
    }

    /// <summary>Reserves without the database; false when only the database can tell.</summary>
    /// <param name="nano">The amount, zero or more.</param>
    /// <param name="now">The time, for the period.</param>
    /// <param name="stamp">The monotonic time, for the lease.</param>
    /// <param name="reservation">What was reserved.</param>
    /// <param name="isLow">True when it is time to ask for more, before a call has to wait for it.</param>
    internal bool TryReserve(long nano, DateTimeOffset now, long stamp, out BudgetReservation reservation, out bool isLow)
    {
        lock (_lock)
        {
            reservation = default;
            isLow = false;
            if (_current is not { Id: not 0 } chunk || now >= chunk.Span.End)
            {
                return false;
            }

            if (_policy.IsShadow)
            {
                reservation = Take(chunk, nano, stamp, isShadow: true);
                return true;
            }

            // Nobody overtakes those who wait: what they were promised would be gone.
            if (chunk.Free < nano || stamp >= chunk.UsableUntil || _waiters.Count > 0)
            {
                return false;
            }

            reservation = Take(chunk, nano, stamp, isShadow: false);

            // Near the limit a share would not carry another call: then each call asks for exactly what it needs.
            var share = chunk.Remaining / Share;
            isLow = chunk.Free < share / 2 && share >= nano;
            return true;
        }
    }

    /// <summary>Waits for the database to grant an amount; the caller then asks for a visit.</summary>
    internal Task<BudgetAnswer> WaitAsync(long nano) => EnqueueAsync(new Waiter(nano, IsProbe: false));

    /// <summary>Waits for the database to tell what is left, without reserving.</summary>
    internal Task<BudgetAnswer> ProbeAsync() => EnqueueAsync(new Waiter(0, IsProbe: true));

    /// <summary>Puts the truth in place of a reservation; true when it was more, so that the database must hear of it soon.</summary>
    internal bool Settle(in BudgetReservation reservation, long costNano, long stamp)
    {
        lock (_lock)
        {
            var chunk = reservation.Chunk;
            chunk.Reserved -= reservation.Nano;
            chunk.Calls--;
            chunk.Settled = NanoUsd.Add(chunk.Settled, costNano);
            chunk.TouchedAt = stamp;
            _isTouched = true;
            if (costNano > reservation.Nano)
            {
                chunk.Free -= Math.Min(chunk.Free, costNano - reservation.Nano);
                return true;
            }

            if (!_policy.IsShadow)
            {
                chunk.Free += reservation.Nano - costNano;
            }

            return false;
        }
    }

    /// <summary>True for the first that asks since the last visit.</summary>
    internal bool MarkAsked()
    {
        lock (_lock)
        {
            return !_isAsked && (_isAsked = true);
        }
    }

    /// <summary>True when something has changed since the last visit, or its lease must be renewed.</summary>
    internal bool IsDue(long renewBefore)
    {
        lock (_lock)
        {
            return _isTouched || _visitedAt < renewBefore;
        }
    }

    /// <summary>Prepares a visit of the database: moves on to the period of now, and gives back what is not needed.</summary>
    /// <param name="now">The time.</param>
    /// <param name="stamp">The monotonic time.</param>
    /// <param name="idleBefore">A chunk that was not used since goes back.</param>
    internal BudgetVisit Prepare(DateTimeOffset now, long stamp, long idleBefore)
    {
        lock (_lock)
        {
            _isAsked = false;
            _isTouched = false;
            _visitedAt = stamp;
            var isIdle = _waiters.Count == 0;

            // Only forwards: a clock that is set back does not begin a former period again.
            if (_current is { } current && (now >= current.Span.End || (isIdle && current.TouchedAt < idleBefore)))
            {
                Retire(current);
            }

            if (!isIdle)
            {
                _current ??= OpenChunk(now, stamp);
            }

            foreach (var chunk in _old)
            {
                chunk.Free = 0;
            }

            if (isIdle && _current is { } kept)
            {
                kept.Free = Math.Min(kept.Free, NanoUsd.Add(kept.Remaining, kept.Free) / Share);
            }

            return new BudgetVisit(this, _policy, stamp)
            {
                Current = _current,
                Old = [.. _old],
                Waiting = [.. _waiters.Select(waiter => waiter.Nano)],
            };
        }
    }

    /// <summary>Compares a chunk with the database's row, and says what the row must hold.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="amount">What the row holds.</param>
    /// <param name="charged">What the ledger has booked on the row; null where there is no row.</param>
    /// <param name="isDone">True when the chunk is over and the row can go.</param>
    internal long Reconcile(BudgetChunk chunk, long amount, long? charged, out bool isDone)
    {
        lock (_lock)
        {
            var booked = charged ?? chunk.Settled;

            // Less than we think: the lease has lapsed and others have it, or a call cost more than it reserved. What is not
            // in use yet makes up for it; what is in use is held in any case, since it will be spent.
            var missing = Math.Max(0, chunk.Target(booked) - amount);
            chunk.Free -= Math.Min(chunk.Free, missing);
            isDone = chunk != _current && chunk.IsDone(booked);
            return chunk.Target(booked);
        }
    }

    /// <summary>How much is granted and not reserved in a chunk.</summary>
    internal long FreeOf(BudgetChunk chunk)
    {
        lock (_lock)
        {
            return chunk.Free;
        }
    }

    /// <summary>Brings what a committed visit has found into force and answers those who waited for it; true while there is anything left to visit.</summary>
    /// <param name="visit">The visit.</param>
    /// <param name="usableUntil">Until when the lease holds.</param>
    internal bool Complete(BudgetVisit visit, long usableUntil)
    {
        var answers = new List<(Waiter Waiter, BudgetAnswer Answer)>(visit.Waiting.Count);
        bool isActive;
        lock (_lock)
        {
            _old.RemoveAll(visit.Done.Contains);
            if (visit.Current is { } chunk)
            {
                chunk.Id = visit.CurrentId;
                chunk.Free += visit.Granted;
                chunk.Remaining = visit.Remaining;
                chunk.UsableUntil = usableUntil;
                for (var i = 0; i < visit.Waiting.Count; i++)
                {
                    var waiter = _waiters.Dequeue();
                    answers.Add((waiter, Serve(chunk, waiter, visit)));
                }

                if (!visit.Policy.GrantsLike(_policy))
                {
                    // The policy has changed while the database was asked: the rest goes back with the next visit.
                    chunk.Free = 0;
                }
            }

            isActive = _current is not null || _old.Count > 0;
        }

        foreach (var (waiter, answer) in answers)
        {
            waiter.Completion.SetResult(answer);
        }

        return isActive;
    }

    /// <summary>Answers those who waited for a visit that failed.</summary>
    internal void Fail(BudgetVisit visit)
    {
        var waiters = new List<Waiter>();
        lock (_lock)
        {
            for (var i = 0; i < visit.Waiting.Count; i++)
            {
                waiters.Add(_waiters.Dequeue());
            }

            // What never came into the database is opened again by the next call.
            _current = _current is { Id: 0 } ? null : _current;
            _old.RemoveAll(chunk => chunk.Id == 0);
            _isTouched = true;
        }

        foreach (var waiter in waiters)
        {
            waiter.Completion.SetResult(new BudgetAnswer(new BudgetDecision { RefusedBy = this, IsUnknown = true }, default));
        }
    }

    /// <summary>Gives back everything that is not reserved; the caller then asks for a visit.</summary>
    internal void Surrender()
    {
        lock (_lock)
        {
            if (_current is { } chunk)
            {
                Retire(chunk);
            }
        }
    }

    private Task<BudgetAnswer> EnqueueAsync(Waiter waiter)
    {
        lock (_lock)
        {
            _waiters.Enqueue(waiter);
        }

        return waiter.Completion.Task;
    }

    private BudgetAnswer Serve(BudgetChunk chunk, Waiter waiter, BudgetVisit visit)
    {
        var left = visit.Policy.IsShadow ? long.MaxValue : NanoUsd.Add(chunk.Free, chunk.Remaining);
        if (waiter.IsProbe)
        {
            return new BudgetAnswer(new BudgetDecision { Allowed = true, AffordableNano = left }, default);
        }

        if (visit.Policy.IsShadow || waiter.Nano <= chunk.Free)
        {
            return new BudgetAnswer(BudgetDecision.Granted, Take(chunk, waiter.Nano, visit.Stamp, visit.Policy.IsShadow));
        }

        return new BudgetAnswer(
            new BudgetDecision
            {
                RefusedBy = this,
                AffordableNano = left,
                ResetsAt = chunk.Span.End == DateTimeOffset.MaxValue ? null : chunk.Span.End,
            },
            default);
    }

    private BudgetReservation Take(BudgetChunk chunk, long nano, long stamp, bool isShadow)
    {
        if (isShadow)
        {
            nano = Math.Min(nano, MostPerShadowCall);
        }
        else
        {
            chunk.Free -= nano;
        }

        chunk.Reserved += nano;
        chunk.Calls++;
        chunk.TouchedAt = stamp;
        _isTouched = true;
        return new BudgetReservation(chunk, nano);
    }

    private void Retire(BudgetChunk chunk)
    {
        chunk.Free = 0;
        _current = null;
        _old.Add(chunk);
    }

    /// <summary>The chunk of the period of now: a former one of the same period, or a new one.</summary>
    private BudgetChunk OpenChunk(DateTimeOffset now, long stamp)
    {
        var span = BudgetCalendar.Containing(_policy.Per, _policy.Zone, now);
        var known = _old.Find(chunk => chunk.Is(_policy.Per, span));
        if (known is not null)
        {
            // Two chunks of one period would both account for the one row of the database.
            _old.Remove(known);
        }

        var opened = known ?? new BudgetChunk(this, _policy.Per, span);
        opened.TouchedAt = stamp;
        return opened;
    }

    private sealed record Waiter(long Nano, bool IsProbe)
    {
        // The waiter's continuation must not run on the database's writer thread.
        public TaskCompletionSource<BudgetAnswer> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
