using System.Buffers;
using System.Diagnostics;
using Sluice.Auth;
using Sluice.Credentials;
using Sluice.Idempotency;
using Sluice.Limits;
using Sluice.Limits.Budgets;
using Sluice.Protocol;
using Sluice.Protocol.OpenAIChat;
using Sluice.Protocol.Canonical;
using Sluice.Providers;
using Sluice.Providers.Transport;
using Sluice.Routing;
using Sluice.StoredResponses;
using Sluice.Usage;

namespace Sluice.Pipeline;

/// <summary>What a call is waiting for; decides what its deadline means.</summary>
internal enum CallPhase
{
    /// <summary>Nothing is bounded.</summary>
    None,
    Connect,
    FirstToken,
    Idle,

    /// <summary>The client takes no bytes.</summary>
    Write,

    /// <summary>The client has left; the upstream is read on for its usage.</summary>
    Detached,
    Total,

    /// <summary>The gateway is stopping and the drain time is over.</summary>
    Drain,
}

/// <summary>One call on its way. Owns what must be given back: the body's buffer, the lease, the limiter's slot, the connection.</summary>
internal sealed class GatewayCall
{
    /// <summary>Free bytes before the body, so that the head can be put before it and both go out in one send.</summary>
    public const int Headroom = 1024;

    /// <summary>The most attempts of a call.</summary>
    public const int MaxAttempts = 5;

    /// <summary>How long after its last deadline a call may still hold a credential, should it hang in spite of everything.</summary>
    private static readonly TimeSpan LeaseGrace = TimeSpan.FromMinutes(1);

    private readonly CallWatchdog _watchdog;
    private readonly TriedCandidate[] _tried = new TriedCandidate[MaxAttempts];
    private long _deadline = long.MaxValue;
    private long _totalDeadline = long.MaxValue;
    private long _keepAliveAt = long.MaxValue;
    private long _detachedUntil = long.MaxValue;
    private int _phase;
    private int _writer;
    private int _clientGone;
    private int _expired;
    private long _leaseUntil = long.MaxValue;
    private ulong? _conversation;
    private bool _ended;
    private UpstreamConnection? _upstream;
    private CancellationTokenSource? _connecting;

    public GatewayCall(HttpContext http, Operation operation, string requestId, long startedAt, CallWatchdog watchdog)
    {
        Http = http;
        Operation = operation;
        UpstreamOperation = operation;
        RequestId = requestId;
        StartedAt = startedAt;
        _watchdog = watchdog;
    }

    public HttpContext Http { get; }

    public Operation Operation { get; }

    /// <summary>The value of <c>x-request-id</c>.</summary>
    public string RequestId { get; }

    /// <summary>A time stamp of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long StartedAt { get; }

    /// <summary>When the first body byte went to the client; 0 before.</summary>
    public long FirstByteAt { get; set; }

    /// <summary>The connection that the call came on.</summary>
    public ClientConnection Client { get; set; } = null!;

    /// <summary>What tells of a reset stream, on connections that carry many calls.</summary>
    public CancellationTokenRegistration Aborted { get; set; }

    public Activity? Span { get; set; }

    public Caller? Caller { get; set; }

    /// <summary>The model as the client asked for it; empty until the body was read.</summary>
    public string Model { get; set; } = "";

    /// <summary>Array that holds the body from <see cref="Headroom"/> on.</summary>
    public byte[] BodyBuffer { get; set; } = [];

    public int BodyLength { get; set; }

    public ReadOnlySpan<byte> Body => BodyBuffer.Length == 0 ? default : BodyBuffer.AsSpan(Headroom, BodyLength);

    public RequestPeek Peek { get; set; }

    /// <summary>True for a Messages request on a cloud platform's path: its version stands in the body, its model stood in the path.</summary>
    public bool VersionInBody { get; init; }

    /// <summary>The project and region that a poll of a long-running operation must go to; null for all other calls.</summary>
    public OperationPlace? BegunAt { get; set; }

    /// <summary>True when the client asked for events.</summary>
    public bool Streams { get; set; }

    /// <summary>How the client's answer is framed.</summary>
    public ResponseFraming Framing { get; set; }

    public ModelRoute? Route { get; set; }

    /// <summary>The targets that serve the operation, best first; a target whose upstream failed goes to the end.</summary>
    public RouteTarget[] Candidates { get; set; } = [];

    public RouteTarget? Target { get; set; }

    public CredentialSlot? Slot { get; set; }

    /// <summary>What the current attempt holds of its credential; released when the attempt is over, and once more when the call ends.</summary>
    public CredentialLease? Lease { get; set; }

    /// <summary>The hash of the conversation that the call goes on with; worked out where a provider has more than one credential. 0 for none.</summary>
    public ulong Conversation => _conversation ??= ConversationHash.Of(Body, Peek);

    /// <summary>What the current attempt asks of its upstream: <see cref="Operation"/> itself, or what it is translated to.</summary>
    public Operation UpstreamOperation { get; private set; }

    /// <summary>The client's request in no vendor's terms; read when the first attempt needs it.</summary>
    public ChatRequest? Canonical { get; set; }

    /// <summary>How the current attempt is translated; null where it is relayed.</summary>
    public Translation? Translation { get; set; }

    /// <summary>The id of the kept answer that the call is about; empty for most calls.</summary>
    public string KeptId { get; set; } = "";

    /// <summary>The kept answer that the call is about, where Sluice itself has it.</summary>
    public StoredResponse? Kept { get; set; }

    /// <summary>The one credential that may serve the call, because its account keeps what the call is about; null for any.</summary>
    public VendorPlace? Place { get; set; }

    /// <summary>The answer that the body went on from, before everything that was said was put into it; null where it stands there still.</summary>
    public string? ContinuesFrom { get; set; }

    /// <summary>Sees to it that the answer can be asked for later; null where nobody wants that.</summary>
    public AnswerKeeping? Keeping { get; set; }

    /// <summary>The run that the call is made for, when its client does not wait for it.</summary>
    public BackgroundRun? Background { get; set; }

    /// <summary>True when Sluice must write the answer itself, whatever its upstream speaks: it is the one that keeps it.</summary>
    public bool WritesAnswer => ContinuesFrom is not null || Background is not null;

    /// <summary>True when the vendor has taken the work on and not said yet what it has used: the call is over, and its account is not.</summary>
    public bool IsOpenAtVendor => Peek.Background && Answered && Outcome is null && Keeping is { VendorId: not null } && Tap is { HasUsage: false, HasError: false };

    /// <summary>What the client was told in the place of an answer; null when that was a vendor's word.</summary>
    public GatewayError? Refused { get; set; }
    /// <summary>What became of a relayed request that had to be written anew; null for all others.</summary>
    public TranslationReport? Rewritten { get; set; }

    /// <summary>What the current attempt had to leave out, of the request and of the answer; null where the bytes went as they came.</summary>
    public IReadOnlyList<string>? Lost => Translation?.Lost ?? Rewritten?.Dropped;

    /// <summary>True when the body carries signatures of other vendors that this gateway has put there; null until it was looked at.</summary>
    public bool? CarriesMarks { get; set; }

    /// <summary>True once a vendor has refused a signature: what follows is asked without what that vendor is to have signed.</summary>
    public bool WithoutSignatures { get; set; }

    /// <summary>What the upstream did wrong and translation repaired: codes of <see cref="AnswerRepairs"/>; none where it is relayed.</summary>
    public IReadOnlyList<string> Repairs { get; set; } = [];

    /// <summary>The code of what ended a translated answer that had begun; empty for most.</summary>
    public string AnswerError { get; set; } = "";

    /// <summary>Why the current attempt's target cannot be asked at all; null when it can.</summary>
    public GatewayError? Refusal { get; set; }

    public int Attempts { get; private set; }

    /// <summary>How the caller's limits stood when they were last asked.</summary>
    public LimitDecision Limit { get; set; }

    /// <summary>When that was.</summary>
    public DateTimeOffset LimitSeenAt { get; set; }

    /// <summary>What the call has taken from limiters; a field, for it is given back in place.</summary>
    public LimitHold LimitHold;

    /// <summary>Set where the call has an Idempotency-Key: keeps what the client is sent, and must be told how the call ended.</summary>
    public IdempotentCall? Idempotent { get; set; }

    /// <summary>The answer of an earlier call with the same Idempotency-Key, to be given again.</summary>
    public StoredAnswer? Replay { get; set; }

    /// <summary>True when bytes for the client are of use: one that has left may come back for them with its Idempotency-Key.</summary>
    public bool WantsBytes => !ClientGone || Idempotent is not null;

    /// <summary>True when the answer itself is of use: somebody takes it, or it is kept for later.</summary>
    public bool WantsAnswer => WantsBytes || Keeping is not null;

    /// <summary>The call in the ledger; null until something was about to be sent upstream.</summary>
    public LedgerEntry? Entry { get; set; }

    /// <summary>The budgets that the call is under; empty for most.</summary>
    public BudgetAccount[] Budgets { get; set; } = [];

    /// <summary>What the call holds of them.</summary>
    public BudgetHold? Hold { get; set; }

    /// <summary>The output's bound, in tokens, that a budget puts in the place of the client's; -1 for none.</summary>
    public long OutputLimit { get; set; } = -1;

    /// <summary>When the next checkpoint is due, as a time stamp.</summary>
    public long NextCheckpointAt { get; set; }

    /// <summary>At how many tokens of output the next checkpoint is due.</summary>
    public long NextCheckpointTokens { get; set; }

    /// <summary>True when the journal did not take the call's reservation: nothing was sent.</summary>
    public bool LedgerRefused { get; set; }

    /// <summary>How the call ended, once it is on the account; null before.</summary>
    public CallOutcome? Outcome { get; set; }

    /// <summary>Reads the answer as it passes; made when an answer comes.</summary>
    public ResponseTap? Tap { get; set; }

    /// <summary>Takes the usage chunk out that the client did not ask for; null where none was forced.</summary>
    public SseUsageFilter? UsageFilter { get; set; }

    /// <summary>True once the response's status has been decided and sent on its way.</summary>
    public bool Committed { get; set; }

    /// <summary>True when request bytes have gone to an upstream.</summary>
    public bool Dispatched { get; set; }

    /// <summary>True when an upstream's answer was accepted: the call has used something.</summary>
    public bool Answered { get; set; }

    /// <summary>True when the upstream's answer came to its good end.</summary>
    public bool AnswerWhole { get; set; }

    public int EventsSent { get; set; }

    /// <summary>The last attempt's failure, while none has succeeded.</summary>
    public UpstreamFailure? Failure { get; set; }

    /// <summary>The upstream's own error document of <see cref="Failure"/>, redacted; null where it gave none that may be shown.</summary>
    public byte[]? FailureBody { get; set; }

    /// <summary>The error that the client was given; null for a success.</summary>
    public string? ErrorCode { get; set; }

    public int HttpStatus { get; set; }

    public bool ClientGone => Volatile.Read(ref _clientGone) != 0;

    /// <summary>The deadline that passed; <see cref="CallPhase.None"/> when none did.</summary>
    public CallPhase Expired => (CallPhase)Volatile.Read(ref _expired);

    /// <summary>The attempts that gave no answer; null while there is none.</summary>
    public List<FailedAttempt>? Failures { get; private set; }

    /// <summary>When the current attempt began, in microseconds from the request's arrival.</summary>
    public long AttemptStartedMicros { get; private set; }

    public ReadOnlySpan<TriedCandidate> Tried => _tried.AsSpan(0, Attempts);

    /// <summary>
    /// When the watchdog must look at this call, as a time stamp. Taken from the deadlines anew each time: call, client and
    /// watchdog set them without a lock, and a sum of them that is kept could be a stale one.
    /// </summary>
    public long DueAt => Math.Min(
        Math.Min(Volatile.Read(ref _deadline), Volatile.Read(ref _totalDeadline)),
        Math.Min(Math.Min(Volatile.Read(ref _keepAliveAt), Volatile.Read(ref _detachedUntil)), Volatile.Read(ref _leaseUntil)));

    internal int WatchShard { get; set; }

    internal int WatchIndex { get; set; }

    public void BeginAttempt(RouteTarget target, CredentialSlot slot)
    {
        _tried[Attempts++] = new TriedCandidate(target, slot);

        // A deadline of the attempt before is past; one of the whole call is not.
        if (Expired is CallPhase.Connect or CallPhase.FirstToken or CallPhase.Idle)
        {
            Volatile.Write(ref _expired, (int)CallPhase.None);
        }

        Target = target;
        Slot = slot;
        UpstreamOperation = target.OperationFor(Operation, Streams);
        Translation = null;
        Rewritten = null;
        Refusal = null;
        AttemptStartedMicros = MicrosSinceStart();
    }

    /// <summary>Notes what the current attempt came to, for the call's trace.</summary>
    public void NoteFailedAttempt(in UpstreamFailure failure)
        => (Failures ??= []).Add(new FailedAttempt(
            Target!.Provider.Name, Target.Model, Slot!.Name, AttemptStartedMicros, MicrosSinceStart(),
            failure.Kind.ToString(), failure.Stage.ToString(), failure.Status, failure.Code));

    /// <summary>Bounds the whole call from now on.</summary>
    public void BoundTotal(TimeSpan total) => Volatile.Write(ref _totalDeadline, _watchdog.After(total));

    /// <summary>Enters a phase that may take so long. A call whose client has left stays bounded by its detached deadline as well.</summary>
    public void Enter(CallPhase phase, TimeSpan limit)
    {
        Volatile.Write(ref _phase, (int)phase);
        Volatile.Write(ref _deadline, _watchdog.After(limit));
    }

    /// <summary>Sends a keep-alive when nothing else was sent for so long; zero switches it off.</summary>
    public void KeepAliveAfter(TimeSpan silence)
        => Volatile.Write(ref _keepAliveAt, silence > TimeSpan.Zero ? _watchdog.Now + _watchdog.Ticks(silence) : long.MaxValue);

    /// <summary>Gives the watchdog the connection to abort; false when a deadline has passed already.</summary>
    public bool Use(UpstreamConnection connection)
    {
        // A full fence: either the watchdog sees the connection, or this sees what the watchdog has decided.
        Interlocked.Exchange(ref _upstream, connection);
        return Expired == CallPhase.None;
    }

    /// <summary>Takes the connection from the watchdog, and the attempt's deadline with it.</summary>
    public void Unuse()
    {
        // Under the watchdog's lock: once released, the connection is another call's, which an abort under way must not reach.
        lock (_tried)
        {
            _upstream = null;
            _deadline = long.MaxValue;
        }
    }

    /// <summary>Gives the watchdog a connection attempt to cancel; cancelled already when a deadline has passed.</summary>
    public CancellationToken BeginConnect()
    {
        var source = new CancellationTokenSource();
        Interlocked.Exchange(ref _connecting, source);
        if (Expired != CallPhase.None)
        {
            source.Cancel();
        }

        return source.Token;
    }

    public void EndConnect()
    {
        var source = Interlocked.Exchange(ref _connecting, null);
        source?.Dispose();
    }

    /// <summary>The client's connection is gone: what is under way is read on for a bounded time, and nothing is written any more.</summary>
    public void OnClientGone()
    {
        if (Interlocked.Exchange(ref _clientGone, 1) == 0)
        {
            Volatile.Write(ref _detachedUntil, _watchdog.After(DetachedDrain));
        }
    }

    /// <summary>How long a call goes on without its client.</summary>
    public TimeSpan DetachedDrain { get; init; }

    /// <summary>Sends one keep-alive; set by the pipeline, which knows the dialect.</summary>
    public Func<GatewayCall, Task>? SendKeepAlive { get; set; }

    /// <summary>Called by the watchdog when <see cref="DueAt"/> has passed; nothing after <see cref="End"/>, when the request may belong to the next call.</summary>
    public void OnDue(long now)
    {
        lock (_tried)
        {
            if (!_ended)
            {
                ActOn(now);
            }
        }
    }

    /// <summary>Ends the call because the gateway stops: a stream gets an error event, and what was used is settled.</summary>
    public void EndForStop()
    {
        lock (_tried)
        {
            if (_ended)
            {
                return;
            }

            Expire(CallPhase.Drain);
            if (!Dispatched)
            {
                // It still waits for its own request's body.
                Http.Abort();
            }
        }
    }

    /// <summary>From here on the watchdog leaves the call alone.</summary>
    public void End()
    {
        lock (_tried)
        {
            _ended = true;
        }
    }

    /// <summary>Only one writes to the client at a time: the call itself, or the watchdog with a keep-alive.</summary>
    public bool TryEnterWriter() => Interlocked.CompareExchange(ref _writer, 1, 0) == 0;

    /// <summary>Waits until a keep-alive that is being written is out.</summary>
    public async ValueTask EnterWriterAsync()
    {
        while (!TryEnterWriter())
        {
            await Task.Yield();
        }
    }

    public void LeaveWriter() => Volatile.Write(ref _writer, 0);

    public void ReturnBody()
    {
        if (BodyBuffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(BodyBuffer);
            BodyBuffer = [];
        }
    }

    private long MicrosSinceStart() => _watchdog.Micros(StartedAt);

    private void ActOn(long now)
    {
        if (Volatile.Read(ref _leaseUntil) <= now)
        {
            Volatile.Write(ref _leaseUntil, long.MaxValue);
            Lease?.Release();
        }

        if (Volatile.Read(ref _totalDeadline) <= now)
        {
            Expire(CallPhase.Total);
        }
        else if (Volatile.Read(ref _detachedUntil) <= now)
        {
            Expire(CallPhase.Detached);
        }
        else if (Volatile.Read(ref _deadline) is var deadline && deadline <= now)
        {
            // A call that has just entered its next phase was in time.
            if (Interlocked.CompareExchange(ref _deadline, long.MaxValue, deadline) == deadline)
            {
                Expire(ClientGone ? CallPhase.Detached : (CallPhase)Volatile.Read(ref _phase));
            }
        }
        else if (Volatile.Read(ref _keepAliveAt) <= now && SendKeepAlive is { } send)
        {
            Volatile.Write(ref _keepAliveAt, long.MaxValue);
            _ = send(this);
        }
    }

    private void Expire(CallPhase phase)
    {
        if (phase is CallPhase.Total or CallPhase.Detached)
        {
            // The call ends with this: no other deadline means anything any more.
            Volatile.Write(ref _totalDeadline, long.MaxValue);
            Volatile.Write(ref _detachedUntil, long.MaxValue);
            Volatile.Write(ref _keepAliveAt, long.MaxValue);
            Volatile.Write(ref _deadline, long.MaxValue);
            Volatile.Write(ref _leaseUntil, _watchdog.After(LeaseGrace));
        }

        if (Interlocked.CompareExchange(ref _expired, (int)phase, (int)CallPhase.None) != (int)CallPhase.None)
        {
            return;
        }

        if (phase == CallPhase.Write || (CallPhase)Volatile.Read(ref _phase) == CallPhase.Write)
        {
            // Ends the pending flush; the upstream is released by the call itself.
            Http.Abort();
        }

        try
        {
            Volatile.Read(ref _connecting)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection was made in the same instant; the call sees Expired before it uses it.
        }

        Volatile.Read(ref _upstream)?.Abort();
    }
}
