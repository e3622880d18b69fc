using System.Text;
using Sluice.Providers.Quota;
using static Sluice.Providers.Tests.ProviderFixture;

namespace Sluice.Providers.Tests.Quota;

/// <summary>
/// Names and values as in platform.claude.com/docs/en/api/rate-limits#response-headers,
/// platform.openai.com/docs/guides/rate-limits and console.groq.com/docs/rate-limits.
/// </summary>
public class QuotaHeadersTests
{
    [Theory]
    [InlineData("x-ratelimit-limit-requests", QuotaKind.Requests, "Limit")]
    [InlineData("X-RateLimit-Remaining-Tokens", QuotaKind.Tokens, "Remaining")]
    [InlineData("x-ratelimit-reset-requests", QuotaKind.Requests, "Reset")]
    [InlineData("X-RateLimit-Reset", QuotaKind.Requests, "Reset")]
    [InlineData("anthropic-ratelimit-requests-limit", QuotaKind.Requests, "Limit")]
    [InlineData("anthropic-ratelimit-tokens-remaining", QuotaKind.Tokens, "Remaining")]
    [InlineData("anthropic-ratelimit-input-tokens-reset", QuotaKind.InputTokens, "Reset")]
    [InlineData("Anthropic-Ratelimit-Output-Tokens-Remaining", QuotaKind.OutputTokens, "Remaining")]
    public void TryParse_DocumentedName_IsKnown(string name, QuotaKind kind, string part)
    {
        QuotaHeaders.TryParse(Encoding.ASCII.GetBytes(name), out var foundKind, out var foundPart).ShouldBeTrue();

        foundKind.ShouldBe(kind);
        foundPart.ToString().ShouldBe(part);
    }

    [Theory]
    [InlineData("x-ratelimit-")]
    [InlineData("x-ratelimit-limit-images")]
    [InlineData("x-ratelimit-foo-requests")]
    [InlineData("anthropic-ratelimit-")]
    [InlineData("anthropic-ratelimit-requests")]
    [InlineData("anthropic-ratelimit-unified-status")]
    [InlineData("anthropic-priority-input-tokens-limit")]
    [InlineData("retry-after")]
    public void TryParse_AnotherName_IsNot(string name) =>
        QuotaHeaders.TryParse(Encoding.ASCII.GetBytes(name), out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData("1s", 1)]
    [InlineData("6m0s", 360)]
    [InlineData("120ms", 0.12)]
    [InlineData("2m59.56s", 179.56)]
    [InlineData("1h2m3s", 3723)]
    [InlineData("1d", 86_400)]
    [InlineData("30", 30)]
    [InlineData("0.5", 0.5)]
    [InlineData("2026-07-01T19:00:30Z", 30)]
    [InlineData("2026-07-01T18:00:00Z", 0)]
    [InlineData("1782932430", 30)]
    [InlineData("1782932430000", 30)]
    [InlineData("99999d", 31 * 86_400)]
    public void ParseReset_AnyVendorsForm_IsATime(string text, double seconds) =>
        QuotaHeaders.ParseReset(Encoding.ASCII.GetBytes(text), Now).ShouldNotBeNull().TotalSeconds.ShouldBe(seconds, 0.01);

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("s")]
    [InlineData("5parsecs")]
    [InlineData("-3s")]
    [InlineData("1:2:3:4")]
    [InlineData("NaN")]
    [InlineData("1e400s")]
    public void ParseReset_Nonsense_IsNone(string text) =>
        QuotaHeaders.ParseReset(Encoding.ASCII.GetBytes(text), Now).ShouldBeNull();

    [Fact]
    public void Take_NonsenseNumber_ChangesNothing()
    {
        var reading = QuotaReading.Unknown;
        foreach (var text in new[] { "-1", "1.5", "many", "99999999999999999999" })
        {
            QuotaHeaders.Take(ref reading, QuotaPart.Remaining, Encoding.ASCII.GetBytes(text), Now);
        }

        reading.IsKnown.ShouldBeFalse();
        QuotaHeaders.Take(ref reading, QuotaPart.Remaining, "0"u8, Now);
        reading.IsUsedUp.ShouldBeFalse("nothing says when it is whole again");
        QuotaHeaders.Take(ref reading, QuotaPart.Reset, "30s"u8, Now);
        reading.IsUsedUp.ShouldBeTrue();
    }

    [Theory]
    [InlineData("openrouter", """{"data":{"label":"k","limit":10,"limit_remaining":7.25,"usage":2.75}}""", 7.25, "USD")]
    [InlineData("deepseek", """{"is_available":true,"balance_infos":[{"currency":"CNY","total_balance":"110.00","granted_balance":"10.00"}]}""", 110, "CNY")]
    public void Balance_DocumentedAnswer_IsRead(string type, string body, double amount, string currency) =>
        Get(type).Descriptor.Balance.ShouldNotBeNull().Read(Encoding.UTF8.GetBytes(body)).ShouldBe(new AccountBalance((decimal)amount, currency));

    [Theory]
    [InlineData("""{"data":{"limit_remaining":null}}""")]
    [InlineData("""{"data":[]}""")]
    [InlineData("""["data"]""")]
    [InlineData("not json")]
    [InlineData("")]
    public void Balance_AnythingElse_IsNone(string body) =>
        Get("openrouter").Descriptor.Balance.ShouldNotBeNull().Read(Encoding.UTF8.GetBytes(body)).ShouldBeNull();
}
