using Sluice.Pipeline;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.TestKit;

namespace Sluice.Tests.Pipeline;

public sealed class SignatureStoreTests
{
    private readonly FakeTime _time = new();
    private readonly SignatureStore _store;

    public SignatureStoreTests() => _store = new SignatureStore(_time);

    [Fact]
    public void Find_KeptByAnotherCaller_IsNotFound()
    {
        var kept = Kept("abc");
        _store.Of("a").Keep("call:1", kept);

        _store.Of("a").Find("call:1").ShouldBe(kept);
        _store.Of("b").Find("call:1").ShouldBeNull();
    }

    [Fact]
    public void HasRefused_SignatureThatAVendorRefused_IsTrueForItsCallerUntilItIsForgotten()
    {
        var signature = new Signature(new Owner(Dialect.AnthropicMessages), "sig");
        _store.Of("b").Keep("call:1", Kept("abc"));
        _store.Of("a").Keep(SignatureKeys.OfRefused("main", signature), KeptSignature.Nothing);
        _store.Of("a").Keep(SignatureKeys.OfRefused("main", signature), KeptSignature.Nothing);

        _store.HasRefused("a").ShouldBeTrue();
        _store.HasRefused("b").ShouldBeFalse();
        _store.HasRefused("nobody").ShouldBeFalse();
        _time.Advance(SignatureStore.Life + TimeSpan.FromMinutes(1));
        _store.Of("a").Find("call:1");
        _store.HasRefused("a").ShouldBeFalse();
    }

    [Fact]
    public void Find_NotUsedForItsLife_IsForgottenAndItsRoomGiven()
    {
        var part = _store.Of("a");
        part.Keep("call:used", Kept("abc"));
        part.Keep("call:idle", Kept("abc"));
        _time.Advance(SignatureStore.Life - TimeSpan.FromMinutes(1));
        part.Find("call:used").ShouldNotBeNull();
        _time.Advance(TimeSpan.FromMinutes(2));

        part.Find("call:idle").ShouldBeNull();
        part.Find("call:used").ShouldNotBeNull();
        _time.Advance(SignatureStore.Life + TimeSpan.FromMinutes(1));
        part.Find("call:used").ShouldBeNull();
        _store.Bytes.ShouldBe(0);
    }

    [Fact]
    public void Keep_MoreThanTheEntriesOfACaller_DropsTheLongestUnused()
    {
        var part = _store.Of("a");
        for (var i = 0; i <= SignatureStore.MaxEntries; i++)
        {
            part.Keep($"call:{i}", Kept("abc"));
            part.Find("call:0");
        }

        part.Find("call:0").ShouldNotBeNull();
        part.Find("call:1").ShouldBeNull();
        part.Find($"call:{SignatureStore.MaxEntries}").ShouldNotBeNull();
    }

    [Fact]
    public void Keep_LargeSignatures_StayUnderTheBytesOfACaller()
    {
        var part = _store.Of("a");
        for (var i = 0; i < 40; i++)
        {
            part.Keep($"call:{i}", Kept(new string('x', 512 * 1024)));
        }

        _store.Bytes.ShouldBeLessThanOrEqualTo(SignatureStore.MaxBytes);
        part.Find("call:39").ShouldNotBeNull();
        part.Find("call:0").ShouldBeNull();
        part.Keep("call:huge", Kept(new string('x', 5 * 1024 * 1024)));
        part.Find("call:huge").ShouldBeNull();
    }

    [Fact]
    public void Keep_TheSameKeyAgain_ReplacesItAndCountsItOnce()
    {
        var part = _store.Of("a");
        part.Keep("call:1", Kept("abc"));
        var before = _store.Bytes;
        var later = Kept("def");
        part.Keep("call:1", later);

        part.Find("call:1").ShouldBe(later);
        _store.Bytes.ShouldBe(before);
    }

    private static KeptSignature Kept(string data) => new([], new Signature(new Owner(Dialect.GeminiGenerate), data));
}
