using System.Text;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Mcp.Catalog;

namespace Sluice.Tests.Mcp.Catalog;

public sealed class CatalogReaderTests
{
    [Fact]
    public void Named_Tool_KeepsEverythingButItsName()
    {
        var entry = Read("""[{"name":"echo","description":"Says  it","inputSchema":{"type":"object","x":1.50},"outputSchema":{},"_meta":{"a":[ 1 ]},"unknown":true}]""").ShouldHaveSingleItem();

        entry.Name.ShouldBe("echo");
        Encoding.UTF8.GetString(entry.Json).ShouldBe("""{"name":"web__echo","description":"Says  it","inputSchema":{"type":"object","x":1.50},"outputSchema":{},"_meta":{"a":[ 1 ]},"unknown":true}""");
    }

    [Theory]
    [InlineData("""[{"inputSchema":{}}]""")]
    [InlineData("""[{"name":5,"inputSchema":{}}]""")]
    [InlineData("""[{"name":"","inputSchema":{}}]""")]
    [InlineData("""[{"name":"x"}]""")]
    [InlineData("""[{"name":"x","inputSchema":[]}]""")]
    [InlineData("""["x", null, 7]""")]
    public void Named_ToolThatIsNone_IsPassedOver(string tools) => Read(tools).ShouldBeEmpty();

    [Fact]
    public void Named_NameTwice_CountsOnce()
        => Read("""[{"name":"x","title":"first","inputSchema":{}},{"name":"x","title":"second","inputSchema":{}}]""")
            .ShouldHaveSingleItem().Json.ShouldBe(Encoding.UTF8.GetBytes("""{"name":"web__x","title":"first","inputSchema":{}}"""));

    [Fact]
    public void Named_ToolThatLooksLikeAnAlteredName_KeepsItsPlace()
    {
        var altered = JoinedName.Of("web", "a.b", out _);
        var impostor = altered["web__".Length..];

        var entries = Read($$$"""[{"name":"a.b","inputSchema":{}},{"name":"{{{impostor}}}","inputSchema":{}}]""");

        entries.ShouldHaveSingleItem().Name.ShouldBe(impostor);
    }

    [Fact]
    public void Named_Patterns_LeaveTheRestOut()
        => Read("""[{"name":"get_a","inputSchema":{}},{"name":"set_a","inputSchema":{}},{"name":"list","inputSchema":{}}]""", ["get_*", "list"])
            .Select(entry => entry.Name).ShouldBe(["get_a", "list"]);

    [Fact]
    public void Named_HeaderArguments_AreFoundWhereverPropertiesLead()
    {
        var entry = Read("""
            [{"name":"x","inputSchema":{"properties":{"region":{"type":"string","x-mcp-header":"Region"},
              "at":{"type":"object","properties":{"zone":{"type":"string","x-mcp-header":"Zone"}}},"bad":{"x-mcp-header":"not a token"},"plain":{}}}}]
            """).ShouldHaveSingleItem();

        entry.HeaderArguments.Select(argument => $"{string.Join('.', argument.Path)}={argument.Header}").ShouldBe(["region=Region", "at.zone=Zone"]);
    }

    [Fact]
    public void Addressed_Resources_KeepTheirAddresses()
    {
        var entries = new CatalogReader(new McpServerConfig { Name = "web" }).Addressed(Items("""[{"uri":"b://1"},{"uri":"a://1","name":"n"},{"uri":"a://1"},{"name":"none"}]"""), "uri");

        entries.Select(entry => Encoding.UTF8.GetString(entry.Json)).ShouldBe(["""{"uri":"a://1","name":"n"}""", """{"uri":"b://1"}"""]);
    }

    [Theory]
    [InlineData("page://{number}", "page://7", true)]
    [InlineData("file:///{+path}", "file:///a/b c", true)]
    [InlineData("page://{number}", "pages://7", false)]
    [InlineData("x://{a}/y/{b}", "x://1/y/2", true)]
    [InlineData("x://{a}/y/{b}", "x://1/z/2", false)]
    public void UriTemplate_Address_IsFoundByItsTemplate(string template, string uri, bool matches) => UriTemplate.Matches(template, uri).ShouldBe(matches);

    private static CatalogEntry[] Read(string tools, IReadOnlyList<string>? patterns = null)
        => new CatalogReader(new McpServerConfig { Name = "web", Tools = patterns ?? ["*"] }).Named(Items(tools), areTools: true);

    private static List<JsonElement> Items(string json) => [.. JsonElement.Parse(json).EnumerateArray()];
}
