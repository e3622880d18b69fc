using System.Text;
using Sluice.StoredResponses;
using Sluice.Tests.Storage;

namespace Sluice.Tests.StoredResponses;

public sealed class StoredResponseStoreTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryStorage _storage = new();
    private readonly ManualTime _time = new(Start);
    private readonly StoredResponseStore _sut;

    public StoredResponseStoreTests()
    {
        var database = _storage.Open();
        _sut = new StoredResponseStore(database, _storage.MasterKey(database), _time);
    }

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task Find_OwnAnswer_GivesEverythingBack()
    {
        var response = Kept("resp_1") with { PreviousId = "resp_0" };
        await SaveAsync(response);

        var found = _sut.Find("key_a", "resp_1").Own.ShouldNotBeNull();

        Encoding.UTF8.GetString(found.Content!.Input.Span).ShouldBe("""["in"]""");
        Encoding.UTF8.GetString(found.Content.Response.Span).ShouldBe("""{"output":"a very private answer"}""");
        Encoding.UTF8.GetString(found.Content.Events.Span).ShouldBe("events");
        found.PreviousId.ShouldBe("resp_0");
        found.State.ShouldBe(StoredState.Here);
        found.CreatedAt.ShouldBe(Start);
    }

    [Fact]
    public async Task Find_AtVendor_TellsTheAccount()
    {
        await SaveAsync(new StoredResponse("key_a", "resp_v", "gpt") { Vendor = new VendorPlace("openai", "k2"), CreatedAt = Start, ExpiresAt = Start.AddDays(1) });

        _sut.Find("key_a", "resp_v").Own.ShouldNotBeNull().Vendor.ShouldBe(new VendorPlace("openai", "k2"));
    }

    [Fact]
    public async Task Find_ForeignAnswer_IsForeignAndEmpty()
    {
        await SaveAsync(Kept("resp_1"));

        _sut.Find("key_b", "resp_1").ShouldBe(new ResponseFound(null, IsForeign: true));
        _sut.Find("key_b", "resp_2").ShouldBe(default);
    }

    [Fact]
    public async Task Find_IdOfTwoKeys_GivesEachItsOwn()
    {
        await SaveAsync(Kept("resp_1"), Kept("resp_1", "key_b") with { Model = "theirs" });

        _sut.Find("key_a", "resp_1").Own!.Model.ShouldBe("m");
        _sut.Find("key_b", "resp_1").Own!.Model.ShouldBe("theirs");
    }

    [Fact]
    public async Task Save_Content_IsSealedOnTheDisk()
    {
        await SaveAsync(Kept("resp_1"));

        foreach (var file in Directory.GetFiles(_storage.Folder, "sluice.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            Encoding.Latin1.GetString(bytes.ToArray()).ShouldNotContain("a very private answer");
        }
    }

    [Fact]
    public async Task Find_UnderAnotherMasterKey_IsUnreadable()
    {
        await SaveAsync(Kept("resp_1"));
        using var other = new TemporaryStorage();
        var theirs = new StoredResponseStore(_storage.Open(), other.MasterKey(other.Open()), _time);

        theirs.Find("key_a", "resp_1").IsUnreadable.ShouldBeTrue();
    }

    [Fact]
    public async Task RemoveExpired_TakesWhatIsTooOldAndNothingElse()
    {
        await SaveAsync(Kept("resp_old"), Kept("resp_new") with { ExpiresAt = Start.AddDays(60) });
        _time.Advance(TimeSpan.FromDays(31));

        _sut.Find("key_a", "resp_old").Own.ShouldBeNull();
        await _sut.RemoveExpiredAsync();
        _time.Advance(TimeSpan.FromDays(-31));

        _sut.Find("key_a", "resp_old").Own.ShouldBeNull();
        _sut.Find("key_a", "resp_new").Own.ShouldNotBeNull();
    }

    [Fact]
    public async Task Save_AnswerThatGoesOn_LetsWhatItGoesOnFromLive()
    {
        await SaveAsync(Kept("resp_1"), Kept("resp_2") with { PreviousId = "resp_1" }, Kept("resp_aside"));
        _time.Advance(TimeSpan.FromDays(20));
        await SaveAsync(Kept("resp_3") with { PreviousId = "resp_2", ExpiresAt = Start.AddDays(50) });
        _time.Advance(TimeSpan.FromDays(20));

        _sut.Find("key_a", "resp_1").Own.ShouldNotBeNull();
        _sut.Find("key_a", "resp_2").Own.ShouldNotBeNull();
        _sut.Find("key_a", "resp_aside").Own.ShouldBeNull();
    }

    [Fact]
    public async Task Save_MoreThanAKeyMayHave_TakesItsOldest()
    {
        for (var number = 0; number < 5; number++)
        {
            await _sut.SaveAsync([Kept($"resp_{number}") with { CreatedAt = Start.AddMinutes(number) }, Kept($"resp_{number}", "key_b")], 3, long.MaxValue);
        }

        Enumerable.Range(0, 5).Where(number => _sut.Find("key_a", $"resp_{number}").Own is not null).ShouldBe([2, 3, 4]);
    }

    [Fact]
    public async Task Save_MoreBytesThanAKeyMayHave_TakesItsOldest()
    {
        var most = Kept("resp_0").Bytes * 2;
        for (var number = 0; number < 4; number++)
        {
            await _sut.SaveAsync([Kept($"resp_{number}") with { CreatedAt = Start.AddMinutes(number) }], 100, most);
        }

        Enumerable.Range(0, 4).Where(number => _sut.Find("key_a", $"resp_{number}").Own is not null).ShouldBe([2, 3]);
    }

    [Fact]
    public async Task Save_SameAnswerAgain_ReplacesItAndCountsItOnce()
    {
        for (var turn = 0; turn < 5; turn++)
        {
            await _sut.SaveAsync([Kept("resp_1") with { IsOpen = turn < 4 }], 2, long.MaxValue);
        }

        await _sut.SaveAsync([Kept("resp_2") with { CreatedAt = Start.AddMinutes(1) }], 2, long.MaxValue);

        _sut.Find("key_a", "resp_1").Own.ShouldNotBeNull().IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task Delete_KnownAndUnknown_TellsWhichItWas()
    {
        await SaveAsync(Kept("resp_1"));

        (await _sut.DeleteAsync("key_b", "resp_1")).ShouldBeFalse();
        (await _sut.DeleteAsync("key_a", "resp_1")).ShouldBeTrue();
        (await _sut.DeleteAsync("key_a", "resp_1")).ShouldBeFalse();
    }

    private static StoredResponse Kept(string id, string key = "key_a") => new(key, id, "m")
    {
        Content = new ResponseContent(
            Encoding.UTF8.GetBytes("""["in"]"""), Encoding.UTF8.GetBytes("""{"output":"a very private answer"}"""), Encoding.UTF8.GetBytes("events")),
        CreatedAt = Start,
        ExpiresAt = Start.AddDays(30),
    };

    private Task SaveAsync(params StoredResponse[] responses) => _sut.SaveAsync(responses, 1000, long.MaxValue);
}
