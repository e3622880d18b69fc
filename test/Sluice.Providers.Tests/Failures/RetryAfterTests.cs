using Sluice.Providers.Failures;
using static Sluice.Providers.Tests.ProviderFixture;

namespace Sluice.Providers.Tests.Failures;

public class RetryAfterTests
{
    [Theory]
    [InlineData("retry-after", "20", 20)]
    [InlineData("retry-after", " 20 ", 20)]
    [InlineData("retry-after", "1.5", 1.5)]
    [InlineData("retry-after", "0", 0)]
    [InlineData("retry-after", "-3", 0)]
    [InlineData("retry-after-ms", "1500", 1.5)]
    [InlineData("retry-after-ms", "0.5", 0.0005)]
    [InlineData("retry-after", "Wed, 01 Jul 2026 19:01:30 GMT", 90)]
    [InlineData("retry-after", "Wednesday, 01-Jul-26 19:01:30 GMT", 90)]
    [InlineData("retry-after", "Wed, 01 Jul 2026 18:00:00 GMT", 0)]
    [InlineData("retry-after", "99999999999999999999", 31 * 24 * 3600)]
    [InlineData("retry-after", "Wed, 01 Jul 2099 18:00:00 GMT", 31 * 24 * 3600)]
    public void FromHeaders_SecondsMillisecondsOrDate_IsTheWait(string name, string value, double seconds) =>
        RetryAfter.FromHeaders(new HeaderList { [name] = value }, Now).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("1e3")]
    [InlineData("Infinity")]
    public void FromHeaders_Unreadable_IsNothing(string value) =>
        RetryAfter.FromHeaders(new HeaderList { ["retry-after"] = value }, Now).ShouldBeNull();

    [Fact]
    public void FromHeaders_Both_PrefersMilliseconds() =>
        RetryAfter.FromHeaders(new HeaderList { ["retry-after"] = "2", ["retry-after-ms"] = "1234" }, Now)
            .ShouldBe(TimeSpan.FromMilliseconds(1234));

    [Fact]
    public void FromHeaders_UnreadableMilliseconds_FallsBackToSeconds() =>
        RetryAfter.FromHeaders(new HeaderList { ["retry-after"] = "2", ["retry-after-ms"] = "?" }, Now).ShouldBe(TimeSpan.FromSeconds(2));

    [Theory]
    [InlineData("34s", 34.0)]
    [InlineData("1.5s", 1.5)]
    [InlineData("0s", 0.0)]
    [InlineData("34", null)]
    [InlineData("s", null)]
    [InlineData("6m0s", null)]
    public void ParseProtobufDuration_Seconds_AreRead(string text, double? seconds) =>
        RetryAfter.ParseProtobufDuration(text).ShouldBe(seconds is { } value ? TimeSpan.FromSeconds(value) : null);

    [Theory]
    [InlineData("2026-07-01T19:00:00Z", 12)] // noon in summer, UTC-7
    [InlineData("2026-01-15T20:00:00Z", 12)] // noon in winter, UTC-8
    [InlineData("2026-03-08T08:00:00Z", 23)] // midnight of the day that is an hour short
    [InlineData("2026-11-01T07:00:00Z", 25)] // midnight of the day that is an hour long
    [InlineData("2026-07-01T07:00:00Z", 24)] // midnight itself: the next one
    public void UntilPacificMidnight_ThroughTheYear_KnowsSummerTime(string now, double hours) =>
        RetryAfter.UntilPacificMidnight(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture))
            .ShouldBe(TimeSpan.FromHours(hours));
}
