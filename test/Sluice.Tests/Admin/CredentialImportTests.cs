using System.Net;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Tests.Credentials.Import;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Admin;

/// <summary>Many credentials at once: each is judged by itself, and none takes others down.</summary>
public sealed class CredentialImportTests : IAsyncLifetime, IDisposable
{
    private const string Import = "/api/admin/credentials/import";

    private readonly TemporaryStorage _storage = new();
    private AdministrationApp _app = null!;

    public async Task InitializeAsync()
    {
        var file = AdministrationApp.DefaultFile;
        var vertex = new ProviderConfig { Name = "google", Type = "vertex", Location = "us-central1", Origin = ConfigOrigin.File };
        _app = await AdministrationApp.StartAsync(file with { Providers = [.. file.Providers, vertex] }, storage: _storage);
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task Post_PastedLines_CreateWhatIsGoodAndNameTheRest()
    {
        var answer = await PostAsync(new
        {
            provider = "file-provider",
            text = "one,sk-canary-1\nsk-canary-2\nagain,sk-canary-1\none,sk-canary-other\n,broken\nsk-file-secret\n\"x\",sk-canary-3",
            weight = 2,
            max_concurrency = 5,
            tags = new[] { "batch" },
        });

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Body.ToString().ShouldNotContain("canary");
        Statuses(answer).ShouldBe(
        [
            ("line 1", "created"), ("line 2", "created"), ("line 3", "duplicate"), ("line 4", "refused"), ("line 5", "refused"), ("line 6", "duplicate"), ("line 7", "created"),
        ]);
        answer.Body.GetProperty("results")[2].GetProperty("message").GetString().ShouldBe("the same secret as 'one'");
        answer.Body.GetProperty("results")[5].GetProperty("message").GetString().ShouldBe("the same secret as 'file-credential'");
        (answer.Body.GetProperty("created").GetInt32(), answer.Body.GetProperty("duplicates").GetInt32(), answer.Body.GetProperty("refused").GetInt32()).ShouldBe((3, 2, 2));

        var inForce = Credentials("file-provider");
        inForce.Select(credential => credential.Name).ShouldBe(["file-credential", "one", "k3", "\"x\""]);
        inForce[1].ShouldBe(new CredentialConfig { Name = "one", ApiKey = new Secret("sk-canary-1"), Weight = 2, MaxConcurrency = 5, Tags = inForce[1].Tags, Origin = ConfigOrigin.Database });
        inForce[1].Tags.ShouldBe(["batch"]);

        Statuses(await PostAsync(new { provider = "file-provider", text = "sk-canary-2" })).ShouldBe([("line 1", "duplicate")]);
    }

    [Fact]
    public async Task Post_Json_TakesWhatEachSays()
    {
        var answer = await PostAsync(new
        {
            provider = "file-provider",
            text = """
                [ {"name":"a","api_key":"sk-a","weight":7,"proxy":"socks5://u:p@127.0.0.1:1"}, {"name":"b","api_key":"sk-b\nsk-c"}, {"name":"c","api_key":"sk-c","base_url":"https://evil.example/v1"},
                  {"name":"d","api_key":"sk-d","base_url":"https://api.openai.com/other"}, {"name":"e","api_key":"sk-e","proxy":"ftp://x"}, {"name":"f","api_key":"sk-f","weight":-1} ]
                """,
        });

        Statuses(answer).Select(status => status.Status).ShouldBe(["created", "refused", "refused", "created", "refused", "refused"]);
        answer.Body.GetProperty("results")[1].GetProperty("message").GetString().ShouldNotBeNull().ShouldContain("one line");
        answer.Body.GetProperty("results")[2].GetProperty("message").GetString().ShouldNotBeNull().ShouldContain("origin");
        Credentials("file-provider").Single(credential => credential.Name == "a").Weight.ShouldBe(7);
    }

    [Fact]
    public async Task Post_GoogleKeyFiles_AreCheckedAndKeptWhole()
    {
        var good = ImportReaderTests.KeyFile();
        var answer = await PostAsync(new
        {
            provider = "google",
            files = new object[]
            {
                new { name = "one.json", content = good },
                new { name = "two.json", content = JsonSerializer.Deserialize<JsonElement>(ImportReaderTests.KeyFile()) },
                new { name = "evil.json", content = ImportReaderTests.KeyFile("https://evil.example/token") },
                new { name = "photo.json", content = "not a key file" },
                new { name = "other.json", content = """{"installed":{"client_id":"x"}}""" },
            },
        });

        Statuses(answer).ShouldBe([("one.json", "created"), ("two.json", "created"), ("evil.json", "refused"), ("photo.json", "refused"), ("other.json", "refused")]);
        answer.Body.ToString().ShouldNotContain("PRIVATE KEY");
        JsonDocument.Parse(Credentials("google")[0].ServiceAccountJson.Reveal()).RootElement.GetProperty("project_id").GetString().ShouldBe("project-1");
        var list = await _app.GetAsync("/api/admin/credentials");
        list.Body.ToString().ShouldNotContain("PRIVATE KEY");
        list.Body.GetProperty("data")[0].GetProperty("kind").GetString().ShouldBe("service_account");
        Statuses(await PostAsync(new { provider = "file-provider", files = new object[] { new { name = "one.json", content = good } } })).ShouldBe([("one.json", "refused")]);
    }

    [Fact]
    public async Task Post_DryRun_StoresNothing()
    {
        var answer = await PostAsync(new { provider = "file-provider", text = "sk-1", dry_run = true });

        Statuses(answer).ShouldBe([("line 1", "created")]);
        answer.Body.GetProperty("results")[0].GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);
        Credentials("file-provider").Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{ "provider": "nobody", "text": "sk-1" }""", "provider")]
    [InlineData("""{ "provider": "file-provider" }""", "text")]
    [InlineData("""{ "provider": "file-provider", "files": [ { "name": "x" } ] }""", "files[0]")]
    [InlineData("""{ "provider": "file-provider", "text": "sk-1", "proxy": "x" }""", "proxy")]
    [InlineData("""{ "provider": "file-provider", "text": "sk-1", "tags": [ "" ] }""", "tags[0]")]
    public async Task Post_BadMember_Is400ThatNamesIt(string body, string field)
    {
        var answer = await _app.PostAsync(Import, body);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task PostTest_All_TestsEachAndCounts()
    {
        await PostAsync(new { provider = "file-provider", text = "sk-1\nsk-2" });

        var good = await _app.PostAsync("/api/admin/credentials/test", """{ "model": "m", "provider": "file-provider" }""");
        (good.Body.GetProperty("ok").GetBoolean(), good.Body.GetProperty("accepted").GetInt32()).ShouldBe((true, 3));
        var bad = await _app.PostAsync("/api/admin/credentials/test", """{ "model": "broken" }""");
        (bad.Body.GetProperty("ok").GetBoolean(), bad.Body.GetProperty("failed").GetInt32()).ShouldBe((false, 3));
    }

    [Fact]
    public async Task Patch_Members_ChangeThoseAlone()
    {
        var id = (await _app.PostAsync("/api/admin/credentials", """{ "provider": "file-provider", "name": "x", "api_key": "k", "tags": ["a","a"], "image_concurrency": 2 }""")).Text("id");

        var changed = await _app.SendAsync(HttpMethod.Patch, $"/api/admin/credentials/{id}", """{ "video_concurrency": 3 }""", AdministrationApp.AdministratorKey);

        changed.Body.GetProperty("tags").ToString().ShouldBe("""["a"]""");
        (changed.Body.GetProperty("image_concurrency").GetInt32(), changed.Body.GetProperty("video_concurrency").GetInt32()).ShouldBe((2, 3));
        changed.Body.GetProperty("usage").GetProperty("calls").GetInt64().ShouldBe(0);
    }

    private Task<ApiAnswer> PostAsync(object body) => _app.PostAsync(Import, JsonSerializer.Serialize(body));

    private List<CredentialConfig> Credentials(string provider)
        => [.. _app.Configuration.Current.Config.Providers.Single(one => one.Name == provider).Credentials];

    private static List<(string? Where, string? Status)> Statuses(ApiAnswer answer)
        => [.. answer.Body.GetProperty("results").EnumerateArray().Select(result => (result.GetProperty("where").GetString(), result.GetProperty("status").GetString()))];
}
