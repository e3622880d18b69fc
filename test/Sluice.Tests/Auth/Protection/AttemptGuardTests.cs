using System.Net;
using Sluice.Auth.Protection;
using Sluice.Configuration;
using Sluice.TestKit;

namespace Sluice.Tests.Auth.Protection;

public sealed class AttemptGuardTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly FakeTime _time = new();
    private readonly AttemptGuard _sut;

    public AttemptGuardTests() => _sut = new AttemptGuard(
        new StubConfiguration(new SluiceConfig { Auth = new AuthConfig { Lockout = new() { Failures = 3, Window = TimeSpan.FromMinutes(10), Duration = TimeSpan.FromMinutes(5) } } }), _time);

    [Fact]
    public void Begin_TenThousandWithInventedHeaders_AreOneBucket()
    {
        var trusted = ClientAddress.Networks(new ServerConfig { TrustedProxies = ["10.0.0.0/8"] });
        var let = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var address = ClientAddress.Of(Here, $"10.{i % 256}.{i / 256}.1, 203.0.113.{i % 256}", trusted);
            if (_sut.Begin(address, $"u{i}@example.com", out var attempt) is null)
            {
                let++;
                attempt.Fail();
            }
        }

        let.ShouldBe(3);
    }

    [Fact]
    public void Begin_AfterTheDuration_IsLetAgain()
    {
        Fail(3);
        _sut.Begin(Here, null, out _).ShouldBe(TimeSpan.FromMinutes(5));

        _time.Advance(TimeSpan.FromMinutes(5));

        _sut.Begin(Here, null, out _).ShouldBeNull();
    }

    [Fact]
    public void Begin_FailuresFurtherApartThanTheWindow_DoNotAddUp()
    {
        Fail(2);
        _time.Advance(TimeSpan.FromMinutes(10));
        Fail(2);

        _sut.Begin(Here, null, out _).ShouldBeNull();
    }

    [Fact]
    public void Succeed_ForgetsFailures()
    {
        Fail(2);
        _sut.Begin(Here, null, out var attempt);
        attempt.Succeed();
        Fail(2);

        _sut.Begin(Here, null, out _).ShouldBeNull();
    }

    [Fact]
    public void Begin_ManyAtOnce_GetNoMoreGuessesThanInARow()
        => Enumerable.Range(0, 100).Count(_ => _sut.Begin(Here, null, out var _) is null).ShouldBe(3);

    [Fact]
    public void Begin_AccountGuessedFromManyAddresses_IsLockedAfterTenTimesAsMany()
    {
        var let = 0;
        for (var i = 0; i < 200; i++)
        {
            if (_sut.Begin(new IPAddress([198, 51, 100, (byte)i]), "ann@example.com", out var attempt) is null)
            {
                let++;
                attempt.Fail();
            }
        }

        let.ShouldBe(30);
    }

    [Theory]
    [InlineData("192.0.2.1", "203.0.113.9", "192.0.2.1")]
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("10.0.0.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9")]
    [InlineData("10.0.0.1", "203.0.113.9:4711", "203.0.113.9")]
    [InlineData("10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1")]
    public void Of_TakesTheRightmostHopThatIsNoProxy(string peer, string forwarded, string client)
        => ClientAddress.Of(IPAddress.Parse(peer), forwarded, ClientAddress.Networks(new ServerConfig { TrustedProxies = ["10.0.0.0/8"] })).ShouldBe(IPAddress.Parse(client));

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _sut.Begin(Here, null, out var attempt).ShouldBeNull();
            attempt.Fail();
        }
    }
}
