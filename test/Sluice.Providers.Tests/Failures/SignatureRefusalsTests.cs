using static Sluice.Providers.Tests.ProviderFixture;

namespace Sluice.Providers.Tests.Failures;

public class SignatureRefusalsTests
{
    [Theory]
    [InlineData("anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"messages.1.content.0: Invalid `signature` in `thinking` block"}}""", true)]
    [InlineData("anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"messages.1.content.0: Invalid `data` in `redacted_thinking` block"}}""", true)]
    [InlineData("anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: Field required"}}""", false)]
    [InlineData("anthropic", 529, """{"type":"error","error":{"type":"overloaded_error","message":"thinking signature service overloaded"}}""", false)]
    [InlineData("openai", 400, """{"error":{"message":"The encrypted content gAAA... could not be verified.","type":"invalid_request_error","param":null,"code":"invalid_encrypted_content"}}""", true)]
    [InlineData("openai", 404, """{"error":{"message":"Item with id 'rs_68a' not found. Items are not persisted when `store` is set to false.","type":"invalid_request_error","param":"input","code":null}}""", true)]
    [InlineData("openai", 404, """{"error":{"message":"The model 'x' does not exist","type":"invalid_request_error","param":null,"code":"model_not_found"}}""", false)]
    [InlineData("gemini", 400, """{"error":{"code":400,"message":"Corrupted thought signature.","status":"INVALID_ARGUMENT"}}""", true)]
    [InlineData("gemini", 400, """{"error":{"code":400,"message":"Function call is missing a thought_signature in functionCall parts.","status":"INVALID_ARGUMENT"}}""", true)]
    [InlineData("gemini", 400, """{"error":{"code":400,"message":"Please use a valid role: user, model.","status":"INVALID_ARGUMENT"}}""", false)]
    public void Classify_RefusedSignature_IsToldFromOtherRefusals(string type, int status, string body, bool refused) =>
        Classify(type, status, body).SignatureRefused.ShouldBe(refused);
}
