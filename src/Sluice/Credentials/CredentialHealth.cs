using System.Diagnostics;
using Sluice.Protocol;

namespace Sluice.Credentials;

/// <summary>What a credential's state is and until when.</summary>
/// <param name="State">Ready, or why not.</param>
/// <param name="Until">The time stamp at which it ends by itself; <see cref="long.MaxValue"/> when it does not, 0 when ready.</param>
/// <param name="Reason">Why, for an administrator; null when ready.</param>
/// <param name="ForRate">True when a rate or a quota is the cause, not a fault.</param>
internal readonly record struct CredentialStanding(CredentialState State, long Until, string? Reason, bool ForRate);

/// <summary>
/// How a credential fares: its state, its calls in flight, its errors. Outlives the configuration snapshot that names it,
/// so that a reload neither forgets a cooling time nor loses count of a call. Times are <see cref="Stopwatch"/> time stamps.
/// The way of a call reads one number and changes one; the lock is the credential's own and for changes of state alone.
/// </summary>
internal sealed class CredentialHealth
{
    private readonly Lock _lock = new();
    private (WeakReference<ReadyBoard> Board, int Index)[] _boards = [];
    private long _readyAt;
    private long _counts;
    private int _consecutiveErrors;
    private int _rejections;
    private int _relapses;
    private long _rowBeganAt;
    private CredentialState _held;
    private string? _heldReason;
    private long _heldUntil;
    private long _probeAt = long.MaxValue;
    private long _limitedUntil;
    private string? _limitedReason;
    private long _coolingUntil;
    private bool _coolingForRate;
    private string? _lastError;

    /// <summary>Called after each change that a restart should not forget.</summary>
    public Action? Changed { get; set; }

    /// <summary>The quota windows that the vendor has told of.</summary>
    public QuotaWindows Windows { get; } = new();

    public int InFlight => LeaseCounts.Total(Volatile.Read(ref _counts));

    public int ConsecutiveErrors => Volatile.Read(ref _consecutiveErrors);

    /// <summary>Kind, status and code of the last failure; never a vendor's text, which may name the account.</summary>
    public string? LastError => Volatile.Read(ref _lastError);

    public CredentialState StateAt(long now) => At(now).State;

    /// <summary>When a free call should find out whether the credential works again; <see cref="long.MaxValue"/> for never.</summary>
    public long ProbeAt
    {
        get
        {
            lock (_lock)
            {
                return _held is CredentialState.Ready ? long.MaxValue : _probeAt;
            }
        }
    }

    /// <summary>The state at a time stamp.</summary>
    public CredentialStanding At(long now)
    {
        if (Volatile.Read(ref _readyAt) <= now)
        {
            return default;
        }

        lock (_lock)
        {
            return _held != CredentialState.Ready && _heldUntil > now ? new(_held, _heldUntil, _heldReason, ForRate: false)
                : _limitedUntil > now ? new(CredentialState.Limited, _limitedUntil, _limitedReason, ForRate: true)
                : _coolingUntil > now ? new(CredentialState.Cooling, _coolingUntil, _lastError, _coolingForRate)
                : default;
        }
    }

    /// <summary>Writes the state to a pool's board, now and whenever it changes, for as long as the board lives.</summary>
    public void Show(ReadyBoard board, int index)
    {
        lock (_lock)
        {
            _boards = [.. _boards.Where(entry => entry.Board.TryGetTarget(out _)), (new WeakReference<ReadyBoard>(board), index)];
            board.SetReadyAt(index, _readyAt);
        }
    }

    /// <summary>Takes a place; false when the credential is not ready or has no place left for the kind.</summary>
    public bool TryTake(in LeaseCaps caps, CallKind kind, long now)
    {
        if (Volatile.Read(ref _readyAt) > now)
        {
            return false;
        }

        var ofKind = caps.For(kind);
        var seen = Volatile.Read(ref _counts);
        while (true)
        {
            var total = LeaseCounts.Total(seen);
            if ((caps.All > 0 && total >= caps.All) || (ofKind > 0 && LeaseCounts.Of(seen, kind) >= ofKind))
            {
                return false;
            }

            var was = Interlocked.CompareExchange(ref _counts, seen + LeaseCounts.One(kind), seen);
            if (was == seen)
            {
                if (caps.All > 0 && total + 1 == caps.All)
                {
                    ShowFull(caps.All);
                }

                return true;
            }

            seen = was;
        }
    }

    /// <summary>Gives a place back; called by <see cref="CredentialLease"/>, once.</summary>
    public void GiveBack(in LeaseCaps caps, CallKind kind)
    {
        var left = LeaseCounts.Total(Interlocked.Add(ref _counts, -LeaseCounts.One(kind)));
        if (caps.All > 0 && left + 1 >= caps.All)
        {
            ShowFull(full: false);
        }
    }

    public void NoteSuccess()
    {
        // A write to a line that every call reads costs more than the look.
        if (Volatile.Read(ref _consecutiveErrors) == 0)
        {
            return;
        }

        lock (_lock)
        {
            (_consecutiveErrors, _rejections, _relapses, _rowBeganAt) = (0, 0, 0, 0);
        }

        Changed?.Invoke();
    }

    /// <summary>Takes a failure that is the credential's or the upstream's fault to account.</summary>
    public void Fail(in Setback setback)
    {
        lock (_lock)
        {
            _lastError = setback.Error;
            _rowBeganAt = _consecutiveErrors++ == 0 ? setback.Now : _rowBeganAt;
            _rejections = setback.Kind == SetbackKind.Rejected ? _rejections + 1 : 0;
            switch (setback.Kind)
            {
                case SetbackKind.Spent when setback.Until > setback.Now:
                    LimitInLock(setback.Until, setback.Error);
                    break;
                case SetbackKind.Spent:
                    HoldInLock(CredentialState.Disabled, $"no credit or quota left ({setback.Error})", setback, setback.Rules.Trial, isTrial: true);
                    break;
                case SetbackKind.Limited:
                    LimitInLock(setback.Until, setback.Error);
                    break;
                case SetbackKind.Rejected when _rejections > 1:
                    HoldInLock(CredentialState.Expired, $"refused by the vendor twice in a row ({setback.Error})", setback, setback.Rules.Probe, !setback.Rules.CanProbe);
                    break;

                // Where others of the pool got through meanwhile, it is not the vendor that fails.
                case not SetbackKind.Rejected when setback.Rules.DisableAfter > 0 && _consecutiveErrors >= setback.Rules.DisableAfter
                    && setback.Rules.OthersSucceededAt > _rowBeganAt:
                    HoldInLock(
                        CredentialState.Disabled, $"{_consecutiveErrors} errors in a row while others of the pool worked ({setback.Error})", setback, setback.Rules.Probe, !setback.Rules.CanProbe);
                    break;
                default:
                    CoolInLock(setback.Until, setback.Kind == SetbackKind.Rate);
                    break;
            }

            PublishInLock();
        }

        Changed?.Invoke();
    }

    /// <summary>Rests until a window is whole again that the vendor has told to be used up.</summary>
    public void Limit(long until, string reason)
    {
        lock (_lock)
        {
            LimitInLock(until, reason);
            PublishInLock();
        }

        Changed?.Invoke();
    }

    /// <summary>A free call got through: what the credential was taken out for by itself is over, and one more failure brings it back.</summary>
    public void Recover()
    {
        lock (_lock)
        {
            if (_probeAt == long.MaxValue)
            {
                // Set by hand meanwhile.
                return;
            }

            (_held, _heldReason, _heldUntil, _probeAt) = (CredentialState.Ready, null, 0, long.MaxValue);
            PublishInLock();
        }

        Changed?.Invoke();
    }

    /// <summary>A free call did not get through: the next one at a later time.</summary>
    public void ProbeAgain(long at)
    {
        lock (_lock)
        {
            _relapses++;
            _probeAt = _probeAt == long.MaxValue ? long.MaxValue : at;
        }
    }

    /// <summary>How often it was taken out or found out of order since it last worked; waiting times grow with it.</summary>
    public int Relapses => Volatile.Read(ref _relapses);

    /// <summary>Sets ready, disabled, expired or draining by hand; ready also ends every rest and forgets the errors.</summary>
    public void Set(CredentialState state, string? reason)
    {
        lock (_lock)
        {
            (_held, _heldReason, _heldUntil, _probeAt) = (state, reason, state == CredentialState.Ready ? 0 : long.MaxValue, long.MaxValue);
            if (state == CredentialState.Ready)
            {
                (_coolingUntil, _limitedUntil, _limitedReason) = (0, 0, null);
                (_consecutiveErrors, _rejections, _relapses, _rowBeganAt) = (0, 0, 0, 0);
            }

            PublishInLock();
        }

        Changed?.Invoke();
    }

    /// <summary>What a restart should not forget.</summary>
    public CredentialRecollection Recollect()
    {
        lock (_lock)
        {
            // What was set by hand is kept with the configuration.
            var byItself = _held is CredentialState.Expired or CredentialState.Disabled && (_probeAt != long.MaxValue || _heldUntil != long.MaxValue);
            return new CredentialRecollection
            {
                Held = byItself ? _held : CredentialState.Ready,
                HeldReason = byItself ? _heldReason : null,
                HeldUntil = byItself ? _heldUntil : 0,
                ProbeAt = byItself ? _probeAt : long.MaxValue,
                LimitedUntil = _limitedUntil,
                LimitedReason = _limitedReason,
                CoolingUntil = _coolingUntil,
                CoolingForRate = _coolingForRate,
                ConsecutiveErrors = _consecutiveErrors,
                Rejections = _rejections,
                Relapses = _relapses,
                LastError = _lastError,
            };
        }
    }

    /// <summary>Takes up what an earlier process knew; before any call.</summary>
    public void Restore(CredentialRecollection known)
    {
        lock (_lock)
        {
            (_held, _heldReason, _heldUntil, _probeAt) = (known.Held, known.HeldReason, known.HeldUntil, known.ProbeAt);
            (_limitedUntil, _limitedReason) = (known.LimitedUntil, known.LimitedReason);
            (_coolingUntil, _coolingForRate) = (known.CoolingUntil, known.CoolingForRate);
            (_consecutiveErrors, _rejections, _relapses, _lastError) = (known.ConsecutiveErrors, known.Rejections, known.Relapses, known.LastError);
            PublishInLock();
        }
    }

    private void LimitInLock(long until, string reason)
    {
        if (until > _limitedUntil)
        {
            (_limitedUntil, _limitedReason) = (until, reason);
        }
    }

    private void CoolInLock(long until, bool forRate)
    {
        if (until > _coolingUntil)
        {
            (_coolingUntil, _coolingForRate) = (until, forRate);
        }
    }

    /// <param name="state">Expired or disabled.</param>
    /// <param name="reason">Why.</param>
    /// <param name="setback">What has happened.</param>
    /// <param name="wait">The first waiting time, in time stamps; it doubles with each relapse.</param>
    /// <param name="isTrial">True when time alone ends it, and the next call is the trial; else a probe must get through.</param>
    private void HoldInLock(CredentialState state, string reason, in Setback setback, long wait, bool isTrial)
    {
        if (_held is CredentialState.Disabled or CredentialState.Draining && _heldUntil == long.MaxValue && _probeAt == long.MaxValue)
        {
            // A call that was under way ends after an administrator has decided.
            return;
        }

        var next = setback.Now + setback.Rules.Later(wait, _relapses++);
        (_held, _heldReason, _heldUntil, _probeAt) = (state, reason, isTrial ? next : long.MaxValue, isTrial ? long.MaxValue : next);
    }

    private void PublishInLock()
    {
        var held = _held == CredentialState.Ready ? 0 : _heldUntil;
        var readyAt = Math.Max(held, Math.Max(_limitedUntil, _coolingUntil));
        Volatile.Write(ref _readyAt, readyAt);
        foreach (var (board, index) in _boards)
        {
            if (board.TryGetTarget(out var shown))
            {
                shown.SetReadyAt(index, readyAt);
            }
        }
    }

    /// <summary>The last place was taken. Looks again after it has said so: a place that was given back in between must not be hidden.</summary>
    private void ShowFull(int most)
    {
        ShowFull(full: true);
        if (LeaseCounts.Total(Volatile.Read(ref _counts)) < most)
        {
            ShowFull(full: false);
        }
    }

    private void ShowFull(bool full)
    {
        foreach (var (board, index) in Volatile.Read(ref _boards))
        {
            if (board.TryGetTarget(out var shown))
            {
                shown.SetFull(index, full);
            }
        }
    }
}
