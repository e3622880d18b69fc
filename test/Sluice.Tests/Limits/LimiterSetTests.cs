using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Configuration;
using Sluice.Limits;
using Sluice.Tests.Auth;
using Config = FsCheck.Config;

namespace Sluice.Tests.Limits;

public sealed class LimiterSetTests : IDisposable
{
    private const long Start = 5_000_400;

    private static readonly IPAddress Home = IPAddress.Parse("10.1.2.3");

    private readonly SubjectLimiter _own = new(new LimitsConfig());
    private LimiterSet? _set;
    private StubConfiguration? _configuration;

    public void Dispose() => _set?.Dispose();

    [Fact]
    public void Acquire_NoRules_AsksTheKeyAlone()
    {
        var sut = CreateSut();
        _own.Update(new LimitsConfig { Rpm = 1 });

        Take(sut).Refused.ShouldBe(LimitKind.None);
        var refused = Take(sut);

        refused.Refused.ShouldBe(LimitKind.Requests);
        refused.Scope.ShouldBe(LimitScope.Key);
        sut.Subjects.ShouldBe(0);
    }

    [Theory]
    [InlineData("key", nameof(LimitScope.Key))]
    [InlineData("user", nameof(LimitScope.User))]
    [InlineData("model", nameof(LimitScope.Model))]
    [InlineData("address", nameof(LimitScope.Address))]
    [InlineData("global", nameof(LimitScope.Global))]
    public void Acquire_OverARule_IsRefusedWithItsScope(string per, string scope)
    {
        var sut = CreateSut(Rule(per, new LimitsConfig { Rpm = 1 }));
        Take(sut).Refused.ShouldBe(LimitKind.None);

        var refused = Take(sut);

        refused.Refused.ShouldBe(LimitKind.Requests);
        refused.Scope.ToString().ShouldBe(scope);
        refused.RetryAfterSeconds.ShouldBeInRange(1, 60);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("user")]
    [InlineData("model")]
    [InlineData("address")]
    public void Acquire_OtherSubject_HasItsOwnCounters(string per)
    {
        var sut = CreateSut(Rule(per, new LimitsConfig { Rpm = 1 }));
        Take(sut).Refused.ShouldBe(LimitKind.None);

        Take(sut, Subjects(keyId: "key_2", keyName: "other", user: "u2", model: "m2", address: IPAddress.Parse("10.1.2.4"))).Refused.ShouldBe(LimitKind.None);

        Take(sut).Refused.ShouldBe(LimitKind.Requests);
    }

    [Fact]
    public void Acquire_RulesByPattern_FirstThatMatchesCounts()
    {
        var sut = CreateSut(
            Rule("model", new LimitsConfig { Rpm = 2 }, "gpt-*"),
            Rule("model", new LimitsConfig { Rpm = 1 }));

        Take(sut, Subjects(model: "gpt-5")).Refused.ShouldBe(LimitKind.None);
        Take(sut, Subjects(model: "gpt-5")).Refused.ShouldBe(LimitKind.None);
        Take(sut, Subjects(model: "gpt-5")).Refused.ShouldBe(LimitKind.Requests);
        Take(sut, Subjects(model: "claude")).Refused.ShouldBe(LimitKind.None);
        Take(sut, Subjects(model: "claude")).Refused.ShouldBe(LimitKind.Requests);
    }

    [Fact]
    public void Acquire_NobodyMatched_IsNotLimitedAndNotRemembered()
    {
        var sut = CreateSut(Rule("address", new LimitsConfig { Rpm = 0 }, "192.168.*"), Rule("user", new LimitsConfig { Rpm = 0 }));

        Take(sut, Subjects(user: null)).Refused.ShouldBe(LimitKind.None);
        Take(sut, Subjects(user: null, address: null)).Refused.ShouldBe(LimitKind.None);

        sut.Subjects.ShouldBe(0);
    }

    [Fact]
    public void Acquire_AddressesOfOneNetwork_ShareACounter()
    {
        var sut = CreateSut(Rule("address", new LimitsConfig { Rpm = 1 }));

        Take(sut, Subjects(address: IPAddress.Parse("2001:db8:1:2::5"))).Refused.ShouldBe(LimitKind.None);
        Take(sut, Subjects(address: IPAddress.Parse("2001:db8:1:2:ffff::6"))).Refused.ShouldBe(LimitKind.Requests);
        Take(sut, Subjects(address: IPAddress.Parse("2001:db8:1:3::5"))).Refused.ShouldBe(LimitKind.None);
        Take(sut, Subjects(address: Home)).Refused.ShouldBe(LimitKind.None);
        Take(sut, Subjects(address: Home.MapToIPv6())).Refused.ShouldBe(LimitKind.Requests);
    }

    [Fact]
    public void Acquire_RefusedByOne_TakesNothingOfTheOthers()
    {
        var sut = CreateSut(
            Rule("model", new LimitsConfig { Rpm = 10, Tpm = 1000, Concurrency = 10 }),
            Rule("global", new LimitsConfig { Concurrency = 1 }));
        _own.Update(new LimitsConfig { Rpm = 5, Concurrency = 5 });
        var hold = default(LimitHold);
        var first = sut.Acquire(Subjects(), new LimitDemand(10, 5, Start), ref hold);
        var before = sut.Observe(Subjects(), Start);

        for (var i = 0; i < 50; i++)
        {
            Take(sut).Refused.ShouldBe(LimitKind.Concurrency);
        }

        first.Refused.ShouldBe(LimitKind.None);
        sut.Observe(Subjects(), Start).ShouldBe(before);
        _own.InFlight.ShouldBe(1);
        hold.Release(15, Start);
        _own.InFlight.ShouldBe(0);
        Take(sut).Refused.ShouldBe(LimitKind.None);
    }

    [Fact]
    public void Acquire_SeveralInTheWay_NamesTheOneThatTakesLongest()
    {
        var sut = CreateSut(Rule("model", new LimitsConfig { Rpm = 1 }), Rule("user", new LimitsConfig { Concurrency = 1 }));
        var hold = default(LimitHold);
        sut.Acquire(Subjects(), new LimitDemand(1, 1, Start), ref hold).Refused.ShouldBe(LimitKind.None);

        var refused = Take(sut, at: Start + 20_000);
        hold.Release(2, Start + 20_000);

        refused.Refused.ShouldBe(LimitKind.Requests);
        refused.Scope.ShouldBe(LimitScope.Model);
        Take(sut, at: Start + 20_000 + ((refused.RetryAfterSeconds - 1) * 1000)).Refused.ShouldBe(LimitKind.Requests);
        Take(sut, at: Start + 20_000 + (refused.RetryAfterSeconds * 1000)).Refused.ShouldBe(LimitKind.None);
    }

    [Fact]
    public void Acquire_SeveralLimits_TellsTheTightestOfEachKind()
    {
        var sut = CreateSut(Rule("model", new LimitsConfig { Rpm = 2, Tpm = 5000 }), Rule("global", new LimitsConfig { Tpm = 700 }));
        _own.Update(new LimitsConfig { Rpm = 100, Tpm = 9000 });

        var decision = Take(sut, demand: new LimitDemand(100, 100, Start));

        decision.Requests.ShouldBe(new LimitState(2, 1, 60));
        decision.Tokens.ShouldBe(new LimitState(700, 500, 60));
        sut.Observe(Subjects(), Start).Tokens.ShouldBe(new LimitState(700, 500, 60));
    }

    [Fact]
    public void Release_Twice_GivesBackOnce()
    {
        var sut = CreateSut(Rule("global", new LimitsConfig { Concurrency = 2, Tpm = 1000 }));
        var (one, other) = (default(LimitHold), default(LimitHold));
        sut.Acquire(Subjects(), new LimitDemand(100, 100, Start), ref one);
        sut.Acquire(Subjects(), new LimitDemand(100, 100, Start), ref other);

        one.IsHeld.ShouldBeTrue();
        one.Release(50, Start);
        one.IsHeld.ShouldBeFalse();
        one.Release(50, Start);

        _own.InFlight.ShouldBe(1);
        sut.Observe(Subjects(), Start).Tokens!.Value.Remaining.ShouldBe(750);
        Take(sut).Refused.ShouldBe(LimitKind.None);
        Take(sut).Refused.ShouldBe(LimitKind.Concurrency);
    }

    [Fact]
    public async Task Reload_OtherBounds_KeepsTheCounts()
    {
        var sut = CreateSut(Rule("model", new LimitsConfig { Rpm = 5 }));
        Take(sut);
        Take(sut);

        await ReloadAsync(Rule("model", new LimitsConfig { Rpm = 2 }));
        Take(sut).Refused.ShouldBe(LimitKind.Requests);
        await ReloadAsync(Rule("model", new LimitsConfig { Rpm = 3 }));

        Take(sut).Refused.ShouldBe(LimitKind.None);
        await ReloadAsync();
        Take(sut).Refused.ShouldBe(LimitKind.None);
        sut.Subjects.ShouldBe(0);
    }

    [Fact]
    public void Acquire_RandomAddresses_AreForgottenButForCallsInFlight()
    {
        const int Capacity = 100;
        var sut = CreateSut(Capacity, Rule("address", new LimitsConfig { Concurrency = 1 }));
        var held = default(LimitHold);
        sut.Acquire(Subjects(), new LimitDemand(1, 1, Start), ref held).Refused.ShouldBe(LimitKind.None);

        for (var i = 0; i < 10_000; i++)
        {
            var hold = default(LimitHold);
            sut.Acquire(Subjects(address: new IPAddress(0x0b000000 + i)), new LimitDemand(1, 1, Start + i), ref hold).Refused.ShouldBe(LimitKind.None);
            hold.Release(2, Start + i);
        }

        sut.Subjects.ShouldBeLessThanOrEqualTo(Capacity);
        Take(sut).Refused.ShouldBe(LimitKind.Concurrency);
        held.Release(2, Start);
        Take(sut).Refused.ShouldBe(LimitKind.None);
    }

    [Fact]
    public void Acquire_MoreInFlightThanAreRemembered_RemembersThemAll()
    {
        const int Capacity = 16;
        var sut = CreateSut(Capacity, Rule("model", new LimitsConfig { Concurrency = 1 }));
        var holds = new LimitHold[100];
        for (var i = 0; i < holds.Length; i++)
        {
            sut.Acquire(Subjects(model: $"m{i}"), new LimitDemand(1, 1, Start), ref holds[i]).Refused.ShouldBe(LimitKind.None);
        }

        for (var i = 0; i < holds.Length; i++)
        {
            Take(sut, Subjects(model: $"m{i}")).Refused.ShouldBe(LimitKind.Concurrency);
            holds[i].Release(2, Start);
        }

        for (var i = 0; i < Capacity; i++)
        {
            Take(sut, Subjects(model: $"new{i}")).Refused.ShouldBe(LimitKind.None);
        }

        sut.Subjects.ShouldBeLessThanOrEqualTo(100 + Capacity);
    }

    /// <summary>Any sequence of calls and ends: never over a limit, and when all have ended everything is free.</summary>
    [Fact]
    public void AcquireAndRelease_AnySchedule_NeverExceedsAndNeverLeaks()
    {
        var steps = Gen.Choose(0, 3).SelectMany(model => Gen.Choose(0, 2).SelectMany(user => Gen.Choose(0, 9).Select(end => (model, user, end)))).ListOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(steps.ToArbitrary(), sample =>
        {
            using var sut = new LimiterSet(new StubConfiguration(new SluiceConfig
            {
                Limits =
                [
                    Rule("model", new LimitsConfig { Concurrency = 2 }),
                    Rule("user", new LimitsConfig { Concurrency = 3 }),
                    Rule("global", new LimitsConfig { Concurrency = 4 }),
                ],
            }));
            var own = new SubjectLimiter(new LimitsConfig { Concurrency = 5 });
            var running = new List<(int Model, int User, LimitHold Hold)>();
            foreach (var (model, user, end) in sample)
            {
                if (end < 4 && running.Count > end)
                {
                    var hold = running[end].Hold;
                    hold.Release(1, Start);
                    running.RemoveAt(end);
                    continue;
                }

                var taken = default(LimitHold);
                var fits = running.Count < 4 && running.Count(one => one.Model == model) < 2 && running.Count(one => one.User == user) < 3;
                var subjects = new CallSubjects(own, "key_1", "mine", $"u{user}", $"m{model}", Home);
                var decision = sut.Acquire(in subjects, new LimitDemand(1, 1, Start), ref taken);
                if ((decision.Refused == LimitKind.None) != fits || taken.IsHeld != fits)
                {
                    return false;
                }

                if (fits)
                {
                    running.Add((model, user, taken));
                }
            }

            running.ForEach(one => one.Hold.Release(1, Start));
            return own.InFlight == 0;
        }));
    }

    [Fact]
    public async Task AcquireAndRelease_FromManyTasks_NeverExceedsAndNeverLeaks()
    {
        const int Most = 5;
        var sut = CreateSut(
            8,
            Rule("model", new LimitsConfig { Rpm = 1_000_000, Concurrency = 3 }),
            Rule("address", new LimitsConfig { Tpm = 100_000_000 }),
            Rule("global", new LimitsConfig { Concurrency = Most }));
        var running = 0;
        var highest = 0;
        var admitted = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(task => Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var hold = default(LimitHold);
                if (sut.Acquire(Subjects(model: $"m{(task + i) % 4}", address: new IPAddress(0x0b000000 + (i % 64))), new LimitDemand(1, 1, Start + i), ref hold).Refused != LimitKind.None)
                {
                    continue;
                }

                var now = Interlocked.Increment(ref running);
                int seen;
                while (now > (seen = Volatile.Read(ref highest)) && Interlocked.CompareExchange(ref highest, now, seen) != seen)
                {
                }

                Interlocked.Increment(ref admitted);
                Thread.Yield();
                Interlocked.Decrement(ref running);
                hold.Release(1, Start + i);
            }
        })));

        highest.ShouldBeLessThanOrEqualTo(Most);
        admitted.ShouldBeGreaterThan(0);
        _own.InFlight.ShouldBe(0);
        for (var i = 0; i < Most; i++)
        {
            Take(sut, Subjects(model: $"after{i}")).Refused.ShouldBe(LimitKind.None);
        }

        Take(sut, Subjects(model: "one-more")).Scope.ShouldBe(LimitScope.Global);
    }

    [Fact]
    public void AcquireAndRelease_KeyAlone_AllocatesNothing()
    {
        var sut = CreateSut();
        _own.Update(new LimitsConfig { Rpm = 1_000_000, Tpm = 1_000_000_000, Concurrency = 10 });
        var subjects = Subjects();
        AllocatedBy(sut, in subjects);

        AllocatedBy(sut, in subjects).ShouldBe(0);
    }

    [Fact]
    public void Acquire_AbsurdNumbers_NeitherOverflowNorThrow()
    {
        var sut = CreateSut(Rule("global", new LimitsConfig { Tpm = long.MaxValue, Rpm = long.MaxValue, Concurrency = long.MaxValue }));
        var holds = new LimitHold[3];

        sut.Acquire(Subjects(), new LimitDemand(long.MaxValue, long.MaxValue, Start), ref holds[0]).Refused.ShouldBe(LimitKind.None);
        sut.Acquire(Subjects(), new LimitDemand(1, 1, Start), ref holds[1]).Refused.ShouldBe(LimitKind.Tokens);
        holds[0].Release(long.MaxValue, Start);
        for (var i = 0; i < 100; i++)
        {
            sut.Acquire(Subjects(), new LimitDemand(-5, long.MinValue, Start), ref holds[2]).Refused.ShouldBe(LimitKind.None);
            holds[2].Release(i % 2 == 0 ? long.MaxValue : -7, Start);
        }

        var left = sut.Observe(Subjects(), Start).Tokens!.Value.Remaining;
        left.ShouldBeInRange(1, long.MaxValue);
    }

    private static long AllocatedBy(LimiterSet sut, in CallSubjects subjects)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 20 && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var hold = default(LimitHold);
            sut.Acquire(in subjects, new LimitDemand(100, 100, Start), ref hold);
            hold.Release(20, Start);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static LimitRuleConfig Rule(string per, LimitsConfig limits, string match = "*") => new() { Per = per, Match = match, Limits = limits };

    private CallSubjects Subjects(string keyId = "key_1", string keyName = "mine", string? user = "u1", string model = "m1", IPAddress? address = null)
        => new(_own, keyId, keyName, user, model, address ?? Home);

    private LimitDecision Take(LimiterSet sut, CallSubjects? subjects = null, LimitDemand? demand = null, long at = Start)
    {
        var hold = default(LimitHold);
        return sut.Acquire(subjects ?? Subjects(), demand ?? new LimitDemand(1, 1, at), ref hold);
    }

    private LimiterSet CreateSut(params LimitRuleConfig[] rules) => CreateSut(1_000, rules);

    private LimiterSet CreateSut(int capacity, params LimitRuleConfig[] rules)
    {
        _configuration = new StubConfiguration(new SluiceConfig { Limits = rules });
        return _set = new LimiterSet(_configuration, capacity);
    }

    private async Task ReloadAsync(params LimitRuleConfig[] rules)
    {
        _configuration!.File = new SluiceConfig { Limits = rules };
        await _configuration.ReloadAsync(CancellationToken.None);
    }
}
