using Sluice.Simulator.Answers;

namespace Sluice.Simulator.Tests.Answers;

public sealed class PromptCacheTests
{
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);
    private readonly ManualTime _time = new();

    [Fact]
    public void Use_SamePrefixAgain_IsReadInsteadOfWritten()
    {
        var sut = new PromptCache(10, _time);

        sut.Use("m", Segments()).ShouldBe(new CacheUse(0, 100, 50));
        sut.Use("m", Segments()).ShouldBe(new CacheUse(150, 0, 0));
    }

    [Fact]
    public void Use_OtherScope_KnowsNothing()
    {
        var sut = new PromptCache(10, _time);
        sut.Use("m", Segments());

        sut.Use("n", Segments()).Read.ShouldBe(0);
    }

    [Fact]
    public void Use_LongerPrompt_ReadsTheLongestKnownPrefix()
    {
        var sut = new PromptCache(10, _time);
        sut.Use("m", Segments());

        var use = sut.Use("m", [.. Segments(), new PromptSegment(4, 180, FiveMinutes)]);

        use.ShouldBe(new CacheUse(150, 30, 0));
    }

    [Fact]
    public void Use_AfterItsLife_WritesAgain()
    {
        var sut = new PromptCache(10, _time);
        sut.Use("m", [new PromptSegment(1, 100, FiveMinutes)]);
        _time.Advance(FiveMinutes);

        sut.Use("m", [new PromptSegment(1, 100, FiveMinutes)]).ShouldBe(new CacheUse(0, 100, 0));
    }

    [Fact]
    public void Use_MoreThanItsCapacity_ForgetsTheLeastRecentlyUsed()
    {
        var sut = new PromptCache(2, _time);
        foreach (var prefix in (ulong[])[1, 2, 1, 3])
        {
            sut.Use("m", [new PromptSegment(prefix, 10, FiveMinutes)]);
        }

        sut.Use("m", [new PromptSegment(1, 10, FiveMinutes)]).Read.ShouldBe(10);
        sut.Use("m", [new PromptSegment(2, 10, null)]).Read.ShouldBe(0);
    }

    private static PromptSegment[] Segments() =>
        [new(1, 100, FiveMinutes), new(2, 120, null), new(3, 150, TimeSpan.FromHours(1)), new(9, 170, null)];
}
