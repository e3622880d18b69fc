using static Sluice.Providers.Tests.ProviderFixture;
using static Sluice.Providers.UpstreamFailureKind;

namespace Sluice.Providers.Tests.OpenAICompatible;

public class CompatibleProviderTests
{
    [Theory]
    // https://openrouter.ai/docs/api-reference/errors
    [InlineData("openrouter", 402, """{"error":{"code":402,"message":"Insufficient credits"}}""", OutOfCredit, "402")]
    [InlineData("openrouter", 403, """{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["violence"],"flagged_input":"…","provider_name":"x"}}}""", BadRequest, "403")]
    [InlineData("openrouter", 403, """{"error":{"code":403,"message":"Only management keys can perform this operation"}}""", CredentialRejected, "403")]
    [InlineData("openrouter", 200, """{"id":"gen-1","object":"chat.completion.chunk","error":{"code":502,"message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}""", ServerError, "502")]
    [InlineData("openrouter", 200, """{"error":{"code":"server_error","message":"Provider disconnected unexpectedly"}}""", ServerError, "server_error")]
    [InlineData("openrouter", 200, """{"error":{"code":529,"message":"Provider overloaded"}}""", Overloaded, "529")]
    // https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
    [InlineData("azure-openai", 400, """{"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}""", BadRequest, "content_filter")]
    [InlineData("azure-openai", 404, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}""", BadRequest, "DeploymentNotFound")]
    [InlineData("azure-openai", 401, """{"statusCode":401,"message":"Unauthorized. Access token is missing, invalid"}""", CredentialRejected, "")]
    // https://api-docs.deepseek.com/quick_start/error_codes
    [InlineData("deepseek", 402, """{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}""", OutOfCredit, "invalid_request_error")]
    // https://docs.mistral.ai/api
    [InlineData("mistral", 422, """{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]},"type":"invalid_request_error","param":null,"code":null}""", BadRequest, "invalid_request_error")]
    // https://platform.moonshot.ai/docs/api/chat
    [InlineData("moonshot", 429, """{"error":{"type":"exceeded_current_quota_error","message":"You exceeded your current token quota, please check your account balance"}}""", OutOfCredit, "exceeded_current_quota_error")]
    [InlineData("moonshot", 429, """{"error":{"type":"engine_overloaded_error","message":"The engine is currently overloaded, please try again later"}}""", Overloaded, "engine_overloaded_error")]
    [InlineData("moonshot", 429, """{"error":{"type":"rate_limit_reached_error","message":"request reached max request"}}""", RateLimited, "rate_limit_reached_error")]
    // https://docs.z.ai/api-reference/api-code
    [InlineData("zai", 429, """{"error":{"code":"1113","message":"Insufficient balance or no resource package. Please recharge."}}""", OutOfCredit, "1113")]
    [InlineData("zai", 429, """{"error":{"code":"1302","message":"High concurrency usage of this API"}}""", RateLimited, "1302")]
    [InlineData("zai", 400, """{"error":{"code":"1301","message":"unsafe or sensitive content"}}""", BadRequest, "1301")]
    // https://www.alibabacloud.com/help/en/model-studio/error-code: its insufficient_quota is a rate.
    [InlineData("dashscope", 400, """{"error":{"code":"Arrearage","param":null,"message":"Access denied, please make sure your account is in good standing.","type":"Arrearage"}}""", OutOfCredit, "Arrearage")]
    [InlineData("dashscope", 429, """{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""", RateLimited, "insufficient_quota")]
    // Servers with a text for an error: Ollama, vLLM behind FastAPI.
    [InlineData("ollama", 404, """{"error":"model 'x' not found"}""", BadRequest, "")]
    [InlineData("vllm", 401, """{"error":"Unauthorized"}""", CredentialRejected, "")]
    [InlineData("openai-compatible", 429, """{"error":{"type":"insufficient_quota","code":"insufficient_quota"}}""", OutOfCredit, "insufficient_quota")]
    [InlineData("openai-compatible", 529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", Overloaded, "overloaded_error")]
    public void Classify_ByVendor_FollowsItsRow(string type, int status, string body, UpstreamFailureKind kind, string code)
    {
        var failure = Classify(type, status, body);

        (failure.Kind, failure.Code).ShouldBe((kind, code));
    }
}
