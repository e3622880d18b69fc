using static Sluice.Providers.Tests.ProviderFixture;
using static Sluice.Providers.UpstreamFailureKind;

namespace Sluice.Providers.Tests.OpenAI;

/// <summary>Bodies as in https://platform.openai.com/docs/guides/error-codes and the API's answers quoted there.</summary>
public class OpenAIErrorsTests
{
    [Theory]
    [InlineData(400, """{"error":{"message":"Unsupported value","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}""", BadRequest, "unsupported_value")]
    [InlineData(400, """{"error":{"message":"Billing hard limit has been reached","type":"billing_limit_user_error","param":null,"code":"billing_hard_limit_reached"}}""", OutOfCredit, "billing_hard_limit_reached")]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: sk-no.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", CredentialRejected, "invalid_api_key")]
    [InlineData(403, """{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}""", CredentialRejected, "unsupported_country_region_territory")]
    [InlineData(404, """{"error":{"message":"The model `x` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}""", BadRequest, "model_not_found")]
    [InlineData(408, "", UpstreamFailureKind.Timeout, "")]
    [InlineData(409, """{"error":{"message":"conflict","type":"invalid_request_error","param":null,"code":null}}""", BadRequest, "invalid_request_error")]
    [InlineData(413, "", BadRequest, "")]
    [InlineData(422, "", BadRequest, "")]
    [InlineData(429, """{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""", OutOfCredit, "insufficient_quota")]
    [InlineData(429, """{"error":{"message":"Rate limit reached for gpt-4o in organization org-x on requests per min (RPM): Limit 3, Used 3, Requested 1.","type":"requests","param":null,"code":"rate_limit_exceeded"}}""", RateLimited, "rate_limit_exceeded")]
    [InlineData(500, """{"error":{"message":"The server had an error while processing your request","type":"server_error","param":null,"code":null}}""", ServerError, "server_error")]
    [InlineData(502, "<html><body>502 Bad Gateway</body></html>", ServerError, "")]
    [InlineData(503, """{"error":{"message":"Slow down","type":"service_unavailable_error","param":null,"code":"slow_down"}}""", Overloaded, "slow_down")]
    [InlineData(504, "", ServerError, "")]
    public void Classify_ByStatusAndCode_SaysWhoIsAtFault(int status, string body, UpstreamFailureKind kind, string code) =>
        Classify("openai", status, body).ShouldBe(new UpstreamFailure(kind, UpstreamStage.AwaitHeaders, status, code));

    [Theory]
    [InlineData("""{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}""", ServerError)]
    [InlineData("""{"error":{"message":"Rate limit reached","type":"tokens","param":null,"code":"rate_limit_exceeded"}}""", RateLimited)]
    [InlineData("""{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""", OutOfCredit)]
    [InlineData("""{"type":"error","code":"invalid_prompt","message":"Invalid prompt","param":null,"sequence_number":3}""", BadRequest)]
    [InlineData("""{"type":"response.failed","sequence_number":9,"response":{"id":"resp_1","status":"failed","error":{"code":"rate_limit_exceeded","message":"Rate limit reached"}}}""", RateLimited)]
    [InlineData("""{"type":"response.failed","response":{"error":{"code":"server_error","message":"Something"}}}""", ServerError)]
    [InlineData("""event: error\ndata: {"type":"error","code":"server_error","message":"Something"}\n\n""", ServerError)]
    [InlineData("not json", ServerError)]
    public void Classify_InsideAStream_ReadsTheEvent(string body, UpstreamFailureKind kind)
    {
        var failure = Classify("openai", 200, body);

        failure.Kind.ShouldBe(kind);
        failure.Stage.ShouldBe(UpstreamStage.Body);
    }
}
