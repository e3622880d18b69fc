using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Credentials;
using Sluice.Providers.Quota;
using Sluice.Storage;
using Sluice.TestKit;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Credentials;

/// <summary>What is known of a credential outlives the process, and not its secret.</summary>
public sealed class CredentialMemoryTests : IDisposable
{
    private static readonly Secret Secret = new("sk-memory-canary");

    private readonly TemporaryStorage _storage = new();
    private readonly FakeTime _time = new();
    private readonly SqliteDatabase _database;
    private readonly MasterKey _masterKey;

    public CredentialMemoryTests()
    {
        _database = _storage.Open();
        _masterKey = _storage.MasterKey(_database);
    }

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task Attach_AfterARestart_KnowsWhatWasLearnt()
    {
        var now = _time.GetTimestamp();
        var limited = new CredentialHealth();
        var expired = new CredentialHealth();
        using (var before = Memory())
        {
            before.Attach("p", "limited", Secret, limited);
            before.Attach("p", "expired", Secret, expired);
            limited.Windows.Set(new QuotaWindow(QuotaKind.Requests, 100, 0, After(30)));
            limited.Windows.Balance = new AccountBalance(12.5m, "USD");
            limited.Limit(After(30), "its requests are used up");
            expired.Fail(Setbacks.Of(SetbackKind.Rejected, now));
            expired.Fail(Setbacks.Of(SetbackKind.Rejected, now, rules: Setbacks.Rules with { Probe = 20 * TimeSpan.TicksPerSecond }));
            await before.WriteAsync();
        }

        // Five seconds pass in which no process runs; the time stamps of the next one need not agree with these.
        _time.Advance(TimeSpan.FromSeconds(5));
        using var after = Memory();
        var (known, other, anew) = (new CredentialHealth(), new CredentialHealth(), new CredentialHealth());
        after.Attach("p", "limited", Secret, known);
        after.Attach("p", "expired", Secret, other);
        after.Attach("p", "limited", new Secret("sk-another"), anew);

        var standing = known.At(_time.GetTimestamp());
        standing.State.ShouldBe(CredentialState.Limited);
        standing.Reason.ShouldBe("its requests are used up");
        known.StateAt(After(25)).ShouldBe(CredentialState.Ready);
        known.Windows.At(_time.GetTimestamp()).ShouldHaveSingleItem().Limit.ShouldBe(100);
        known.Windows.Balance.ShouldBe(new AccountBalance(12.5m, "USD"));
        other.StateAt(_time.GetTimestamp()).ShouldBe(CredentialState.Expired);
        other.ProbeAt.ShouldBeInRange(After(14.9), After(15.1));
        anew.StateAt(_time.GetTimestamp()).ShouldBe(CredentialState.Ready, "a new secret under an old name is a new credential");
    }

    [Fact]
    public async Task Write_ManyFailures_IsOneTransactionASecondAndNoSecret()
    {
        using var memory = Memory();
        var health = new CredentialHealth();
        memory.Attach("p", "k", Secret, health);
        await memory.StartAsync(CancellationToken.None);
        for (var i = 0; i < 10_000; i++)
        {
            health.Fail(Setbacks.Rest(After(60)));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync("the state is stored", () => new CredentialStateStore(_database, _time).Load().ContainsKey(("p", "k")));
        await memory.StopAsync(CancellationToken.None);

        new CredentialStateStore(_database, _time).Load()[("p", "k")].ConsecutiveErrors.ShouldBe(10_000);
        foreach (var file in Directory.EnumerateFiles(_storage.Folder))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            System.Text.Encoding.Latin1.GetString(bytes.ToArray()).ShouldNotContain("sk-memory-canary");
        }
    }

    [Fact]
    public async Task Attach_SetByHand_IsLeftToTheConfiguration()
    {
        var health = new CredentialHealth();
        using (var before = Memory())
        {
            before.Attach("p", "k", Secret, health);
            health.Set(CredentialState.Disabled, "by hand");
            await before.WriteAsync();
        }

        using var after = Memory();
        var known = new CredentialHealth();
        after.Attach("p", "k", Secret, known);

        known.StateAt(_time.GetTimestamp()).ShouldBe(CredentialState.Ready);
    }

    private CredentialMemory Memory() => new(new CredentialStateStore(_database, _time), _masterKey, _time, NullLogger<CredentialMemory>.Instance);

    private long After(double seconds) => _time.GetTimestamp() + (long)(seconds * TimeSpan.TicksPerSecond);
}
