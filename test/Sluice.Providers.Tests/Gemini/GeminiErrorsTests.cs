using static Sluice.Providers.Tests.ProviderFixture;
using static Sluice.Providers.UpstreamFailureKind;

namespace Sluice.Providers.Tests.Gemini;

/// <summary>
/// Bodies as in https://ai.google.dev/gemini-api/docs/troubleshooting; the quota failures as quoted in
/// https://github.com/google-gemini/gemini-cli/issues/8437.
/// </summary>
public class GeminiErrorsTests
{
    private const string PerDay =
        """
        {"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[
          {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
            {"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests",
             "quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier","quotaDimensions":{"location":"global","model":"m"}},
            {"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests",
             "quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaDimensions":{"location":"global","model":"m"}}]},
          {"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":"Learn more","url":"https://ai.google.dev/gemini-api/docs/rate-limits"}]},
          {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"55s"}]}}
        """;

    private const string PerMinute =
        """
        {"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[
          {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
            {"quotaId":"GenerateContentInputTokensPerModelPerMinute-FreeTier"}]},
          {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.074824224s"}]}}
        """;

    [Theory]
    [InlineData(400, """{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}}]}}""", CredentialRejected, "API_KEY_INVALID")]
    [InlineData(400, """{"error":{"code":400,"message":"Request contains an invalid argument.","status":"INVALID_ARGUMENT"}}""", BadRequest, "INVALID_ARGUMENT")]
    [InlineData(400, """{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}""", CredentialRejected, "FAILED_PRECONDITION")]
    [InlineData(400, """{"error":{"code":400,"message":"Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio.","status":"FAILED_PRECONDITION"}}""", CredentialRejected, "FAILED_PRECONDITION")]
    [InlineData(400, """{"error":{"code":400,"message":"The File x is not in an ACTIVE state and usage is not allowed.","status":"FAILED_PRECONDITION"}}""", BadRequest, "FAILED_PRECONDITION")]
    [InlineData(401, """{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED"}}""", CredentialRejected, "UNAUTHENTICATED")]
    [InlineData(403, """{"error":{"code":403,"message":"Permission denied.","status":"PERMISSION_DENIED"}}""", CredentialRejected, "PERMISSION_DENIED")]
    [InlineData(404, """{"error":{"code":404,"message":"models/x is not found for API version v1beta","status":"NOT_FOUND"}}""", BadRequest, "NOT_FOUND")]
    [InlineData(429, """{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}""", RateLimited, "RESOURCE_EXHAUSTED")]
    [InlineData(499, """{"error":{"code":499,"message":"The operation was cancelled.","status":"CANCELLED"}}""", ServerError, "CANCELLED")]
    [InlineData(500, """{"error":{"code":500,"message":"An internal error has occurred.","status":"INTERNAL"}}""", ServerError, "INTERNAL")]
    [InlineData(503, """{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}""", Overloaded, "UNAVAILABLE")]
    [InlineData(504, """{"error":{"code":504,"message":"Deadline expired before operation could complete.","status":"DEADLINE_EXCEEDED"}}""", ServerError, "DEADLINE_EXCEEDED")]
    public void Classify_ByStatusAndReason_SaysWhoIsAtFault(int status, string body, UpstreamFailureKind kind, string code) =>
        Classify("gemini", status, body).ShouldBe(new UpstreamFailure(kind, UpstreamStage.AwaitHeaders, status, code));

    [Fact]
    public void Classify_WrappedInAnArray_ReadsTheSame() =>
        Classify("gemini", 429, $"[{PerMinute}\n]").ShouldBe(Classify("gemini", 429, PerMinute));

    [Fact]
    public void Classify_QuotaPerMinute_WaitsAsRetryInfoSays() =>
        Classify("gemini", 429, PerMinute).RetryAfter.ShouldBe(TimeSpan.FromSeconds(34.074824224));

    [Fact]
    public void Classify_QuotaPerDay_WaitsUntilMidnightInCalifornia()
    {
        // Noon there: twelve hours, whatever RetryInfo and retry-after say of the minute's window.
        var failure = Classify("gemini", 429, PerDay, ("retry-after", "20"));

        failure.Kind.ShouldBe(RateLimited);
        failure.RetryAfter.ShouldBe(TimeSpan.FromHours(12));
        failure.QuotaUsedUp.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}""", Overloaded)]
    [InlineData("""{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED"}}""", RateLimited)]
    [InlineData("""[{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}]""", BadRequest)]
    [InlineData("""{"error":{"message":"no code","status":"INTERNAL"}}""", ServerError)]
    public void Classify_ErrorInAStream_ReadsTheChunk(string body, UpstreamFailureKind kind)
    {
        Classify("gemini", 200, body).Kind.ShouldBe(kind);
        Classify("gemini", 200, body).Stage.ShouldBe(UpstreamStage.Body);
    }
}
