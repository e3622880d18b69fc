using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Auth;

public sealed class FirstRunTests : IDisposable
{
    private readonly TemporaryStorage _storage = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly SqliteDatabase _database;
    private readonly ApiKeyStore _keys;

    public FirstRunTests()
    {
        _database = _storage.Open();
        _keys = _storage.Keys(_database, _time);
    }

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task PrepareAsync_VeryFirstStart_GivesATokenAndAnOrdinaryKey()
    {
        var result = await CreateSut().PrepareAsync();

        result.IsNew.ShouldBeTrue();
        result.SetupToken.ShouldNotBeNull();
        ApiKeyText.IsMistyped(result.QuickstartKey.ShouldNotBeNull()).ShouldBeFalse();
        (await _keys.ListAsync(default)).Single().Name.ShouldBe("quickstart");
        _keys.HasAdministrator().ShouldBeFalse();
    }

    [Fact]
    public async Task PrepareAsync_SecondStart_GivesANewTokenAndNoKey()
    {
        var first = await CreateSut().PrepareAsync();
        var second = await CreateSut().PrepareAsync();

        second.IsNew.ShouldBeFalse();
        second.QuickstartKey.ShouldBeNull();
        second.SetupToken.ShouldNotBeNull().ShouldNotBe(first.SetupToken);
        (await CreateSut().RedeemAsync(first.SetupToken!, "a", default)).ShouldBeNull();
    }

    [Fact]
    public async Task PrepareAsync_AdministratorKeyIsSet_GivesNeither()
    {
        var result = await CreateSut(administratorKey: "an-administrator-key-of-forty-characters").PrepareAsync();

        result.ShouldBe(new FirstRunResult(true, null, null));
    }

    [Fact]
    public async Task PrepareAsync_KeysInTheFile_MakesNoKeyOfItsOwn()
    {
        var result = await CreateSut(new SluiceConfig { Keys = [new KeyConfig { Name = "k", Key = new Secret("text") }] }).PrepareAsync();

        result.SetupToken.ShouldNotBeNull();
        result.QuickstartKey.ShouldBeNull();
    }

    [Fact]
    public async Task RedeemAsync_ManyAtOnce_OneGetsTheAdministratorsKey()
    {
        var sut = CreateSut();
        var token = (await sut.PrepareAsync()).SetupToken!;

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => sut.RedeemAsync(token, "root" + i, default))));

        results.Count(created => created is not null).ShouldBe(1);
        _keys.HasAdministrator().ShouldBeTrue();
        (await sut.PrepareAsync()).SetupToken.ShouldBeNull();
    }

    [Fact]
    public async Task RedeemAsync_AfterADay_IsTooLate()
    {
        var sut = CreateSut();
        var token = (await sut.PrepareAsync()).SetupToken!;

        _time.Advance(TimeSpan.FromHours(24));

        (await sut.RedeemAsync(token, "root", default)).ShouldBeNull();
    }

    [Fact]
    public async Task RedeemAsync_AdministratorCameByAnotherWay_IsRefused()
    {
        var sut = CreateSut();
        var token = (await sut.PrepareAsync()).SetupToken!;
        await _keys.CreateAsync(new NewApiKey("cli", null, null, null, null, Administrator: true), default);

        (await sut.RedeemAsync(token, "root", default)).ShouldBeNull();
    }

    private FirstRun CreateSut(SluiceConfig? file = null, string administratorKey = "")
        => new(
            _database, _keys, new ApiKeyOptions { AdministratorKey = new Secret(administratorKey) }, _storage.MasterKey(_database),
            new StubConfiguration(file ?? new SluiceConfig()), _time);
}
