using FsCheck;
using FsCheck.Fluent;
using Sluice.Mcp.Catalog;

namespace Sluice.Tests.Mcp.Catalog;

public sealed class JoinedNameTests
{
    private static readonly Gen<string> Servers = Gen.Elements("a", "a-b", "a_b", "web", "abcdefghijklmnopqrstuvwxyz012345");

    private static readonly Gen<string> Tools = Gen.Elements("a", "_", "-", ".", "/", " ", "ü", "0", "Z", "\ud83d\ude00", "__").NonEmptyListOf()
        .Select(parts => string.Concat(parts.Take(80)));

    [Fact]
    public void Of_NameThatFits_StaysAsItIs()
    {
        JoinedName.Of("web", "get_page", out var altered).ShouldBe("web__get_page");
        altered.ShouldBeFalse();
    }

    [Theory]
    [InlineData("files.read")]
    [InlineData("a b")]
    [InlineData("größe")]
    [InlineData("")]
    [InlineData("a_name_that_is_so_long_that_it_does_not_fit_behind_its_servers_name")]
    public void Of_NameThatDoesNotFit_IsAlteredAndFits(string name)
    {
        var joined = JoinedName.Of("web", name, out var altered);

        altered.ShouldBeTrue();
        joined.ShouldMatch("^web__[A-Za-z0-9_-]*-[0-9a-f]{12}$");
        joined.Length.ShouldBeLessThanOrEqualTo(JoinedName.Longest);
    }

    [Fact]
    public void Of_DifferentTools_NeverHaveOneName()
        => Prop.ForAll(
            Gen.Zip(Gen.Zip(Servers, Tools), Gen.Zip(Servers, Tools)).ToArbitrary(),
            pair =>
            {
                var ((server, tool), (otherServer, otherTool)) = pair;
                var (one, other) = (JoinedName.Of(server, tool, out _), JoinedName.Of(otherServer, otherTool, out _));
                return (one == other) == ((server, tool) == (otherServer, otherTool))
                    && one.Length <= JoinedName.Longest
                    && one.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
                    && JoinedName.ServerOf(one) == server;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("plain", "")]
    [InlineData("__x", "")]
    [InlineData("a__", "a")]
    [InlineData("a___x", "a")]
    [InlineData("a__b__c", "a")]
    public void ServerOf_AnyText_IsWhatStandsBeforeTheDivider(string joined, string server) => JoinedName.ServerOf(joined).ShouldBe(server);
}
