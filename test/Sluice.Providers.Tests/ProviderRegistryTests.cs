using System.Text.RegularExpressions;
using Sluice.Protocol;
using static Sluice.Providers.Tests.ProviderFixture;

namespace Sluice.Providers.Tests;

public partial class ProviderRegistryTests
{
    public static TheoryData<string> AllTypes => [.. Registry.Types.Order()];

    [Fact]
    public void Types_AllProviders_AreUniqueAndFound()
    {
        Registry.Types.Count.ShouldBe(Registry.All.Count);
        Registry.All.ShouldAllBe(provider => Registry.Find(provider.Descriptor.Type) == provider);
        new[] { "openai", "anthropic", "gemini", "openai-compatible", "simulator", "azure-openai", "openrouter", "ollama" }
            .ShouldBeSubsetOf(Registry.Types);
    }

    [Theory]
    [InlineData("")]
    [InlineData("OpenAI")]
    [InlineData("nonesuch")]
    public void Find_UnknownType_IsNull(string type) => Registry.Find(type).ShouldBeNull();

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Descriptor_Always_CanBeUsedAsItStands(string type)
    {
        var descriptor = Get(type).Descriptor;

        TypeName().IsMatch(descriptor.Type).ShouldBeTrue();
        descriptor.DisplayName.ShouldNotBeNullOrWhiteSpace();
        descriptor.Operations.ShouldNotBeEmpty();
        descriptor.Operations.Select(row => row.Operation).ShouldBeUnique();
        descriptor.EnvironmentVariables.ShouldAllBe(name => VariableName().IsMatch(name));
        if (descriptor.DefaultBaseUrl is { } baseUrl)
        {
            var uri = new Uri(baseUrl);
            (uri.Scheme == "https" || uri.IsLoopback).ShouldBeTrue(baseUrl);
            baseUrl.ShouldNotEndWith("/");
        }

        foreach (var row in descriptor.Operations)
        {
            var (operation, path) = row;
            (path.StartsWith('/') || path.StartsWith("~/", StringComparison.Ordinal)).ShouldBeTrue(path);
            path.Contains("{model}").ShouldBe(operation.ModelInPath || row.StreamPath is not null);
        }
    }

    [Fact]
    public void Descriptor_HostedVendors_NeedAKeyAndNameItsVariable()
    {
        var hosted = Registry.All
            .Select(provider => provider.Descriptor)
            .Where(descriptor => descriptor.DefaultBaseUrl is { } url && !new Uri(url).IsLoopback);

        foreach (var descriptor in hosted)
        {
            descriptor.RequiresCredential.ShouldBeTrue(descriptor.Type);
            descriptor.EnvironmentVariables.ShouldNotBeEmpty(descriptor.Type);
            descriptor.DocsUrl.ShouldNotBeNull(descriptor.Type).ShouldStartWith("https://");
        }
    }

    [Fact]
    public void Operations_Simulator_ServesEveryOperation()
    {
        // These two are parts of a session and have no path of their own.
        var asked = Operation.All.Where(operation => operation != Operation.RealtimeResponse && operation != Operation.RealtimeTranscription);

        Get("simulator").Descriptor.Operations.Select(row => row.Operation).ShouldBe(asked, ignoreOrder: true);
    }

    [Theory]
    [InlineData("openai", Dialect.OpenAIChat, true)]
    [InlineData("openai", Dialect.OpenAIResponses, true)]
    [InlineData("openai", Dialect.AnthropicMessages, false)]
    [InlineData("openai-compatible", Dialect.OpenAIChat, true)]
    [InlineData("openai-compatible", Dialect.OpenAIResponses, false)]
    [InlineData("anthropic", Dialect.AnthropicMessages, true)]
    [InlineData("gemini", Dialect.GeminiGenerate, true)]
    public void Operations_ByType_AreThoseOfItsDialects(string type, Dialect dialect, bool served) =>
        Get(type).Descriptor.Operations.Any(row => row.Operation.Dialect == dialect).ShouldBe(served);

    [Fact]
    public void Serving_ConfiguredDialects_ServesThoseAndNoOthers()
    {
        var descriptor = Get("openai-compatible").Descriptor.Serving([Dialect.OpenAIResponses, Dialect.AnthropicMessages]);

        descriptor.Operations.Select(row => (row.Operation, row.Path)).ShouldBe(
        [
            (Operation.Responses, "/responses"),
            (Operation.Messages, "/v1/messages"),
            (Operation.CountTokens, "/v1/messages/count_tokens"),
        ]);
    }

    [Fact]
    public void Serving_NoDialects_ChangesNothing()
    {
        var descriptor = Get("openai-compatible").Descriptor;
        descriptor.Serving([]).ShouldBeSameAs(descriptor);
    }

    [Fact]
    public void Serving_DialectTheVendorHas_KeepsTheVendorsPath() =>
        Get("deepseek").Descriptor.Serving([Dialect.AnthropicMessages]).Operations
            .ShouldHaveSingleItem().Path.ShouldBe("~/anthropic/v1/messages");

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex TypeName();

    [GeneratedRegex("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$")]
    private static partial Regex VariableName();
}
