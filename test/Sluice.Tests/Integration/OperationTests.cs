using Sluice.TestKit.Raw;

namespace Sluice.Tests.Integration;

/// <summary>What monitors and load balancers ask.</summary>
public sealed class OperationTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/health/ready")]
    [InlineData("/health/alive")]
    [InlineData("/health/live")]
    [InlineData("/health/detailed")]
    [InlineData("/api/health")]
    [InlineData("/api/health/ready")]
    [InlineData("/api/health/alive")]
    [InlineData("/api/health/live")]
    [InlineData("/api/health/detailed")]
    public async Task GetHealth_WithAnAdministratorsKey_IsWell(string path)
    {
        var reply = await gateway.Admin.GetAsync(path);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("x-request-id").ShouldNotBeNullOrEmpty();
        reply.Json.GetProperty("status").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/ready")]
    [InlineData("/health/alive")]
    [InlineData("/health/live")]
    public async Task GetHealth_Anonymously_IsWellAndTellsNothing(string path)
    {
        using var nobody = gateway.Client.Anonymous();

        var reply = await nobody.GetAsync(path);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldNotContain("lane1");
        reply.Text.ShouldNotContain("canary");
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/health/metrics")]
    public async Task GetMetrics_AfterACall_IsPrometheusText(string path)
    {
        var lane = gateway.NextLane();
        await gateway.Client.CallAsync(TestedDialect.Chat, lane.Chat);

        var reply = await gateway.Admin.GetAsync(path);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("content-type").ShouldNotBeNull().ShouldStartWith("text/plain");
        reply.Text.ShouldContain("# TYPE ");
        reply.Text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldAllBe(line => line.StartsWith('#') || System.Text.RegularExpressions.Regex.IsMatch(line, "^[a-zA-Z_:][a-zA-Z0-9_:]*(\\{.*\\})? [-+0-9.eEInfNa]+( [0-9]+)?$"));
    }

    [Fact]
    public async Task HeadRoot_WithoutAKey_IsWell()
    {
        using var client = await RawClient.ConnectAsync(gateway.Sluice.Address);

        await client.SendAsync("HEAD / HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n");
        await client.ReadToCloseAsync();

        client.Received.ShouldStartWith("HTTP/1.1 200");
    }

    [Fact]
    public async Task Get_AnyReply_HidesTheServersName()
    {
        var reply = await gateway.Admin.GetAsync("/health");

        reply.Headers.Keys.ShouldNotContain("server");
    }
}
