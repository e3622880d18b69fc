using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Auth;
using Sluice.Endpoints;
using Sluice.Telemetry;
using Sluice.Tests.Telemetry;

namespace Sluice.Tests.Endpoints;

public sealed class OperationEndpointsTests : IAsyncLifetime, IDisposable
{
    private readonly Part _database = new("database", HealthReport.Healthy with { Details = new JsonObject { ["file"] = "sluice.db" } });
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddTelemetry();
        builder.Services.AddSingleton<ICallerRegistry>(new TwoCallers());
        builder.Services.AddSingleton<Sluice.Configuration.IConfigurationSource>(new FixedConfiguration(3));
        builder.Services.AddSingleton<IHealthContributor>(_database);
        _app = builder.Build();
        _app.MapOperations();
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public void MapOperations_EveryEndpoint_IsForAnyone()
    {
        var endpoints = ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints).ToList();

        endpoints.Count.ShouldBe(13);
        endpoints.ShouldAllBe(e => e.Metadata.GetMetadata<EndpointPolicy>()!.Access == Access.Anyone);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/api/health")]
    public async Task Health_AsTheLifeGoesOn_TellsReadiness(string prefix)
    {
        var readiness = _app.Services.GetRequiredService<IReadiness>();
        await Expect($"{prefix}/ready", HttpStatusCode.ServiceUnavailable, "starting");

        readiness.MarkServing();
        await Expect($"{prefix}/ready", HttpStatusCode.OK, "ready");
        await Expect(prefix, HttpStatusCode.OK, "healthy");

        _database.Report = new HealthReport(HealthStatus.Degraded, "The disk is nearly full.");
        await Expect($"{prefix}/ready", HttpStatusCode.OK, "ready");
        await Expect(prefix, HttpStatusCode.OK, "degraded");

        _database.Report = new HealthReport(HealthStatus.Unhealthy, "The disk is full.");
        await Expect($"{prefix}/ready", HttpStatusCode.ServiceUnavailable, "unhealthy");
        await Expect(prefix, HttpStatusCode.OK, "unhealthy");

        readiness.MarkDraining();
        readiness.MarkServing();
        await Expect($"{prefix}/ready", HttpStatusCode.ServiceUnavailable, "draining");
        await Expect($"{prefix}/alive", HttpStatusCode.OK, "alive");
        await Expect($"{prefix}/live", HttpStatusCode.OK, "alive");
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("user-key", false)]
    [InlineData("wrong", false)]
    [InlineData("admin-key", true)]
    public async Task Detailed_OnlyAnAdministrator_SeesReasonsAndDetails(string? key, bool sees)
    {
        _database.Report = _database.Report with { Status = HealthStatus.Degraded, Reason = "Slow." };

        using var answer = JsonDocument.Parse(await Get("/health/detailed", key));

        var root = answer.RootElement;
        root.GetProperty("status").GetString().ShouldBe("degraded");
        root.GetProperty("config_generation").GetInt64().ShouldBe(3);
        root.GetProperty("calls_in_flight").GetInt64().ShouldBe(0);
        var database = root.GetProperty("components").GetProperty("database");
        database.GetProperty("status").GetString().ShouldBe("degraded");
        database.TryGetProperty("reason", out _).ShouldBe(sees);
        database.TryGetProperty("details", out _).ShouldBe(sees);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/health/metrics")]
    public async Task Metrics_Scraped_IsPrometheusTextAndMoneyIsForAdministrators(string path)
    {
        var metrics = _app.Services.GetRequiredService<GatewayMetrics>();
        metrics.CallStarted();
        metrics.CallEnded(TestSeries.Smart(metrics), TestSeries.Success());

        using var response = await _client.GetAsync(path);

        response.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldContain("sluice_requests_total{");
        text.ShouldNotContain("sluice_cost_usd_total");
        (await Get(path, "user-key")).ShouldNotContain("sluice_cost_usd_total");
        (await Get(path, "admin-key")).ShouldContain("sluice_cost_usd_total{");
    }

    [Fact]
    public async Task Health_Head_AnswersWithoutABody()
    {
        using var response = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/health"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    private async Task Expect(string path, HttpStatusCode status, string word)
    {
        using var response = await _client.GetAsync(path);
        response.StatusCode.ShouldBe(status, path);
        (await response.Content.ReadAsStringAsync()).ShouldBe($$"""{"status":"{{word}}"}""", path);
    }

    private async Task<string> Get(string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var response = await _client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadAsStringAsync();
    }

    private sealed class Part(string name, HealthReport report) : IHealthContributor
    {
        public string Name => name;

        public HealthReport Report { get; set; } = report;

        public HealthReport Check() => Report;
    }
}
