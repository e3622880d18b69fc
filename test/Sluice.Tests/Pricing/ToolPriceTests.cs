using Sluice.Pricing;

namespace Sluice.Tests.Pricing;

public sealed class ToolPriceTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(250_000_000)]
    [InlineData(long.MaxValue)]
    public void Parse_IdOfAnAmount_GivesTheAmount(long nano) => ToolPrice.Parse(ToolPrice.IdOf(nano)).ShouldBe(nano);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("mcp:")]
    [InlineData("mcp:-1")]
    [InlineData("operator:mcp:1")]
    public void Parse_AnythingElse_GivesNone(string? id) => ToolPrice.Parse(id).ShouldBeNull();
}
