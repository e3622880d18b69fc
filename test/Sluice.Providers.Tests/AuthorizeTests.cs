using Sluice.Providers.OpenAICompatible;
using static Sluice.Providers.Tests.ProviderFixture;

namespace Sluice.Providers.Tests;

public class AuthorizeTests
{
    [Theory]
    [InlineData("openai", "sk-1", "authorization", "Bearer sk-1")]
    [InlineData("anthropic", "sk-ant-api03-1", "x-api-key", "sk-ant-api03-1")]
    [InlineData("anthropic", "sk-ant-oat01-1", "authorization", "Bearer sk-ant-oat01-1")]
    [InlineData("gemini", "AIza1", "x-goog-api-key", "AIza1")]
    [InlineData("openai-compatible", "k", "authorization", "Bearer k")]
    [InlineData("azure-openai", "k", "api-key", "k")]
    [InlineData("groq", "gsk_1", "authorization", "Bearer gsk_1")]
    [InlineData("simulator", "k", "authorization", "Bearer k")]
    public void Authorize_WithSecret_AddsTheVendorsHeaderOnly(string type, string secret, string name, string value) =>
        Authorize(type, secret).ShouldBe([new(name, value)]);

    [Fact]
    public void Authorize_WithoutSecret_AddsNoCredential()
    {
        // The simulator takes any key, and one is always sent.
        foreach (var provider in Registry.All.Where(provider => provider.Descriptor.Type != "simulator"))
        {
            Authorize(provider.Descriptor.Type, "").Keys
                .ShouldNotContain(name => name == "authorization" || name.Contains("key"), provider.Descriptor.Type);
        }
    }

    [Fact]
    public void Authorize_RowWithFixedHeaders_AddsThemToTheCredential()
    {
        var headers = new HeaderList();
        var row = new VendorRow("v", "V") { Auth = "x-key", Headers = new Dictionary<string, string> { ["x-version"] = "2" } };

        new CompatibleProvider(row).Authorize(headers, "s");

        headers.ShouldBe([new("x-key", "s"), new("x-version", "2")]);
    }
}
