using static Sluice.Providers.Tests.ProviderFixture;
using static Sluice.Providers.UpstreamFailureKind;

namespace Sluice.Providers.Tests.Anthropic;

/// <summary>
/// Bodies as in https://platform.claude.com/docs/en/api/errors and https://platform.claude.com/docs/en/api/rate-limits;
/// the used-up balance as quoted in https://github.com/anthropics/claude-code/issues/4207.
/// </summary>
public class AnthropicErrorsTests
{
    [Theory]
    [InlineData(400, "invalid_request_error", "max_tokens: field required", BadRequest)]
    [InlineData(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.", OutOfCredit)]
    [InlineData(400, "invalid_request_error", "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.", OutOfCredit)]
    [InlineData(400, "invalid_request_error", "You have reached your specified workspace API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.", OutOfCredit)]
    [InlineData(401, "authentication_error", "invalid x-api-key", CredentialRejected)]
    [InlineData(402, "billing_error", "There is an issue with your billing", OutOfCredit)]
    [InlineData(403, "permission_error", "Your API key does not have permission to use the specified resource", CredentialRejected)]
    [InlineData(404, "not_found_error", "model: claude-nonesuch", BadRequest)]
    [InlineData(409, "conflict_error", "conflict", BadRequest)]
    [InlineData(413, "request_too_large", "Request exceeds the maximum size", BadRequest)]
    [InlineData(429, "rate_limit_error", "This request would exceed your organization's rate limit", RateLimited)]
    [InlineData(500, "api_error", "Internal server error", ServerError)]
    [InlineData(504, "timeout_error", "Request timed out", ServerError)]
    [InlineData(529, "overloaded_error", "Overloaded", Overloaded)]
    public void Classify_ByStatusAndType_SaysWhoIsAtFault(int status, string type, string message, UpstreamFailureKind kind) =>
        (Classify("anthropic", status, Body(type, message)) with { RetryAfter = null }).ShouldBe(new UpstreamFailure(kind, UpstreamStage.AwaitHeaders, status, type));

    [Theory]
    [InlineData("enforced_spend_limit_reached", OutOfCredit)]
    [InlineData("contract_spend_limit_reached", OutOfCredit)]
    [InlineData("ramp_limit_exceeded", RateLimited)]
    public void Classify_429WithDetails_TellsMoneyFromRate(string code, UpstreamFailureKind kind)
    {
        var body = $$$"""{"type":"error","error":{"type":"rate_limit_error","message":"No.","details":{"error_code":"{{{code}}}"}},"request_id":"req_1"}""";

        (Classify("anthropic", 429, body) with { RetryAfter = null }).ShouldBe(new UpstreamFailure(kind, UpstreamStage.AwaitHeaders, 429, code));
    }

    [Theory]
    [InlineData("overloaded_error", Overloaded)]
    [InlineData("api_error", ServerError)]
    [InlineData("rate_limit_error", RateLimited)]
    [InlineData("timeout_error", ServerError)]
    [InlineData("authentication_error", CredentialRejected)]
    [InlineData("invalid_request_error", BadRequest)]
    [InlineData("something_new", ServerError)]
    public void Classify_ErrorEventInAStream_ReadsItsType(string type, UpstreamFailureKind kind) =>
        Classify("anthropic", 200, Body(type, "x")).ShouldBe(new UpstreamFailure(kind, UpstreamStage.Body, 200, type));

    [Fact]
    public void Classify_SpendLimits_TellWhenTheyEnd()
    {
        const string Spent = """{"type":"error","error":{"type":"rate_limit_error","message":"No.","details":{"error_code":"enforced_spend_limit_reached"}}}""";

        // Now is the first of July: a monthly limit ends with the month.
        Classify("anthropic", 429, Spent).RetryAfter.ShouldBe(new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero) - Now);
        Classify("anthropic", 400, Body("invalid_request_error", "You have reached your specified API usage limits. You will regain access on 2026-07-15 at 00:00 UTC."))
            .RetryAfter.ShouldBe(new DateTimeOffset(2026, 7, 15, 0, 0, 0, TimeSpan.Zero) - Now);
        Classify("anthropic", 429, Spent.Replace("enforced", "contract", StringComparison.Ordinal)).RetryAfter.ShouldBeNull();
        Classify("anthropic", 400, Body("invalid_request_error", "You have reached your specified API usage limits. You will regain access on 2026-13-99 at"))
            .RetryAfter.ShouldBeNull();
    }

    private static string Body(string type, string message) =>
        $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"},"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}""";
}
