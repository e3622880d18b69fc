using System.Threading.Tasks.Sources;

namespace Sluice.Journal;

/// <summary>
/// Waits for one append at a time, without an allocation: its owner (one per call) uses it again for the next.
/// </summary>
internal sealed class JournalWaiter : IValueTaskSource<long>
{
    private ManualResetValueTaskSourceCore<long> _core;

    /// <summary>Begins a wait.</summary>
    internal ValueTask<long> Begin()
    {
        _core.Reset();
        return new ValueTask<long>(this, _core.Version);
    }

    /// <summary>Ends the wait; what awaits it runs on this thread before this returns.</summary>
    internal void Complete(long sequence) => _core.SetResult(sequence);

    long IValueTaskSource<long>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<long>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<long>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}
