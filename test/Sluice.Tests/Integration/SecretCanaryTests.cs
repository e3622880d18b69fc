using System.Text;
using System.Text.Json;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Raw;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>
/// Provider secrets with a mark are driven through everything that can happen to a call, and then every place is searched that
/// could have kept one: output, data folder while running and after, every answer, every admin page, metrics, traces.
/// </summary>
public sealed class SecretCanaryTests
{
    private const string OfTheFile = "sk-canary-of-the-file-7d1f";
    private const string OfTheDatabase = "sk-canary-of-the-database-93ab";
    private const string Imported = "sk-canary-imported-5c20";
    private const string ProxyPassword = "canary-password-of-the-proxy";
    private const string ClientKey = "sk-client-canary-test-0123456789";

    [Fact]
    public async Task Secrets_DrivenThroughEverything_StandNowhere()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var malformed = RawUpstream.Start($"HTTP/1.1 200 OK\r\ncontent-length: abc\r\nx-key: {OfTheFile}\r\n\r\n{OfTheFile}");
        var collector = upstream.Lane("otlp");
        collector.Always(UpstreamAnswer.Bytes([], "application/x-protobuf"));
        var vendor = upstream.Lane("vendor");
        await using var sluice = await SluiceProcess.StartAsync(new SluiceStart
        {
            Config = Config(vendor, malformed),
            Environment = new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.BaseUrl,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
                ["SLUICE_LOG_LEVEL"] = "Debug",
            },
        });
        using var admin = sluice.Administrator();
        using var client = sluice.Client(ClientKey);
        var answers = new StringBuilder();

        await AdministerAsync(admin, answers);
        await CallAsync(client, vendor, answers);
        await ReadAllPagesAsync(admin, answers);
        await Eventually.HoldsAsync("spans and metrics were exported", () => collector.Requests.Select(request => request.Path).Distinct().Count() >= 2);

        // While it runs, the database's newest pages are in its log alone.
        Search("an answer", answers.ToString());
        SearchFolder(sluice.DataFolder);
        await sluice.TerminateAsync();
        await sluice.ExitAsync();
        SearchFolder(sluice.DataFolder);
        Search("the output", sluice.Output);
        foreach (var export in collector.Requests)
        {
            Search($"telemetry at {export.Path}", Encoding.Latin1.GetString(export.Body) + string.Concat(export.Headers.Select(header => header.Value)));
        }

        // The search itself finds what there is to be found.
        vendor.Requests.ShouldContain(request => request.Header("authorization") == $"Bearer {OfTheDatabase}");
        Should.Throw<ShouldAssertException>(() => Search("the vendor's side", string.Concat(vendor.Requests.Select(request => request.Header("authorization")))));
    }

    private static string Config(UpstreamLane vendor, RawUpstream malformed) => new SluiceConfigBuilder()
        .Provider("vendor", "openai", vendor.OpenAIBaseUrl, [SluiceConfigBuilder.Credential("file", OfTheFile)], "pool: { recovery_probe: 100ms }")
        .Provider("malformed", "openai", malformed.OpenAIBaseUrl, [SluiceConfigBuilder.Credential("file", OfTheFile)])
        .Provider("gone", "openai", "http://127.0.0.1:9/v1", [SluiceConfigBuilder.Credential("file", OfTheFile, $"proxy: \"socks5://user:{ProxyPassword}@127.0.0.1:9\"")])
        .Model("m", SluiceConfigBuilder.Target("vendor", "m"))
        .Model("malformed", SluiceConfigBuilder.Target("malformed", "m"))
        .Model("gone", SluiceConfigBuilder.Target("gone", "m"))
        .Key("client", ClientKey)
        .ToYaml();

    private static async Task AdministerAsync(GatewayClient admin, StringBuilder answers)
    {
        const string Path = "/api/admin/credentials";
        var added = await admin.PostAsync(Path, $$"""{"provider":"vendor","name":"database","api_key":"{{OfTheDatabase}}","weight":3,"proxy":""}""");
        added.Status.ShouldBe(201, added.Text);
        var id = added.Json.GetProperty("id").GetString();
        answers.Append(added.Text);
        foreach (var (path, body) in new[]
        {
            ($"{Path}/import", $$"""{"provider":"vendor","text":"imported,{{Imported}}\n{{OfTheFile}}\nimported,{{OfTheDatabase}}"}"""),
            (Path, $$"""{"provider":"vendor","name":"database","api_key":"{{OfTheDatabase}}"}"""),
            (Path, $$"""{"provider":"vendor","name":"x","api_key":"{{OfTheDatabase}}\nx","unknown":"{{OfTheDatabase}}"}"""),
            ($"{Path}/{id}/test", """{"model":"m"}"""),
            ($"{Path}/test", "{}"),
            ($"{Path}/{id}/refresh", "{}"),
        })
        {
            answers.Append((await admin.PostAsync(path, body)).Text);
        }
    }

    private static async Task CallAsync(GatewayClient client, UpstreamLane vendor, StringBuilder answers)
    {
        foreach (var status in new[] { 200, 400, 429, 500, 529, 403, 401, 402 })
        {
            // The vendor repeats the key that it was sent.
            vendor.Always(request =>
            {
                var key = request.Header("authorization")!["Bearer ".Length..];
                return status == 200
                    ? UpstreamAnswer.Json(OpenAIChatWire.Completion())
                    : UpstreamAnswer.Json(OpenAIChatWire.Error($"Incorrect API key provided: {key}", "invalid_request_error", $"code-{status}"), status).With("x-echo", key);
            });
            for (var i = 0; i < 6; i++)
            {
                await TakeAsync("m", $"{status} {i}", stream: i % 2 == 1);
            }
        }

        await TakeAsync("malformed", "x", stream: false);
        await TakeAsync("gone", "x", stream: true);

        async Task TakeAsync(string model, string text, bool stream)
        {
            var reply = await client.PostAsync(
                "/v1/chat/completions", $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{text}}"}]}""");
            answers.Append(reply.Text).AppendJoin('\n', new[] { "x-echo", "x-request-id", "retry-after" }.Select(reply.Header));
        }
    }

    /// <summary>Every page that can be read, as the API itself lists them, and the trace of every call.</summary>
    private static async Task ReadAllPagesAsync(GatewayClient admin, StringBuilder answers)
    {
        var api = (await admin.GetAsync("/openapi/v1.json")).Json;
        var pages = api.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.TryGetProperty("get", out _) && !path.Name.Contains('{', StringComparison.Ordinal)).Select(path => path.Name).ToList();
        pages.ShouldContain("/api/admin/credentials");
        foreach (var page in pages.Append("/metrics").Append("/health/detailed").Distinct())
        {
            answers.Append((await admin.GetAsync(page)).Text);
        }

        foreach (var record in (await admin.GetAsync("/api/admin/usage/records?limit=100")).Json.GetProperty("data").EnumerateArray())
        {
            answers.Append((await admin.GetAsync($"/api/admin/requests/{record.GetProperty("request_id").GetString()}")).Text);
        }
    }

    private static void SearchFolder(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) is "lock" or "sluice.lock")
            {
                // Empty, and held by the running service alone.
                continue;
            }

            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            Search(Path.GetFileName(file), Encoding.Latin1.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
        }
    }

    private static void Search(string where, string text)
    {
        foreach (var secret in new[] { OfTheFile, OfTheDatabase, Imported, ProxyPassword })
        {
            foreach (var form in new[] { secret, Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), JsonSerializer.Serialize(secret).Trim('"') })
            {
                text.Contains(form, StringComparison.Ordinal).ShouldBeFalse($"{where} holds {secret}");
            }
        }
    }
}
