using Microsoft.AspNetCore.Http;
using Sluice.Limits;
using Sluice.Pipeline;
using Sluice.Protocol;

namespace Sluice.Tests.Pipeline;

public sealed class LimitHeadersTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 30, 700, TimeSpan.Zero);

    [Fact]
    public void Write_NoLimits_WritesNothing() => Written(Dialect.AnthropicMessages, default).ShouldBeEmpty();

    [Theory]
    [InlineData(Dialect.OpenAIChat)]
    [InlineData(Dialect.OpenAIResponses)]
    [InlineData(Dialect.GeminiGenerate)]
    public void Write_RequestsAlone_SaysThemInTwoSpellings(Dialect dialect)
        => Written(dialect, new LimitDecision { Requests = new LimitState(600, 599, 60) }).ShouldBe(
        [
            ("x-ratelimit-limit-requests", "600"),
            ("x-ratelimit-remaining-requests", "599"),
            ("x-ratelimit-reset-requests", "1m0s"),
            ("RateLimit-Policy", "\"requests\";q=600;w=60"),
            ("RateLimit", "\"requests\";r=599;t=60"),
        ], ignoreOrder: true);

    [Fact]
    public void Write_BothForAnthropic_SaysThemInItsOwnSpellingToo()
        => Written(Dialect.AnthropicMessages, new LimitDecision { Requests = new LimitState(3, 0, 59), Tokens = new LimitState(1000, 880, 0) }).ShouldBe(
        [
            ("x-ratelimit-limit-requests", "3"),
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "59s"),
            ("anthropic-ratelimit-requests-limit", "3"),
            ("anthropic-ratelimit-requests-remaining", "0"),
            ("anthropic-ratelimit-requests-reset", "2026-06-01T12:01:29Z"),
            ("x-ratelimit-limit-tokens", "1000"),
            ("x-ratelimit-remaining-tokens", "880"),
            ("x-ratelimit-reset-tokens", "0s"),
            ("anthropic-ratelimit-tokens-limit", "1000"),
            ("anthropic-ratelimit-tokens-remaining", "880"),
            ("anthropic-ratelimit-tokens-reset", "2026-06-01T12:00:30Z"),
            ("RateLimit-Policy", "\"requests\";q=3;w=60, \"tokens\";q=1000;w=60"),
            ("RateLimit", "\"requests\";r=0;t=59, \"tokens\";r=880;t=0"),
        ], ignoreOrder: true);

    [Fact]
    public void Write_TokensAlone_SaysThem()
        => Written(Dialect.OpenAIChat, new LimitDecision { Tokens = new LimitState(70, 7, 1) }).ShouldContain(("RateLimit", "\"tokens\";r=7;t=1"));

    [Fact]
    public void Write_LargestNumbers_StayIntegersOfStructuredFields()
    {
        var written = Written(Dialect.OpenAIChat, new LimitDecision { Requests = new LimitState(long.MaxValue, long.MaxValue, 0) });

        written.ShouldContain(("x-ratelimit-limit-requests", "9223372036854775807"));
        written.ShouldContain(("RateLimit-Policy", "\"requests\";q=999999999999999;w=60"));
        written.ShouldContain(("RateLimit", "\"requests\";r=999999999999999;t=0"));
    }

    [Fact]
    public void Write_LimitsThatShareAPlaceInTheCache_AreNotMixedUp()
    {
        for (var limit = 0L; limit < 1000; limit += 64)
        {
            Written(Dialect.OpenAIChat, new LimitDecision { Requests = new LimitState(limit, 0, 0) })
                .ShouldContain(("x-ratelimit-limit-requests", limit.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public void IsOne_AllThatIsWritten_IsRecognised()
    {
        var written = Written(Dialect.AnthropicMessages, new LimitDecision { Requests = new LimitState(3, 0, 59), Tokens = new LimitState(1000, 880, 0) });

        written.ShouldAllBe(header => LimitHeaders.IsOne(header.Name));
        LimitHeaders.IsOne("content-type").ShouldBeFalse();
    }

    private static List<(string Name, string Value)> Written(Dialect dialect, LimitDecision decision)
    {
        var headers = new HeaderDictionary();
        LimitHeaders.Write(headers, dialect, in decision, Now);
        return [.. headers.Select(header => (header.Key, header.Value.ToString()))];
    }
}
