using System.Diagnostics;
using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Storage;
using Sluice.TestKit;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Auth;

public sealed class CallerRegistryTests : IDisposable
{
    private const string AdministratorKey = "an-administrator-key-of-forty-characters";

    private readonly TemporaryStorage _storage = new();
    private readonly SqliteDatabase _database;
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ApiKeyStore _keys;
    private readonly StubConfiguration _configuration = new(new SluiceConfig());

    public CallerRegistryTests()
    {
        _database = _storage.Open();
        _keys = _storage.Keys(_database, _time);
    }

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task Find_KeyOfTheDatabase_GivesItsCaller()
    {
        using var sut = CreateSut();
        var created = await _keys.CreateAsync(
            new NewApiKey("ci", ["gpt-*"], new LimitsConfig { Rpm = 5 }, new BudgetConfig { Usd = 1.5m, Per = "day" }, null, Administrator: false), default);

        var caller = sut.Find(created.Key).ShouldNotBeNull();

        caller.KeyId.ShouldBe(created.Id);
        caller.KeyName.ShouldBe("ci");
        caller.IsAdministrator.ShouldBeFalse();
        caller.Models.Allows("gpt-5").ShouldBeTrue();
        caller.Models.Allows("claude").ShouldBeFalse();
        caller.Limiter.Limits.Rpm.ShouldBe(5);
        caller.Budget.ShouldBe(new BudgetConfig { Usd = 1.5m, Per = "day" });
    }

    [Fact]
    public void Find_KeyOfTheFile_IsFreeText()
    {
        _configuration.File = new SluiceConfig
        {
            Keys =
            [
                new KeyConfig { Name = "plain", Key = new Secret("ключ with spaces"), Models = ["m"] },
                new KeyConfig { Name = "lookalike", Key = new Secret("sk-sluice-not-of-our-making") },
            ],
        };
        using var sut = CreateSut();
        _configuration.ReloadAsync(default);

        sut.Find("ключ with spaces").ShouldNotBeNull().KeyId.ShouldBe("file:plain");
        sut.Find("sk-sluice-not-of-our-making").ShouldNotBeNull().KeyName.ShouldBe("lookalike");
        sut.Find("ключ with space").ShouldBeNull();
    }

    [Fact]
    public void Find_EmptyOrHugeText_IsNull()
    {
        using var sut = CreateSut();

        sut.Find("").ShouldBeNull();
        sut.Find(new string('x', 100_000)).ShouldBeNull();
    }

    [Fact]
    public void Find_AdministratorKey_IsAdministrator()
    {
        using var sut = CreateSut(AdministratorKey);

        var caller = sut.Find(AdministratorKey).ShouldNotBeNull();
        caller.IsAdministrator.ShouldBeTrue();
        caller.KeyId.ShouldBe("admin");
    }

    [Fact]
    public void Create_ShortAdministratorKey_RefusesToStart()
        => Should.Throw<StartRefusedException>(() => CreateSut(new string('a', 31))).Message.ShouldContain("SLUICE_ADMIN_KEY");

    [Fact]
    public async Task Find_RevokedKey_IsUnknownAtOnceAndTheGenerationRises()
    {
        using var sut = CreateSut();
        var created = await CreateKeyAsync();
        var before = sut.Generation;

        (await _keys.RevokeAsync(created.Id, default)).ShouldBeTrue();

        sut.Find(created.Key).ShouldBeNull();
        sut.Generation.ShouldBeGreaterThan(before);
    }

    [Fact]
    public async Task Find_ExpiredKey_IsUnknownAndTheGenerationRisesWhenItEnds()
    {
        using var sut = CreateSut();
        var created = await CreateKeyAsync(expiresAt: _time.GetUtcNow() + TimeSpan.FromMinutes(1));
        sut.Find(created.Key).ShouldNotBeNull();
        var before = sut.Generation;

        _time.Advance(TimeSpan.FromSeconds(61));

        sut.Find(created.Key).ShouldBeNull();
        sut.Generation.ShouldBeGreaterThan(before);
    }

    [Fact]
    public async Task Find_KeyMadeOrRevokedByAnotherProcess_IsSeenWithinASecond()
    {
        using var sut = CreateSut();
        using var elsewhere = SqliteDatabase.Open(new StorageOptions(_storage.Folder), TimeProvider.System);
        var otherProcess = _storage.Keys(elsewhere);

        var created = await otherProcess.CreateAsync(new NewApiKey("cli", null, null, null, null, false), default);
        await Eventually.HoldsAsync("the new key to be found", () => sut.Find(created.Key) is not null, TimeSpan.FromSeconds(2));

        await otherProcess.RevokeAsync("cli", default);
        await Eventually.HoldsAsync("the revoked key to be unknown", () => sut.Find(created.Key) is null, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Reload_KeepsTheLimiterOfAKeyAndChangesItsBounds()
    {
        _configuration.File = FileWith(rpm: 1);
        using var sut = CreateSut();
        await _configuration.ReloadAsync(default);
        var before = sut.Find("file-key").ShouldNotBeNull();

        _configuration.File = FileWith(rpm: 2);
        await _configuration.ReloadAsync(default);

        var after = sut.Find("file-key").ShouldNotBeNull();
        after.ShouldNotBeSameAs(before);
        after.Limiter.ShouldBeSameAs(before.Limiter);
        after.Limiter.Limits.Rpm.ShouldBe(2);

        _configuration.File = new SluiceConfig();
        await _configuration.ReloadAsync(default);
        sut.Find("file-key").ShouldBeNull();
    }

    [Fact]
    public async Task Create_AgainOnTheSameDatabase_FindsTheKeysOfBefore()
    {
        var live = await CreateKeyAsync();
        var revoked = await CreateKeyAsync("gone");
        await _keys.RevokeAsync(revoked.Id, default);

        using var sut = CreateSut();

        sut.Find(live.Key).ShouldNotBeNull();
        sut.Find(revoked.Key).ShouldBeNull();
    }

    [Fact]
    public async Task Find_AllocatesNothing()
    {
        using var sut = CreateSut();
        var created = await CreateKeyAsync();
        for (var i = 0; i < 100; i++)
        {
            sut.Find(created.Key).ShouldNotBeNull();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            sut.Find(created.Key);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public async Task Create_AHundredThousandKeys_LoadsThemInTimeAndFindsAsFastAsWithTen()
    {
        const int Count = 100_000;
        await _database.WriteAsync(connection =>
        {
            connection.Execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $0) "
                + "INSERT INTO api_keys (id, name, prefix, digest, models, administrator, created_at, version) "
                + "SELECT 'key_' || i, 'n' || i, 'sk-sluice-' || i, randomblob(32), '[\"*\"]', 0, 0, i FROM n",
                Count);
        });
        var created = await CreateKeyAsync();

        var start = Stopwatch.GetTimestamp();
        using var sut = CreateSut();
        var load = Stopwatch.GetElapsedTime(start);

        sut.Find(created.Key).ShouldNotBeNull();
        load.ShouldBeLessThan(TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public async Task Row_HoldsNoTextOfTheKey()
    {
        var created = await CreateKeyAsync();
        _database.Dispose();

        var bytes = await File.ReadAllBytesAsync(Path.Combine(_storage.Folder, "sluice.db"));
        System.Text.Encoding.Latin1.GetString(bytes).ShouldNotContain(created.Key[(ApiKeyText.VisibleLength + 1)..]);
    }

    private Task<CreatedKey> CreateKeyAsync(string name = "ci", DateTimeOffset? expiresAt = null)
        => _keys.CreateAsync(new NewApiKey(name, null, null, null, expiresAt, Administrator: false), default);

    private static SluiceConfig FileWith(long rpm) => new()
    {
        Keys = [new KeyConfig { Name = "k", Key = new Secret("file-key"), Limits = new LimitsConfig { Rpm = rpm } }],
    };

    private CallerRegistry CreateSut(string administratorKey = "")
        => new(
            new ApiKeyOptions { AdministratorKey = new Secret(administratorKey) }, _keys, _database, _storage.MasterKey(_database), _configuration, _time, []);
}
