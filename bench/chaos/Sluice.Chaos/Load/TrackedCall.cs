namespace Sluice.Chaos.Load;

/// <summary>One call as its client and the oracle saw it, to be held against the ledger.</summary>
internal sealed class TrackedCall(CallPlan plan, string keyName)
{
    private int _dispatches;
    private int _upstreamBytes;
    private volatile bool _finished;

    public CallPlan Plan => plan;

    /// <summary>The name of the key that it was made with.</summary>
    public string KeyName => keyName;

    public CallOutcome Outcome { get; set; }

    /// <summary>The HTTP status that the client saw; 0 where none came.</summary>
    public int Status { get; set; }

    /// <summary>The start of a refusal's body.</summary>
    public string? Refusal { get; set; }

    /// <summary>How often the oracle received it: more than once where the gateway tried again.</summary>
    public int Dispatches => Volatile.Read(ref _dispatches);

    /// <summary>The oracle's whole answer was taken from it at least once.</summary>
    public bool Finished => _finished;

    /// <summary>The size of the body that reached the oracle; an upper bound of its input tokens.</summary>
    public int UpstreamBytes => Volatile.Read(ref _upstreamBytes);

    /// <summary>Noted by the oracle before it answers.</summary>
    public void NoteDispatch(int bodyBytes)
    {
        Volatile.Write(ref _upstreamBytes, bodyBytes);
        Interlocked.Increment(ref _dispatches);
    }

    /// <summary>Noted by the oracle after its last byte was taken.</summary>
    public void NoteFinish() => _finished = true;
}
