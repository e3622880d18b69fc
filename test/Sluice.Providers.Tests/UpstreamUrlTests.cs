using FsCheck;
using FsCheck.Fluent;
using Sluice.Protocol;
using static Sluice.Providers.Tests.ProviderFixture;

namespace Sluice.Providers.Tests;

public class UpstreamUrlTests
{
    [Theory]
    [InlineData("openai", "", "chat", "/v1/chat/completions")]
    [InlineData("openai", "https://api.openai.com/v1/", "responses", "/v1/responses")]
    [InlineData("openai", "http://127.0.0.1:9/proxy/openai/v1", "embeddings", "/proxy/openai/v1/embeddings")]
    [InlineData("openai-compatible", "http://127.0.0.1:9/v1", "completions", "/v1/completions")]
    [InlineData("openai-compatible", "http://127.0.0.1:9", "chat", "/chat/completions")]
    [InlineData("anthropic", "", "messages", "/v1/messages")]
    [InlineData("anthropic", "https://api.anthropic.com/", "count_tokens", "/v1/messages/count_tokens")]
    [InlineData("anthropic", "https://api.anthropic.com/v1", "messages", "/v1/messages")]
    [InlineData("anthropic", "http://127.0.0.1:9/anthropic", "messages", "/anthropic/v1/messages")]
    [InlineData("gemini", "", "generate_content", "/v1beta/models/m:generateContent")]
    [InlineData("gemini", "http://127.0.0.1:9/v1beta/", "stream_generate_content", "/v1beta/models/m:streamGenerateContent")]
    [InlineData("gemini", "http://127.0.0.1:9/v1alpha", "gemini_count_tokens", "/v1alpha/models/m:countTokens")]
    [InlineData("simulator", "", "chat", "/v1/chat/completions")]
    [InlineData("simulator", "http://127.0.0.1:9", "messages", "/v1/messages")]
    [InlineData("simulator", "http://127.0.0.1:9/", "batch_embed_contents", "/v1beta/models/m:batchEmbedContents")]
    [InlineData("azure-openai", "https://r.openai.azure.com/openai/v1/", "chat", "/openai/v1/chat/completions")]
    [InlineData("groq", "", "chat", "/openai/v1/chat/completions")]
    [InlineData("zai", "", "chat", "/api/paas/v4/chat/completions")]
    [InlineData("zai", "", "messages", "/api/anthropic/v1/messages")]
    [InlineData("openrouter", "", "messages", "/api/v1/messages")]
    [InlineData("fireworks", "", "messages", "/inference/v1/messages")]
    public void Build_ByProvider_IsWhereTheVendorsOwnSdkCalls(string type, string baseUrl, string operation, string expected) =>
        Build(type, baseUrl, operation, "m").ShouldBe(expected);

    [Theory]
    [InlineData("gemini-2.5-flash", "gemini-2.5-flash")]
    [InlineData("models/gemini-2.5-flash", "gemini-2.5-flash")]
    [InlineData("vendor/model", "vendor/model")]
    [InlineData("a b", "a%20b")]
    [InlineData("m:predict", "m%3Apredict")]
    [InlineData("m?key=1#x", "m%3Fkey%3D1%23x")]
    [InlineData("modèle", "mod%C3%A8le")]
    [InlineData("模型", "%E6%A8%A1%E5%9E%8B")]
    [InlineData("a\r\nb", "a%0D%0Ab")]
    [InlineData("a\\..\\b", "a%5C..%5Cb")]
    [InlineData("%2e%2e/b", "%252e%252e/b")]
    [InlineData("..a", "..a")]
    public void Build_ModelInPath_IsEncoded(string model, string expected) =>
        Build("gemini", "", "generate_content", model).ShouldBe($"/v1beta/models/{expected}:generateContent");

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../files")]
    [InlineData("a/../../files")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("models/")]
    [InlineData("models/../x")]
    public void Build_ModelThatCouldLeaveItsPath_IsRefused(string model) =>
        Build("gemini", "", "generate_content", model).ShouldBeNull();

    [Fact]
    public void Build_ModelInBody_DoesNotTouchThePath() =>
        Build("openai", "", "chat", "../../x").ShouldBe("/v1/chat/completions");

    [Theory]
    [InlineData("", "alt=sse", "/v1beta/models/m:generateContent?alt=sse")]
    [InlineData("", "?alt=sse&x=1", "/v1beta/models/m:generateContent?alt=sse&x=1")]
    [InlineData("http://h/v1beta?tenant=7", "", "/v1beta/models/m:generateContent?tenant=7")]
    [InlineData("http://h/v1beta?tenant=7", "alt=sse", "/v1beta/models/m:generateContent?tenant=7&alt=sse")]
    public void Build_WithQuery_KeepsBothQueries(string baseUrl, string query, string expected) =>
        Build("gemini", baseUrl, "generate_content", "m", query).ShouldBe(expected);

    [Fact]
    public void Build_BaseUrlWithQuery_AppliesToFixedPathsToo() =>
        Build("azure-openai", "https://r.openai.azure.com/openai/v1?api-version=preview", "chat", "m", "a=b")
            .ShouldBe("/openai/v1/chat/completions?api-version=preview&a=b");

    [Fact]
    public void Build_OperationThatIsNotServed_IsNull() => Build("anthropic", "", "chat", "m").ShouldBeNull();

    [Fact]
    public void For_FixedPathWithoutQuery_DoesNotAllocate()
    {
        var url = UpstreamUrl.Create(Get("openai").Descriptor, "");
        url.For(Operation.Chat, "m", "").ShouldBeSameAs(url.For(Operation.Chat, "m", ""));
    }

    [Theory]
    [InlineData("openai", "", "/v1/models")]
    [InlineData("anthropic", "https://api.anthropic.com/v1", "/v1/models")]
    [InlineData("gemini", "", "/v1beta/models")]
    [InlineData("ollama", "", "/v1/models")]
    [InlineData("perplexity", "", null)]
    public void ModelsPath_ByProvider_IsTheVendorsList(string type, string baseUrl, string? expected) =>
        UpstreamUrl.Create(Get(type).Descriptor, baseUrl).ModelsPath.ShouldBe(expected);

    [Fact]
    public void Build_AnyModel_StaysUnderItsPrefixAndIsAscii() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<NonNull<string>>(model =>
        {
            var path = Build("gemini", "", "generate_content", model.Get);
            return path is null
                || (path.All(letter => letter is > ' ' and < (char)127 and not '?' and not '#')
                    && new Uri("http://h" + path).AbsolutePath.StartsWith("/v1beta/models/", StringComparison.Ordinal));
        }));

    private static string? Build(string type, string baseUrl, string operation, string model, string query = "") =>
        UpstreamUrl.Build(Get(type).Descriptor, baseUrl, Operation.All.Single(known => known.Name == operation), model, query);
}
