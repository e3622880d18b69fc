namespace Sluice.Tests.Integration;

/// <summary>What a process has loaded that serves calls and was asked for nothing else: the rest costs memory and time to start.</summary>
public sealed class LoadedAssembliesTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private static readonly string[] ForSomeOnly =
    [
        "Microsoft.AspNetCore.Http.Results.dll", "Microsoft.AspNetCore.Mvc.ApiExplorer.dll", "Microsoft.AspNetCore.Mvc.Core.dll",
        "Microsoft.AspNetCore.OpenApi.dll", "Microsoft.OpenApi.dll", "OpenTelemetry.dll", "OpenTelemetry.Exporter.OpenTelemetryProtocol.dll",
        "Sluice.Simulator.dll", "Spectre.Console.dll", "System.Linq.Expressions.dll", "System.Net.Http.dll",
    ];

    [Fact]
    public async Task Process_ThatServesCalls_HasLoadedNothingElse()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var lane = gateway.NextLane();
        foreach (var stream in new[] { false, true })
        {
            (await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat, stream)).Status.ShouldBe(200);
        }

        (await gateway.Client.GetAsync("/health/ready")).Status.ShouldBe(200);
        var before = gateway.Sluice.MappedFiles;
        before.ShouldContain("sluice.dll");
        before.Intersect(ForSomeOnly).ShouldBeEmpty();

        // The control: what is asked for is loaded, and seen.
        (await gateway.Client.GetAsync("/openapi/v1.json")).Status.ShouldBe(200);
        gateway.Sluice.MappedFiles.ShouldContain("Microsoft.OpenApi.dll");
    }
}
