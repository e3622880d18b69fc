namespace Sluice.Credentials.Tokens;

/// <summary>
/// The access token of one credential: fetched when it is first needed, once however many wait for it; renewed early and in the
/// background, whether calls come or not and whatever state the credential is in; and again, with a growing pause, while its issuer
/// fails. Calls go on with the old token as long as it lives. Outlives the configuration snapshot that names the credential.
/// </summary>
internal sealed partial class CredentialToken : IDisposable
{
    /// <summary>The longest that an exchange may take; calls that wait for it wait no longer.</summary>
    public static readonly TimeSpan LongestFetch = TimeSpan.FromSeconds(20);

    /// <summary>So long before its end no call begins with a token any more.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRefusedPause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestTimer = TimeSpan.FromMilliseconds(50);

    /// <summary>Tokens that are fetched because the vendor refused the one before, without a single good answer in between.</summary>
    private const int MostRenewals = 2;

    private readonly Lock _lock = new();
    private readonly string _name;
    private readonly ITokenExchange _exchange;
    private readonly TimeSpan _early;
    private readonly TimeProvider _time;
    private readonly ILogger<CredentialToken> _logger;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _ended = new();
    private Task<AccessToken?>? _fetch;
    private volatile AccessToken? _current;
    private volatile TokenFailure? _failure;
    private long _retryAt;
    private int _failures;
    private int _renewals;
    private bool _disposed;

    /// <param name="name">The provider's and the credential's name, for the log.</param>
    /// <param name="exchange">Owned from here on.</param>
    /// <param name="early">How long before its end the token is renewed; null for what is usual for the exchange.</param>
    /// <param name="time">The clock and the timer.</param>
    /// <param name="logger">Where failures are told.</param>
    public CredentialToken(string name, ITokenExchange exchange, TimeSpan? early, TimeProvider time, ILogger<CredentialToken> logger)
    {
        (_name, _exchange, _time, _logger) = (name, exchange, time, logger);
        _early = early ?? exchange.UsualEarly;
        _timer = time.CreateTimer(static self => ((CredentialToken)self!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The token that was fetched last, whether it still lives or not; null before the first.</summary>
    public AccessToken? Current => _current;

    /// <summary>True while a token lives that calls can begin with.</summary>
    public bool IsLive => _current is { } token && token.IsUsable(_time.GetTimestamp());

    /// <summary>Why the last exchange failed; null when it did not.</summary>
    public TokenFailure? Failure => _failure;

    /// <summary>When the issuer is asked again after a failure, as a time stamp.</summary>
    public long RetryAt => Volatile.Read(ref _retryAt);

    /// <summary>True when a call may begin: a token lives, or may be asked for now.</summary>
    public bool MayCall(long now) => _current is { } token && token.IsUsable(now) || _failure is null || now >= RetryAt;

    /// <summary>True when no token lives and the issuer said no: waiting will not help, somebody must look at the credential.</summary>
    public bool IsDead(long now) => _failure is { IsRefused: true } && _current?.IsUsable(now) != true;

    /// <summary>A token to call with: the one that lives, or else the next one. Null when there is none, and <see cref="Failure"/> says why.</summary>
    /// <exception cref="OperationCanceledException">The caller does not wait any longer; the exchange goes on.</exception>
    public Task<AccessToken?> GetAsync(CancellationToken cancellationToken)
        => Fetch(static (self, now) => self._current?.IsUsable(now) == true || !self.MayCall(now)).WaitAsync(cancellationToken);

    /// <summary>
    /// Another token than the one that the vendor has just refused: fetched once however many were refused with it. Null when
    /// there is none, or when fetching has not helped of late.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller does not wait any longer.</exception>
    public async ValueTask<AccessToken?> RenewAsync(AccessToken refused, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_current, refused) && _fetch is not { IsCompleted: false } && _renewals++ >= MostRenewals)
            {
                return null;
            }
        }

        var token = await Fetch((self, _) => !ReferenceEquals(self._current, refused)).WaitAsync(cancellationToken).ConfigureAwait(false);
        return ReferenceEquals(token, refused) ? null : token;
    }

    /// <summary>Fetches a new token now, by hand. Null when that went well.</summary>
    public async Task<TokenFailure?> RefreshAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _renewals, 0);
        await Fetch(static (_, _) => false).WaitAsync(cancellationToken);
        return _failure;
    }

    /// <summary>The vendor has taken the token.</summary>
    public void NoteAccepted()
    {
        // A write to a line that every call reads costs more than the look.
        if (Volatile.Read(ref _renewals) != 0)
        {
            Volatile.Write(ref _renewals, 0);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _timer.Dispose();
        _ended.Cancel();

        // An exchange that is under way still signs with the key: it goes when that has ended.
        if (_fetch is { IsCompleted: false } running)
        {
            _ = running.ContinueWith(_ => _exchange.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        else
        {
            _exchange.Dispose();
        }
    }

    private void OnTimer()
    {
        _ = Fetch(static (_, _) => false);
    }

    /// <summary>Joins the exchange that is under way, or begins one.</summary>
    /// <param name="enough">Looked at under the lock: true when what is known is enough, because somebody else was quicker.</param>
    private Task<AccessToken?> Fetch(Func<CredentialToken, long, bool> enough)
    {
        lock (_lock)
        {
            if (_fetch is { IsCompleted: false } running)
            {
                return running;
            }

            var now = _time.GetTimestamp();
            if (_disposed || enough(this, now))
            {
                return Task.FromResult(_current is { } token && token.IsUsable(now) ? token : null);
            }

            // Signing takes a millisecond, and the caller may be the thread that serves all sockets.
            return _fetch = Task.Run(FetchAsync);
        }
    }

    private async Task<AccessToken?> FetchAsync()
    {
        using var limit = new CancellationTokenSource(LongestFetch, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ended.Token);
        TokenAnswer answer;
        try
        {
            answer = await _exchange.FetchAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Only a defect comes here; the credential must not stay without a timer for it.
            Log.Defect(_logger, e, _name);
            answer = TokenAnswer.Failed(new TokenFailure(false, "internal_error", "The exchange failed within the gateway; its log has the cause."));
        }

        return answer.Failure is { } failure ? Failed(failure) : Succeeded(answer);
    }

    private AccessToken Succeeded(TokenAnswer answer)
    {
        var now = _time.GetTimestamp();
        var margin = Shorter(Margin, answer.Lifetime / 10);
        var token = new AccessToken(answer.Text!, now + Ticks(answer.Lifetime), now + Ticks(answer.Lifetime - margin));
        lock (_lock)
        {
            var recovered = _failure is not null;
            _current = token;
            _failure = null;
            _failures = 0;
            Volatile.Write(ref _retryAt, 0);

            // A token that lives shorter than the time before its end is renewed halfway.
            WakeAfter(_early < answer.Lifetime * 0.9 ? answer.Lifetime - _early : answer.Lifetime / 2);
            if (recovered)
            {
                Log.Recovered(_logger, _name);
            }
            else
            {
                Log.Fetched(_logger, _name, (long)answer.Lifetime.TotalSeconds);
            }
        }

        return token;
    }

    private AccessToken? Failed(TokenFailure failure)
    {
        if (_ended.IsCancellationRequested)
        {
            return null;
        }

        lock (_lock)
        {
            _failures = Math.Min(_failures + 1, 20);
            var longest = failure.IsRefused ? LongestRefusedPause : LongestPause;
            var first = failure.IsRefused ? 5 : 1;
            var pause = Shorter(TimeSpan.FromSeconds(first * Math.Pow(2, _failures - 1)), longest);
            pause = failure.RetryAfter is { } wish && wish > pause ? Shorter(wish, longest) : pause;
            var now = _time.GetTimestamp();
            Volatile.Write(ref _retryAt, now + Ticks(pause));
            _failure = failure;
            WakeAfter(pause);
            var token = _current?.IsUsable(now) == true ? _current : null;
            if (token is null)
            {
                Log.Without(_logger, _name, failure.Code, failure.Message, (long)pause.TotalSeconds);
            }
            else
            {
                Log.Late(_logger, _name, failure.Code, failure.Message, (long)pause.TotalSeconds);
            }

            return token;
        }
    }

    /// <summary>Under the lock.</summary>
    private void WakeAfter(TimeSpan pause)
    {
        if (!_disposed)
        {
            _timer.Change(pause < ShortestTimer ? ShortestTimer : pause, Timeout.InfiniteTimeSpan);
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Debug, "{Credential}: a new access token, for {Seconds} s")]
        public static partial void Fetched(ILogger logger, string credential, long seconds);

        [LoggerMessage(2202, LogLevel.Information, "{Credential}: access tokens come again")]
        public static partial void Recovered(ILogger logger, string credential);

        [LoggerMessage(2203, LogLevel.Warning, "{Credential}: the access token could not be renewed ({Code}); the old one still serves, next try in {Seconds} s. {Reason}")]
        public static partial void Late(ILogger logger, string credential, string code, string reason, long seconds);

        [LoggerMessage(2204, LogLevel.Error, "{Credential}: no access token ({Code}), next try in {Seconds} s. {Reason}")]
        public static partial void Without(ILogger logger, string credential, string code, string reason, long seconds);

        [LoggerMessage(2205, LogLevel.Error, "{Credential}: a defect of the gateway in fetching an access token")]
        public static partial void Defect(ILogger logger, Exception exception, string credential);
    }
}
