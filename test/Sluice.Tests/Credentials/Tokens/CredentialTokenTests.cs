using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Credentials.Tokens;
using Sluice.TestKit;

namespace Sluice.Tests.Credentials.Tokens;

public sealed class CredentialTokenTests : IDisposable
{
    private readonly FakeTime _time = new();
    private readonly ScriptedExchange _exchange = new();
    private readonly List<CredentialToken> _made = [];

    [Fact]
    public async Task Get_ManyAtOnce_ExchangesOnce()
    {
        var token = CreateSut();
        var waiting = Enumerable.Range(0, 200).Select(_ => token.GetAsync(CancellationToken.None)).ToList();

        await _exchange.AnswerAsync(TokenAnswer.Of("one", TimeSpan.FromHours(1)));

        (await Task.WhenAll(waiting)).ShouldAllBe(one => one!.Text == "one");
        (await token.GetAsync(CancellationToken.None))!.Text.ShouldBe("one");
        _exchange.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task Timer_FiveMinutesBeforeTheEnd_RenewsWithoutACall()
    {
        var token = CreateSut();
        await FirstAsync(token, TimeSpan.FromHours(1));

        _time.Advance(TimeSpan.FromMinutes(54));
        _exchange.Asked.ShouldBe(1);
        _time.Advance(TimeSpan.FromMinutes(2));
        await _exchange.AnswerAsync(TokenAnswer.Of("two", TimeSpan.FromHours(1)));

        await Eventually.HoldsAsync("the second token", () => token.Current!.Text == "two");
    }

    [Fact]
    public async Task Renewal_ThatFails_KeepsTheOldTokenUntilItsEndAndTriesAgainWithAGrowingPause()
    {
        var token = CreateSut();
        await FirstAsync(token, TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(56));
        await _exchange.AnswerAsync(TokenAnswer.Failed(new TokenFailure(false, "token_unreachable", "gone")));
        await Eventually.HoldsAsync("the failure", () => token.Failure is not null);
        token.IsLive.ShouldBeTrue();
        token.MayCall(_time.GetTimestamp()).ShouldBeTrue();

        for (var pause = 1; pause <= 32; pause *= 2)
        {
            var asked = _exchange.Asked;
            _time.Advance(TimeSpan.FromSeconds(pause - 0.5));
            _exchange.Asked.ShouldBe(asked);
            _time.Advance(TimeSpan.FromSeconds(0.6));
            await _exchange.AnswerAsync(TokenAnswer.Failed(new TokenFailure(false, "token_unreachable", "gone")));
            await Eventually.HoldsAsync("the next pause", () => token.RetryAt > _time.GetTimestamp());
        }

        _time.Advance(TimeSpan.FromMinutes(4));
        token.IsLive.ShouldBeFalse();
        await Eventually.HoldsAsync("an exchange under way", () => _exchange.IsWaiting);
        await _exchange.AnswerAsync(TokenAnswer.Of("well", TimeSpan.FromHours(1)));
        await Eventually.HoldsAsync("recovery", () => token is { IsLive: true, Failure: null });
    }

    [Fact]
    public async Task Get_WithinThePauseAfterAFailure_AsksNobody()
    {
        var token = CreateSut();
        var first = token.GetAsync(CancellationToken.None);
        await _exchange.AnswerAsync(TokenAnswer.Failed(new TokenFailure(true, "invalid_grant", "no")));
        (await first).ShouldBeNull();

        (await token.GetAsync(CancellationToken.None)).ShouldBeNull();

        _exchange.Asked.ShouldBe(1);
        token.IsDead(_time.GetTimestamp()).ShouldBeTrue();
        token.MayCall(_time.GetTimestamp()).ShouldBeFalse();
    }

    [Fact]
    public async Task Renew_OfATokenThatWasReplaced_TakesTheNewOneWithoutAsking()
    {
        var token = CreateSut();
        var refused = await FirstAsync(token, TimeSpan.FromHours(1));
        var renewals = Enumerable.Range(0, 50).Select(_ => token.RenewAsync(refused, CancellationToken.None).AsTask()).ToList();
        await _exchange.AnswerAsync(TokenAnswer.Of("two", TimeSpan.FromHours(1)));

        (await Task.WhenAll(renewals)).ShouldAllBe(one => one!.Text == "two");
        (await token.RenewAsync(refused, CancellationToken.None))!.Text.ShouldBe("two");
        _exchange.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task Renew_WithoutAGoodAnswerInBetween_GivesUp()
    {
        var token = CreateSut();
        var current = await FirstAsync(token, TimeSpan.FromHours(1));
        for (var i = 0; i < 2; i++)
        {
            var renewal = token.RenewAsync(current, CancellationToken.None).AsTask();
            await _exchange.AnswerAsync(TokenAnswer.Of($"more {i}", TimeSpan.FromHours(1)));
            current = (await renewal).ShouldNotBeNull();
        }

        (await token.RenewAsync(current, CancellationToken.None)).ShouldBeNull();
        token.NoteAccepted();
        var again = token.RenewAsync(current, CancellationToken.None).AsTask();
        await _exchange.AnswerAsync(TokenAnswer.Of("at last", TimeSpan.FromHours(1)));
        (await again)!.Text.ShouldBe("at last");
    }

    [Fact]
    public async Task Get_Cancelled_LeavesTheExchangeToOthers()
    {
        var token = CreateSut();
        using var leaves = new CancellationTokenSource();
        var leaving = token.GetAsync(leaves.Token);
        var staying = token.GetAsync(CancellationToken.None);

        await leaves.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(leaving);
        await _exchange.AnswerAsync(TokenAnswer.Of("one", TimeSpan.FromHours(1)));

        (await staying)!.Text.ShouldBe("one");
        _exchange.Asked.ShouldBe(1);
    }

    public void Dispose() => _made.ForEach(token => token.Dispose());

    private CredentialToken CreateSut()
    {
        var token = new CredentialToken("p/c", _exchange, null, _time, NullLogger<CredentialToken>.Instance);
        _made.Add(token);
        return token;
    }

    private async Task<AccessToken> FirstAsync(CredentialToken token, TimeSpan lifetime)
    {
        var first = token.GetAsync(CancellationToken.None);
        await _exchange.AnswerAsync(TokenAnswer.Of("one", lifetime));
        return (await first).ShouldNotBeNull();
    }

    /// <summary>Answers each exchange when the test says so.</summary>
    private sealed class ScriptedExchange : ITokenExchange
    {
        private volatile TaskCompletionSource<TokenAnswer>? _waiting;
        private int _asked;

        public TimeSpan UsualEarly => TimeSpan.FromMinutes(5);

        public int Asked => Volatile.Read(ref _asked);

        public bool IsWaiting => _waiting is not null;

        public async ValueTask<TokenAnswer> FetchAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            var waiting = _waiting = new TaskCompletionSource<TokenAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            return await waiting.Task;
        }

        public async Task AnswerAsync(TokenAnswer answer)
        {
            await Eventually.HoldsAsync("an exchange", () => IsWaiting);
            var waiting = _waiting!;
            _waiting = null;
            waiting.SetResult(answer);
        }

        public void Dispose()
        {
            // Holds nothing.
        }
    }
}
