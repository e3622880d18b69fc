using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.StoredResponses;
using Sluice.Tests.Auth;
using Sluice.Tests.Storage;

namespace Sluice.Tests.StoredResponses;

public sealed class ResponseDirectoryTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryStorage _storage = new();
    private readonly ManualTime _time = new(Start);
    private readonly StoredResponseStore _store;
    private readonly ResponseDirectory _sut;

    public ResponseDirectoryTests()
    {
        var database = _storage.Open();
        _store = new StoredResponseStore(database, _storage.MasterKey(database), _time);
        _sut = CreateSut(new ResponseCache(_time));
    }

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task Keep_ThenFind_IsThereAtOnceAndSoonOnTheDisk()
    {
        var response = Kept("resp_1");

        _sut.Keep(response);

        var found = _sut.FindAsync("key_a", "resp_1");
        found.IsCompleted.ShouldBeTrue();
        (await found).Own.ShouldBeSameAs(response);
        await _sut.FlushAsync();
        _store.Find("key_a", "resp_1").Own.ShouldNotBeNull();
    }

    [Fact]
    public async Task Find_ForeignAnswerThatStillWaitsForTheDisk_IsForeign()
    {
        for (var number = 0; number < 50; number++)
        {
            _sut.Keep(Kept($"resp_{number}"));

            (await _sut.FindAsync("key_b", $"resp_{number}")).ShouldBe(new ResponseFound(null, IsForeign: true));
        }
    }

    [Fact]
    public async Task Find_WhatMemoryHasForgotten_ComesFromTheDisk()
    {
        var sut = CreateSut(new ResponseCache(_time, maxBytes: 1));
        for (var number = 0; number < 300; number++)
        {
            sut.Keep(Kept($"resp_{number}"));
        }

        await sut.FlushAsync();

        for (var number = 0; number < 300; number++)
        {
            (await sut.FindAsync("key_a", $"resp_{number}")).Own.ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Delete_WhatStillWaitsForTheDisk_TakesItForGood()
    {
        _sut.Keep(Kept("resp_1"));

        (await _sut.DeleteAsync("key_a", "resp_1")).ShouldBeTrue();
        await _sut.FlushAsync();

        (await _sut.FindAsync("key_a", "resp_1")).Own.ShouldBeNull();
        (await _sut.DeleteAsync("key_a", "resp_1")).ShouldBeFalse();
    }

    [Fact]
    public async Task Find_TooOld_IsNotThere()
    {
        _sut.Keep(Kept("resp_1"));
        await _sut.FlushAsync();

        _time.Advance(TimeSpan.FromDays(31));

        (await _sut.FindAsync("key_a", "resp_1")).Own.ShouldBeNull();
    }

    [Fact]
    public void ExpiryOf_Settings_IsAsLongAsTheySay()
        => _sut.ExpiryOf(Start).ShouldBe(Start.AddDays(30));

    [Fact]
    public void Cache_BeyondItsBound_ForgetsTheOldestThatIsWritten()
    {
        var cache = new ResponseCache(_time, maxBytes: Kept("resp_0").Bytes * 3);
        cache.Put(Kept("resp_waiting"), isWritten: false);
        for (var number = 0; number < 10; number++)
        {
            cache.Put(Kept($"resp_{number}"), isWritten: true);
        }

        cache.Find("key_a", "resp_waiting").ShouldNotBeNull();
        cache.Find("key_a", "resp_0").ShouldBeNull();
        cache.Find("key_a", "resp_9").ShouldNotBeNull();
        cache.Bytes.ShouldBeLessThanOrEqualTo(Kept("resp_0").Bytes * 3);
    }

    private static StoredResponse Kept(string id) => new("key_a", id, "m")
    {
        Content = new ResponseContent("[]"u8.ToArray(), "{}"u8.ToArray(), default),
        CreatedAt = Start,
        ExpiresAt = Start.AddDays(30),
    };

    private ResponseDirectory CreateSut(ResponseCache cache)
        => new(_store, cache, new StubConfiguration(new SluiceConfig()), NullLogger<ResponseDirectory>.Instance);
}
