using Sluice.Auth;
using Sluice.Configuration;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Auth;

public sealed class ApiKeyStoreTests : IDisposable
{
    private readonly TemporaryStorage _storage = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ApiKeyStore _sut;

    public ApiKeyStoreTests() => _sut = _storage.Keys(_storage.Open(), _time);

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task ListAsync_NewestFirst_WithEverythingButTheText()
    {
        await _sut.CreateAsync(new NewApiKey("first", null, null, null, null, false), default);
        var created = await _sut.CreateAsync(
            new NewApiKey("second", ["a", "b-*"], new LimitsConfig { Tpm = 9 }, new BudgetConfig { Usd = 0.000000001m, Per = "month" }, _time.GetUtcNow().AddDays(1), true), default);

        var list = await _sut.ListAsync(default);

        list.Select(key => key.Name).ShouldBe(["second", "first"]);
        var key = list[0];
        key.Id.ShouldBe(created.Id);
        key.Prefix.ShouldBe(created.Prefix);
        created.Key.ShouldStartWith(key.Prefix);
        key.Models.ShouldBe(["a", "b-*"]);
        key.Limits.ShouldBe(new LimitsConfig { Tpm = 9 });
        key.Budget.ShouldBe(new BudgetConfig { Usd = 0.000000001m, Per = "month" });
        key.CreatedAt.ShouldBe(_time.GetUtcNow());
        key.ExpiresAt.ShouldBe(_time.GetUtcNow().AddDays(1));
        key.Revoked.ShouldBeFalse();
        list[1].Models.ShouldBe(["*"]);
    }

    [Fact]
    public async Task RevokeAsync_ByName_RevokesEveryLiveKeyOfIt()
    {
        await _sut.CreateAsync(new NewApiKey("twin", null, null, null, null, false), default);
        await _sut.CreateAsync(new NewApiKey("twin", null, null, null, null, false), default);
        await _sut.CreateAsync(new NewApiKey("other", null, null, null, null, false), default);

        (await _sut.RevokeAsync("twin", default)).ShouldBeTrue();

        (await _sut.ListAsync(default)).Where(key => !key.Revoked).Select(key => key.Name).ShouldBe(["other"]);
        (await _sut.RevokeAsync("twin", default)).ShouldBeFalse();
        (await _sut.RevokeAsync("nobody", default)).ShouldBeFalse();
    }

    [Fact]
    public async Task UpdateAsync_ChangesOnlyWhatIsNamed()
    {
        var created = await _sut.CreateAsync(
            new NewApiKey("ci", ["a"], new LimitsConfig { Rpm = 1 }, new BudgetConfig { Usd = 1 }, null, false), default);

        (await _sut.UpdateAsync(created.Id, new ApiKeyChange { Name = "new" }, default)).ShouldBeTrue();

        var key = _sut.Find(created.Id).ShouldNotBeNull();
        key.Name.ShouldBe("new");
        key.Models.ShouldBe(["a"]);
        key.Limits.Rpm.ShouldBe(1);
        key.Budget.ShouldNotBeNull();

        await _sut.UpdateAsync(created.Id, new ApiKeyChange { ChangesBudget = true }, default);
        _sut.Find(created.Id)!.Budget.ShouldBeNull();
        (await _sut.UpdateAsync("key_unknown", new ApiKeyChange { Name = "x" }, default)).ShouldBeFalse();
    }
}
