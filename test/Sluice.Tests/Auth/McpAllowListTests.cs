using Sluice.Auth;

namespace Sluice.Tests.Auth;

public sealed class McpAllowListTests
{
    [Theory]
    [InlineData("", "web", "echo", false)]
    [InlineData("*", "web", "echo", true)]
    [InlineData("web/*", "web", "echo", true)]
    [InlineData("web/*", "web2", "echo", false)]
    [InlineData("web/echo", "web", "echo", true)]
    [InlineData("web/echo", "web", "echo2", false)]
    [InlineData("web/e*", "web", "echo", true)]
    [InlineData("*/echo", "web", "echo", true)]
    [InlineData("web", "web", "echo", false)]
    [InlineData("echo", "web", "echo", false)]
    public void Allows_Tool_ByServerAndName(string patterns, string server, string tool, bool allowed)
        => Of(patterns).Allows(server, tool).ShouldBe(allowed);

    [Theory]
    [InlineData("", false)]
    [InlineData("*", true)]
    [InlineData("web/*", true)]
    [InlineData("w*/*", true)]
    [InlineData("web/e*", false)]
    [InlineData("other/*", false)]
    public void AllowsAll_Server_OnlyWithAllItsTools(string patterns, bool allowed) => Of(patterns).AllowsAll("web").ShouldBe(allowed);

    private static McpAllowList Of(string patterns) => new(patterns.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
