using System.Globalization;
using System.Text;
using Sluice.Routing;

namespace Sluice.Tests.Routing;

public sealed class RoutingTableTests : IDisposable
{
    private const string Providers = """
        providers:
          - { name: main, type: openai, credentials: [ { name: k, api_key: s } ] }
          - { name: local, type: openai-compatible, base_url: "http://127.0.0.1:9/v1" }

        """;

    private readonly RoutingFixture _fixture = new();

    [Fact]
    public void Find_ExactThenProviderThenPattern()
    {
        var table = _fixture.Build(Providers + """
            models:
              - { name: "*", targets: [ { provider: local } ] }
              - { name: main/special, targets: [ { provider: local, model: mine } ] }
              - { name: smart, targets: [ { provider: main, model: gpt-5.1 } ] }
            """);

        Target(table, "smart").ShouldBe("main:gpt-5.1");
        Target(table, "main/special").ShouldBe("local:mine");
        Target(table, "main/other").ShouldBe("main:other");
        Target(table, "local/a/b").ShouldBe("local:a/b");
        Target(table, "unknown/x").ShouldBe("local:unknown/x");
        Target(table, "anything").ShouldBe("local:anything");
    }

    [Theory]
    [InlineData("main/")]
    [InlineData("/main")]
    [InlineData("nobody/model")]
    [InlineData("Smart")]
    [InlineData("smart ")]
    [InlineData("")]
    public void Find_UnknownName_GivesNull(string name)
        => _fixture.Build(Providers + "models: [ { name: smart, targets: [ { provider: main, model: gpt-5.1 } ] } ]").Find(name).ShouldBeNull();

    [Fact]
    public void Find_Patterns_AreTriedInTheOrderOfTheConfiguration()
    {
        var table = _fixture.Build(Providers + """
            models:
              - { name: "gpt-*", targets: [ { provider: local, model: mine } ] }
              - { name: "*-mini", targets: [ { provider: main, model: "*" } ] }
            """);

        Target(table, "gpt-anything-mini").ShouldBe("local:mine");
        Target(table, "other-mini").ShouldBe("main:other-mini");
        table.Find("other").ShouldBeNull();
    }

    [Fact]
    public void Find_NameThatALaterPatternsProviderLists_StillGoesToTheFirstPattern()
    {
        var table = _fixture.Build(Providers + """
            models:
              - { name: "gpt-*", targets: [ { provider: local, model: mine } ] }
              - { name: "*", targets: [ { provider: main } ] }
            """);
        var listed = table.Offered.First(route => route.Name.StartsWith("gpt-", StringComparison.Ordinal)).Name;

        Target(table, listed).ShouldBe("local:mine");
    }

    [Fact]
    public void Find_SameNameTwice_IsTheSameRouteSoThatItsTurnsGoOn()
    {
        var table = _fixture.Build(Providers + "models: [ { name: \"*\", targets: [ { provider: local } ] } ]");

        table.Find("m").ShouldBeSameAs(table.Find("m"));
        table.Find("main/m").ShouldBeSameAs(table.Find("main/m"));
    }

    [Fact]
    public void Find_NamesWithoutEnd_AreServedButNotAllRemembered()
    {
        var table = _fixture.Build(Providers + "models: [ { name: \"*\", targets: [ { provider: local } ] } ]");

        for (var i = 0; i < RoutingTable.MaxRemembered + 500; i++)
        {
            table.Find(string.Create(CultureInfo.InvariantCulture, $"name-{i}")).ShouldNotBeNull();
        }

        table.Remembered.ShouldBe(RoutingTable.MaxRemembered);
        Target(table, "one-more").ShouldBe("local:one-more");
    }

    [Fact]
    public void Find_AThousandModels_AllocatesNoMoreThanTen()
    {
        Allocated(_fixture.Build(Many(1000)), "model-777").ShouldBe(0);
        Allocated(_fixture.Build(Many(10)), "model-7").ShouldBe(0);
    }

    [Fact]
    public async Task Find_FromManyTasks_GivesOneRoutePerName()
    {
        var table = _fixture.Build(Providers + "models: [ { name: \"*\", targets: [ { provider: local } ] } ]");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                table.Find(string.Create(CultureInfo.InvariantCulture, $"m{i}")).ShouldNotBeNull();
            }
        })));

        table.Remembered.ShouldBe(500);
    }

    public void Dispose() => _fixture.Dispose();

    private static string? Target(RoutingTable table, string name)
        => table.Find(name) is { } route ? $"{route.Targets[0].Provider.Name}:{route.Targets[0].Model}" : null;

    private static string Many(int count)
    {
        var text = new StringBuilder(Providers).AppendLine("models:");
        for (var i = 0; i < count; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  - {{ name: model-{i}, targets: [ {{ provider: main, model: m{i} }} ] }}");
        }

        return text.ToString();
    }

    private static long Allocated(RoutingTable table, string name)
    {
        table.Find(name).ShouldNotBeNull();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            table.Find(name);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
