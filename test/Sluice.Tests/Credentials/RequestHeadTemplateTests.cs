using System.Text;
using Sluice.Credentials;
using Sluice.Tests.Routing;

namespace Sluice.Tests.Credentials;

public sealed class RequestHeadTemplateTests
{
    [Fact]
    public void Make_ConstantTarget_IsTheWholeHeadUpToTheCallsOwnHeaders()
    {
        var template = RequestHeadTemplate.Make("/v1/chat/completions", "api.openai.com", RoutingFixture.Provider("openai"), "sk-1");

        Encoding.ASCII.GetString(template.Whole.ShouldNotBeNull()).ShouldBe(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: api.openai.com\r\nuser-agent: sluice\r\naccept-encoding: identity\r\n"
            + "content-type: application/json\r\nauthorization: Bearer sk-1\r\n");
        template.Whole.AsSpan().EndsWith(template.AfterTarget).ShouldBeTrue();
    }

    [Fact]
    public void Make_TargetThatDependsOnTheCall_HasNoWhole()
    {
        var template = RequestHeadTemplate.Make(null, "x", RoutingFixture.Provider("gemini"), "g-1");

        template.Whole.ShouldBeNull();
        Encoding.ASCII.GetString(template.AfterTarget).ShouldContain("x-goog-api-key: g-1\r\n");
    }

    [Theory]
    [InlineData("sk-1\r\nx-injected: 1")]
    [InlineData("sk-1\nx")]
    [InlineData("sk-1\r")]
    [InlineData("sk\0-1")]
    public void Make_SecretWithALineBreak_IsRefused(string secret)
        => Should.Throw<InvalidOperationException>(() => RequestHeadTemplate.Make("/x", "h", RoutingFixture.Provider("openai"), secret))
            .Message.ShouldNotContain("sk");

    [Fact]
    public void Make_AuthorityWithALineBreak_IsRefused()
        => Should.Throw<InvalidOperationException>(() => RequestHeadTemplate.Make("/x", "h\r\nx: 1", RoutingFixture.Provider("openai"), "s"));
}
