using Sluice.Protocol;
using static Sluice.Providers.Tests.ProviderFixture;

namespace Sluice.Providers.Tests.Vertex;

public class VertexProviderTests
{
    [Theory]
    [InlineData("us-central1", "https://us-central1-aiplatform.googleapis.com")]
    [InlineData("global", "https://aiplatform.googleapis.com")]
    [InlineData("", "https://aiplatform.googleapis.com")]
    [InlineData("us", "https://aiplatform.us.rep.googleapis.com")]
    [InlineData("eu", "https://aiplatform.eu.rep.googleapis.com")]
    public void BaseUrl_FollowsTheLocation(string location, string expected)
        => Get("vertex").Descriptor.Platform!.BaseUrlOf(location).ShouldBe(expected);

    [Theory]
    [InlineData("claude-x-20250929", "claude-x@20250929")]
    [InlineData("claude-x@20250929", "claude-x@20250929")]
    [InlineData("claude-opus-4-6", "claude-opus-4-6")]
    [InlineData("gemini-x-20250929", "gemini-x-20250929")]
    public void Spelling_OfASnapshot_IsVertexs(string model, string expected) => Get("vertex").Descriptor.Spelling(model).ShouldBe(expected);

    [Theory]
    [InlineData("claude-x@20250929", "claude-x-20250929")]
    [InlineData("claude-x", "claude-x")]
    public void Spelling_AtAnthropic_IsAnthropics(string model, string expected) => Get("anthropic").Descriptor.Spelling(model).ShouldBe(expected);

    [Theory]
    [InlineData("gemini-x", "generate_content", true)]
    [InlineData("gemini-x", "messages", false)]
    [InlineData("claude-x", "messages", true)]
    [InlineData("claude-x", "generate_content", false)]
    [InlineData("meta/llama-x", "chat", true)]
    [InlineData("meta/llama-x", "generate_content", false)]
    [InlineData("gemini-x", "chat", false)]
    public void Serves_EachPublisherInItsOwnDialect(string model, string operation, bool served)
        => Get("vertex").Descriptor.Serves(Operation.All.Single(one => one.Name == operation), model).ShouldBe(served);

    [Theory]
    [InlineData("messages", "claude-x@1", false, "/v1/projects/p/locations/eu/publishers/anthropic/models/claude-x@1:rawPredict")]
    [InlineData("messages", "claude-x@1", true, "/v1/projects/p/locations/eu/publishers/anthropic/models/claude-x@1:streamRawPredict")]
    [InlineData("count_tokens", "claude-x", false, "/v1/projects/p/locations/eu/publishers/anthropic/models/count-tokens:rawPredict")]
    [InlineData("chat", "meta/llama", true, "/v1/projects/p/locations/eu/endpoints/openapi/chat/completions")]
    [InlineData("fetch_predict_operation", "veo", false, "/v1/projects/p/locations/eu/publishers/google/models/veo:fetchPredictOperation?a=b")]
    public void Url_OfAnAccount_HasItsProjectAndLocation(string operation, string model, bool streams, string expected)
        => Urls("p").For(Operation.All.Single(one => one.Name == operation), model, "a=b", streams).ShouldBe(expected);

    [Fact]
    public void Url_OfAnApiKey_HasNeitherAndServesGoogleAlone()
    {
        Urls(null).For(Operation.GenerateContent, "gemini-x", "").ShouldBe("/v1/publishers/google/models/gemini-x:generateContent");
        Urls(null).Has(Operation.Messages).ShouldBeFalse();
    }

    private static UpstreamUrl Urls(string? project)
    {
        var descriptor = Get("vertex").Descriptor;
        return UpstreamUrl.Create(descriptor with { Operations = descriptor.Platform!.PathsOf(descriptor.Operations, "eu", project) }, "");
    }
}
