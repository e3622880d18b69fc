using Sluice.Protocol;

namespace Sluice.Credentials;

/// <summary>
/// A call's right to use a credential: one of its places, taken by <see cref="CredentialSlot.TryLease"/> and given back once,
/// however often <see cref="Release"/> is called. It belongs to the call, which releases it when the attempt is over, again when
/// the call ends, and at the latest when the watchdog finds the call a while after its last deadline.
/// </summary>
internal sealed class CredentialLease(CredentialSlot slot, CallKind kind)
{
    private int _released;

    public CredentialSlot Slot { get; } = slot;

    public CallKind Kind { get; } = kind;

    public bool IsReleased => Volatile.Read(ref _released) != 0;

    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            Slot.Health.GiveBack(Slot.Caps, Kind);
        }
    }
}
