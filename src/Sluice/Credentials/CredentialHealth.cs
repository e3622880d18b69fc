using System.Diagnostics;

namespace Sluice.Credentials;

/// <summary>
/// How a credential fares: its state, its calls in flight, its errors. Outlives the configuration snapshot that names it,
/// so that a reload neither forgets a cooling time nor loses count of a call.
/// </summary>
internal sealed class CredentialHealth
{
    private int _inFlight;
    private long _coolingUntil;
    private int _coolingForRate;
    private int _manual = (int)CredentialState.Ready;
    private int _consecutiveErrors;
    private string? _reason;
    private string? _lastError;

    public int InFlight => Volatile.Read(ref _inFlight);

    public int ConsecutiveErrors => Volatile.Read(ref _consecutiveErrors);

    public string? LastError => _lastError;

    /// <summary>When the credential cools until, as a <see cref="Stopwatch"/> time stamp; 0 when it does not.</summary>
    public long CoolingUntil => Volatile.Read(ref _coolingUntil);

    /// <summary>True when it cools because of a rate, not because of a fault.</summary>
    public bool CoolsForRate => Volatile.Read(ref _coolingForRate) != 0;

    public string? Reason => _reason;

    /// <summary>The state at a time stamp.</summary>
    public CredentialState StateAt(long now)
    {
        var manual = (CredentialState)Volatile.Read(ref _manual);
        return manual != CredentialState.Ready ? manual
            : CoolingUntil > now ? CredentialState.Cooling
            : CredentialState.Ready;
    }

    /// <summary>Takes a slot; false when the credential is not ready or all its slots are taken.</summary>
    /// <param name="maxConcurrency">0 for no bound.</param>
    /// <param name="now">The current time stamp.</param>
    public bool TryLease(int maxConcurrency, long now)
    {
        if (StateAt(now) != CredentialState.Ready)
        {
            return false;
        }

        var count = Interlocked.Increment(ref _inFlight);
        if (maxConcurrency > 0 && count > maxConcurrency)
        {
            Interlocked.Decrement(ref _inFlight);
            return false;
        }

        return true;
    }

    public void Release() => Interlocked.Decrement(ref _inFlight);

    public void NoteSuccess()
    {
        // A write to a line that every call reads costs more than the look.
        if (Volatile.Read(ref _consecutiveErrors) != 0)
        {
            Volatile.Write(ref _consecutiveErrors, 0);
        }
    }

    /// <summary>Counts a failure that is the credential's or the upstream's fault.</summary>
    /// <param name="error">Kind and code; never a vendor's text, which may name the account.</param>
    /// <param name="coolUntil">A time stamp to rest until; 0 for no rest.</param>
    /// <param name="forRate">True when a rate is the cause.</param>
    public void NoteFailure(string error, long coolUntil, bool forRate)
    {
        _lastError = error;
        Interlocked.Increment(ref _consecutiveErrors);
        if (coolUntil > CoolingUntil)
        {
            Volatile.Write(ref _coolingForRate, forRate ? 1 : 0);
            Volatile.Write(ref _coolingUntil, coolUntil);
        }
    }

    /// <summary>Sets ready, disabled, expired or draining; ready also ends a cooling time.</summary>
    public void Set(CredentialState state, string? reason)
    {
        _reason = reason;
        if (state == CredentialState.Ready)
        {
            Volatile.Write(ref _coolingUntil, 0);
            Volatile.Write(ref _consecutiveErrors, 0);
        }

        Volatile.Write(ref _manual, (int)state);
    }
}
