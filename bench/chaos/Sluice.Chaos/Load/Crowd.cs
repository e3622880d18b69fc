using System.Collections.Concurrent;

namespace Sluice.Chaos.Load;

/// <summary>Callers that each make one call after the other, until they are told to stop or their calls fail as a fault explains.</summary>
/// <param name="log">Where calls are noted.</param>
/// <param name="client">The gateway's present life.</param>
/// <param name="makeCall">Makes a caller's next call, and the key that it is sent with; null when the caller has enough.</param>
internal sealed class Crowd(RunLog log, ChaosClient client, Func<int, RunLog, (TrackedCall Call, string Key)?> makeCall)
{
    private readonly TaskCompletionSource _firstAnswer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _firstRefusal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _unexplained = new();
    private Task _callers = Task.CompletedTask;
    private volatile bool _faulted;
    private volatile bool _stopped;

    /// <summary>Ends with the first whole answer.</summary>
    public Task FirstAnswer => _firstAnswer.Task;

    /// <summary>Ends with the first refusal.</summary>
    public Task FirstRefusal => _firstRefusal.Task;

    /// <summary>True where the scenario is about refusals; else one needs an explanation as a broken call does.</summary>
    public bool ExpectsRefusals { get; init; }

    /// <summary>Calls that broke, or brought a wrong answer, while nothing was done to the gateway.</summary>
    public IReadOnlyCollection<string> Unexplained => _unexplained;

    public void Start(int callers)
        => _callers = Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallOnAsync(caller))));

    /// <summary>From now on a failure is explained, and ends its caller.</summary>
    public void ExpectFault() => _faulted = true;

    /// <summary>Lets the calls in flight end and waits for them.</summary>
    public Task StopAsync()
    {
        _stopped = true;
        return _callers;
    }

    /// <summary>Waits until every caller has had enough.</summary>
    public Task EndAsync() => _callers;

    private async Task CallOnAsync(int caller)
    {
        while (!_stopped && makeCall(caller, log) is var (call, key))
        {
            await client.CallAsync(call, key);
            Note(call);
            if (_faulted && call.Outcome is (CallOutcome.Broken or CallOutcome.Refused))
            {
                return;
            }
        }
    }

    private void Note(TrackedCall call)
    {
        switch (call.Outcome)
        {
            case CallOutcome.Ended:
                _firstAnswer.TrySetResult();
                break;
            case CallOutcome.Refused when ExpectsRefusals:
                _firstRefusal.TrySetResult();
                break;
            case CallOutcome.Refused or CallOutcome.Broken when _faulted:
            case CallOutcome.Left:
                break;
            default:
                _unexplained.Enqueue($"{call.Plan.Marker} was {call.Outcome} with status {call.Status}: {call.Refusal}");
                break;
        }
    }
}
