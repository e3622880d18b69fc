namespace Sluice.Journal;

/// <summary>
/// Spreads the ends of a commit's waits over lanes, so that the thread that commits can go on with the next commit. A few
/// are ended where they are: waking another thread costs more.
/// </summary>
internal sealed class CompletionLanes : IWaitEnds, IDisposable
{
    /// <summary>Waits that are ended on the committing thread.</summary>
    private const int MostInline = 2;

    /// <summary>Waits of one commit that a lane gets before the next one does.</summary>
    private const int PerLane = 32;

    private readonly CompletionLane[] _lanes;
    private uint _turn;

    /// <param name="most">The largest number of lanes; as many threads go on with calls at a time.</param>
    public CompletionLanes(int most)
    {
        var lanes = new List<CompletionLane>(most);
        while (lanes.Count < most && CompletionLane.TryOpen() is { } lane)
        {
            lanes.Add(lane);
        }

        _lanes = [.. lanes];
    }

    public void End(ReadOnlySpan<JournalWaiter?> waiters, long first, bool durable)
    {
        var waiting = 0;
        foreach (var waiter in waiters)
        {
            waiting += waiter is null ? 0 : 1;
        }

        if (waiting <= MostInline || _lanes.Length == 0)
        {
            InlineEnds.Instance.End(waiters, first, durable);
            return;
        }

        var given = 0;
        var lane = _lanes[_turn++ % (uint)_lanes.Length];
        for (var i = 0; i < waiters.Length; i++)
        {
            if (waiters[i] is not { } waiter)
            {
                continue;
            }

            if (given == PerLane)
            {
                lane.Send();
                lane = _lanes[_turn++ % (uint)_lanes.Length];
                given = 0;
            }

            lane.Add(waiter, durable ? first + i : -1);
            given++;
        }

        lane.Send();
    }

    public void Dispose()
    {
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
    }
}
