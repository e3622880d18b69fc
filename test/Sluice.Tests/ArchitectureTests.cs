using System.Reflection;
using Sluice.Pricing;
using Sluice.Protocol;
using Sluice.Providers;
using Sluice.Routing;

namespace Sluice.Tests;

/// <summary>The arrows of docs/architecture.md, checked on the built assemblies: which namespace may know which.</summary>
public sealed class ArchitectureTests
{
    private const string Root = "Sluice";

    private static readonly Assembly Service = typeof(ModelRoute).Assembly;

    /// <summary>The folders of the service from top to bottom: one may know those of its own row and of the rows below.</summary>
    private static readonly string[][] Rows =
    [
        ["Hosting", "Cli"],
        ["Endpoints", "Admin"],
        ["Mcp", "Realtime"],
        ["Pipeline"],
        ["Auth", "Limits", "Idempotency", "Routing", "Credentials", "Usage", "Pricing", "Journal", "StoredResponses"],
        ["Audit", "Storage", "Configuration", "Telemetry"],
    ];

    [Fact]
    public void Protocol_KnowsTheRuntimeAlone()
        => References(typeof(Operation).Assembly).ShouldAllBe(name => name == "System.Runtime" || name.StartsWith("System."));

    [Fact]
    public void Providers_KnowProtocolAndTheRuntime()
        => References(typeof(IProvider).Assembly).ShouldAllBe(name => name == "Sluice.Protocol" || name.StartsWith("System.") || name.StartsWith("Microsoft.Win32."));

    [Fact]
    public void Simulator_KnowsNeitherProvidersNorTheService()
        => References(typeof(Sluice.Simulator.SimulatorServer).Assembly).ShouldNotContain(name => name == "Sluice.Providers" || name == "sluice");

    [Fact]
    public void EveryFolder_StandsInARow()
    {
        var folders = Service.GetTypes().Select(FolderOf).OfType<string>().Distinct();

        folders.Except(Rows.SelectMany(row => row)).ShouldBeEmpty("a new folder needs its place in the order");
    }

    [Fact]
    public void Folders_KnowOnlyTheirOwnRowAndThoseBelow()
    {
        var wrong = Edges().Where(edge => RowOf(edge.To) < RowOf(edge.From)).Select(Text).Distinct().Order();

        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Endpoints")]
    [InlineData("Admin")]
    [InlineData("Cli")]
    public void NobodyKnows_TheTop(string folder)
        => Edges().Where(edge => edge.To == folder).Select(Text).Distinct().ShouldBeEmpty();

    [Theory]
    [InlineData("Endpoints", "Admin")]
    [InlineData("Telemetry", "Storage")]
    [InlineData("Configuration", "Storage")]
    [InlineData("Configuration", "Telemetry")]
    [InlineData("Limits", "Auth")]
    [InlineData("Pricing", "Usage")]
    [InlineData("Journal", "Usage")]
    [InlineData("Journal", "Storage")]
    [InlineData("Credentials", "Routing")]
    public void Neighbours_KnowEachOtherOneWayAtMost(string from, string to)
        => Edges().Where(edge => edge.From == from && edge.To == to).Select(Text).Distinct().ShouldBeEmpty();

    [Fact]
    public void References_OfCode_AreSeen()
    {
        // What the other tests rely on: an arrow that stands in a method's body alone, and one in a state machine.
        Edges().ShouldContain(edge => edge.From == "Pipeline" && edge.To == "Routing");
        TypeReferences.Of(typeof(Sample)).ShouldContain(typeof(PriceBook));
    }

    private static IEnumerable<(Type Type, string From, Type Target, string To)> Edges()
    {
        foreach (var type in Service.GetTypes())
        {
            if (FolderOf(type) is not { } from)
            {
                continue;
            }

            foreach (var target in TypeReferences.Of(type))
            {
                if (target.Assembly == Service && FolderOf(target) is { } to && to != from)
                {
                    yield return (type, from, target, to);
                }
            }
        }
    }

    private static string Text((Type Type, string From, Type Target, string To) edge) => $"{edge.From} → {edge.To}: {edge.Type.FullName} knows {edge.Target.Name}";

    /// <summary>The folder of a type of the service; null for the composition root and what compilers add.</summary>
    private static string? FolderOf(Type type)
        => type.Namespace?.Split('.') is [Root, var folder, ..] ? folder : null;

    private static int RowOf(string folder) => Array.FindIndex(Rows, row => row.Contains(folder));

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!);

    private static class Sample
    {
        public static string Name() => nameof(Sample) + typeof(PriceBook).Name;
    }
}
