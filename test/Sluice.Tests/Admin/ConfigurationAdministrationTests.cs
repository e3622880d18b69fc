using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Tests.Admin;

/// <summary>Providers, credentials and models made through the API.</summary>
public sealed class ConfigurationAdministrationTests : IAsyncLifetime, IDisposable
{
    private const string Providers = "/api/admin/providers";
    private const string Credentials = "/api/admin/credentials";
    private const string Models = "/api/admin/models";

    private readonly TemporaryStorage _storage = new();
    private AdministrationApp _app = null!;

    public async Task InitializeAsync() => _app = await AdministrationApp.StartAsync(storage: _storage);

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task PostProvider_IsInForceWhenTheAnswerComes()
    {
        var created = await _app.PostAsync(Providers, """
            { "name": "mine.v1-a", "type": "openai-compatible", "base_url": "http://127.0.0.1:9000/v1/", "dialects": ["anthropic-messages"],
              "timeouts": { "connect": "1500ms", "idle": "2m" } }
            """);

        created.Status.ShouldBe(HttpStatusCode.Created);
        created.Text("id").ShouldNotBeNull().ShouldStartWith("prv_");
        created.Text("base_url").ShouldBe("http://127.0.0.1:9000/v1");
        created.Body.GetProperty("timeouts").ToString().ShouldBe("""{"connect":"1500ms","first_token":"10m","idle":"2m","total":"1h"}""");
        var inForce = _app.Configuration.Current.Config.Providers.Single(provider => provider.Name == "mine.v1-a");
        inForce.Timeouts.Connect.ShouldBe(TimeSpan.FromMilliseconds(1500));
        inForce.Origin.ShouldBe(ConfigOrigin.Database);
    }

    [Fact]
    public async Task PostProvider_WithoutBaseUrl_TakesTheVendorsOrSaysThatItIsMissing()
    {
        (await _app.PostAsync(Providers, """{ "name": "a", "type": "openai" }""")).Text("base_url").ShouldBe("https://api.openai.com/v1");
        _app.Configuration.Current.Config.Providers.Single(provider => provider.Name == "a").BaseUrl.ShouldBe("https://api.openai.com/v1");
        (await _app.PostAsync(Providers, """{ "name": "b", "type": "openai-compatible" }""")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("""{ "name": "x", "type": "opnai" }""", "type")]
    [InlineData("""{ "name": "a/b", "type": "openai" }""", "name")]
    [InlineData("""{ "name": "x", "type": "openai", "base_url": "ftp://host" }""", "base_url")]
    [InlineData("""{ "name": "x", "type": "openai", "base_url": "https://host/?a=b" }""", "base_url")]
    [InlineData("""{ "name": "x", "type": "openai", "dialects": ["soap"] }""", "dialects[0]")]
    [InlineData("""{ "name": "x", "type": "openai", "timeouts": { "connect": "soon" } }""", "timeouts.connect")]
    [InlineData("""{ "name": "x", "type": "openai", "origin": "file" }""", "origin")]
    public async Task PostProvider_BadMember_Is400ThatNamesIt(string body, string field)
    {
        var answer = await _app.PostAsync(Providers, body);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task PostProvider_NameOfAnother_Is409()
    {
        (await _app.PostAsync(Providers, """{ "name": "file-provider", "type": "openai" }""")).Text("code").ShouldBe("name_taken");
        (await _app.PostAsync(Providers, """{ "name": "a", "type": "openai" }""")).Status.ShouldBe(HttpStatusCode.Created);
        (await _app.PostAsync(Providers, """{ "name": "a", "type": "openai" }""")).Status.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Change_ThatMakesTheConfigurationInvalid_IsNotStored()
    {
        _app.Configuration.Errors.Add(new ConfigError("sluice.yaml", 3, "models[0]", "is wrong"));

        var answer = await _app.PostAsync(Providers, """{ "name": "a", "type": "openai" }""");

        answer.Status.ShouldBe(HttpStatusCode.Conflict);
        answer.Text("code").ShouldBe("invalid_configuration");
        answer.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("sluice.yaml:3 models[0]");
        _app.Configuration.Errors.Clear();
        (await _app.GetAsync(Providers)).Body.GetProperty("data").GetArrayLength().ShouldBe(1);
        (await _app.PostAsync(Providers, """{ "name": "a", "type": "openai" }""")).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData(Providers, """{ "type": "openai" }""", "prv_")]
    [InlineData(Credentials, """{ "weight": 2 }""", "cred_")]
    [InlineData(Models, """{ "targets": [ { "provider": "file-provider" } ] }""", "mdl_")]
    public async Task EntryOfTheFile_IsReadOnlyWithAStableId(string path, string body, string prefix)
    {
        var item = (await _app.GetAsync(path)).Body.GetProperty("data")[0];
        item.GetProperty("origin").GetString().ShouldBe("file");
        var id = item.GetProperty("id").GetString()!;
        id.ShouldStartWith(prefix);

        (await _app.GetAsync($"{path}/{id}")).Status.ShouldBe(HttpStatusCode.OK);
        var put = await _app.PutAsync($"{path}/{id}", body);
        put.Status.ShouldBe(HttpStatusCode.Conflict);
        put.Text("detail").ShouldNotBeNull().ShouldContain("configuration file");
        (await _app.DeleteAsync($"{path}/{id}")).Text("code").ShouldBe("read_only");
        (await _app.GetAsync($"{path}/{prefix}0123")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _app.PutAsync($"{path}/{prefix}0123", body)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _app.DeleteAsync($"{path}/{prefix}0123")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task PostCredential_OfAFilesProvider_ServesWithoutShowingItsSecretAnywhere()
    {
        var created = await _app.PostAsync(Credentials, """
            { "provider": "file-provider", "name": "k2", "api_key": "sk-canary-secret", "weight": 3, "max_concurrency": 4, "proxy": "socks5://me:canary-password@127.0.0.1:1080" }
            """);

        created.Status.ShouldBe(HttpStatusCode.Created);
        created.Text("state").ShouldBe("ready");
        created.Text("proxy").ShouldBe("socks5://127.0.0.1:1080");
        var inForce = _app.Configuration.Current.Config.Providers.Single().Credentials.Single(credential => credential.Name == "k2");
        inForce.ApiKey.Reveal().ShouldBe("sk-canary-secret");
        inForce.Proxy.ShouldBe("socks5://me:canary-password@127.0.0.1:1080");
        inForce.Weight.ShouldBe(3);
        (await _app.GetAsync(Credentials)).Body.ToString().ShouldNotContain("canary");
        (await FilesAsync()).ShouldNotContain("canary");
    }

    [Fact]
    public async Task Credentials_TwoSealedSecretsSwapped_AreNamedAndTakeNoOtherDown()
    {
        var ids = new List<string?>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            ids.Add((await _app.PostAsync(Credentials, $$"""{ "provider": "file-provider", "name": "{{name}}", "api_key": "sk-{{name}}" }""")).Text("id"));
        }

        await _app.Services.GetRequiredService<SqliteDatabase>().WriteAsync(connection =>
        {
            var boxes = connection.Rows("SELECT secret FROM credentials WHERE name IN ('a', 'b') ORDER BY name", row => row.GetFieldValue<byte[]>(0));
            connection.Execute("UPDATE credentials SET secret = $0 WHERE name = 'a'", boxes[1]);
            connection.Execute("UPDATE credentials SET secret = $0 WHERE name = 'b'", boxes[0]);
        });
        await _app.DisposeAsync();
        _app = await AdministrationApp.StartAsync(storage: _storage);

        _app.Configuration.Current.Config.Providers.Single().Credentials.Select(credential => credential.Name).ShouldBe(["file-credential", "c"]);
        var broken = await _app.GetAsync($"{Credentials}/{ids[0]}");
        broken.Text("state").ShouldBe("disabled");
        broken.Text("reason").ShouldNotBeNull().ShouldContain("cannot be decrypted");
        (await _app.SendAsync(HttpMethod.Patch, $"{Credentials}/{ids[0]}", """{ "weight": 2 }""", AdministrationApp.AdministratorKey)).Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("api_key");

        (await _app.SendAsync(HttpMethod.Patch, $"{Credentials}/{ids[0]}", """{ "api_key": "sk-anew" }""", AdministrationApp.AdministratorKey)).Status.ShouldBe(HttpStatusCode.OK);
        _app.Configuration.Current.Config.Providers.Single().Credentials.Select(credential => credential.Name).ShouldBe(["file-credential", "a", "c"]);
    }

    [Fact]
    public async Task PutCredential_NewSecret_ReplacesTheOld()
    {
        var id = (await _app.PostAsync(Credentials, """{ "provider": "file-provider", "name": "k2", "api_key": "sk-old" }""")).Text("id");

        (await _app.PutAsync($"{Credentials}/{id}", """{ "api_key": "sk-new", "weight": 9 }""")).Body.GetProperty("weight").GetInt32().ShouldBe(9);

        _app.Configuration.Current.Config.Providers.Single().Credentials[1].ApiKey.Reveal().ShouldBe("sk-new");
    }

    [Theory]
    [InlineData("""{ "provider": "nobody", "name": "x", "api_key": "k" }""", "provider")]
    [InlineData("""{ "provider": "file-provider", "name": "x" }""", "api_key")]
    [InlineData("""{ "provider": "file-provider", "name": "x", "api_key": "a\nb" }""", "api_key")]
    [InlineData("""{ "provider": "file-provider", "name": "x", "api_key": "k", "weight": -1 }""", "weight")]
    [InlineData("""{ "provider": "file-provider", "name": "x", "api_key": "k", "proxy": "127.0.0.1:1080" }""", "proxy")]
    [InlineData("""{ "provider": "file-provider", "name": "x", "api_key": "k", "state": "ready" }""", "state")]
    public async Task PostCredential_BadMember_Is400ThatNamesIt(string body, string field)
    {
        var answer = await _app.PostAsync(Credentials, body);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Theory]
    [InlineData("disable", "disabled")]
    [InlineData("drain", "draining")]
    public async Task Switch_CredentialOfTheFile_HoldsOverARestart(string action, string state)
    {
        var id = (await _app.GetAsync(Credentials)).Body.GetProperty("data")[0].GetProperty("id").GetString();

        (await _app.PostAsync($"{Credentials}/{id}/{action}")).Text("state").ShouldBe(state);
        _app.Runtime.Find("file-provider", "file-credential")!.State.ToString().ShouldBe(state, StringCompareShould.IgnoreCase);
        _app.Configuration.Current.Config.Providers.Single().Credentials.Single().Disabled.ShouldBeTrue();
        (await _app.PostAsync($"{Credentials}/{id}/refresh")).Text("code").ShouldBe("nothing_to_refresh");

        await _app.DisposeAsync();
        _app = await AdministrationApp.StartAsync(storage: _storage);
        _app.Configuration.Current.Config.Providers.Single().Credentials.Single().Disabled.ShouldBeTrue();
        (await _app.GetAsync($"{Credentials}/{id}")).Text("state").ShouldBe(state);

        (await _app.PostAsync($"{Credentials}/{id}/enable")).Text("state").ShouldBe("ready");
        _app.Configuration.Current.Config.Providers.Single().Credentials.Single().Disabled.ShouldBeFalse();
    }

    [Fact]
    public async Task Disable_WhileTheFileHasAMistake_StillStopsTheCredential()
    {
        var id = (await _app.GetAsync(Credentials)).Body.GetProperty("data")[0].GetProperty("id").GetString();
        _app.Configuration.Errors.Add(new ConfigError("sluice.yaml", 3, "models[0]", "is wrong"));

        (await _app.PostAsync($"{Credentials}/{id}/disable")).Text("state").ShouldBe("disabled");
    }

    [Fact]
    public async Task TestCredential_SaysWhatWasFound()
    {
        var id = (await _app.GetAsync(Credentials)).Body.GetProperty("data")[0].GetProperty("id").GetString();

        var good = await _app.PostAsync($"{Credentials}/{id}/test", """{ "model": "gpt-5.1" }""");
        good.Body.GetProperty("ok").GetBoolean().ShouldBeTrue();
        good.Text("message").ShouldBe("file-provider/file-credential/gpt-5.1");
        (await _app.PostAsync($"{Credentials}/{id}/test", """{ "model": "broken" }""")).Body.GetProperty("ok").GetBoolean().ShouldBeFalse();
        (await _app.PostAsync($"{Credentials}/{id}/test")).Text("message").ShouldBe("file-provider/file-credential/");
        (await _app.PostAsync($"{Credentials}/{id}/test", """{ "model": "" }""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await _app.PostAsync($"{Credentials}/cred_unknown/test", """{ "model": "m" }""")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task PostModel_FreeName_IsInForceWithItsPrices()
    {
        var created = await _app.PostAsync(Models, """
            { "name": "vendor/model-1.5:free", "strategy": "weighted",
              "targets": [ { "provider": "file-provider", "model": "gpt", "weight": 2, "price": { "input": 0, "output": 1.5, "cache_write_5m": 2 } } ] }
            """);

        created.Status.ShouldBe(HttpStatusCode.Created);
        created.Body.GetProperty("targets")[0].GetProperty("price").GetProperty("cache_write_5m").GetDecimal().ShouldBe(2);
        var target = _app.Configuration.Current.Config.Models.Single(model => model.Name == "vendor/model-1.5:free").Targets.Single();
        target.Price!.Input.ShouldBe(0);
        target.Price.CacheRead.ShouldBeNull();
        var replaced = await _app.PutAsync($"{Models}/{created.Text("id")}", """{ "targets": [ { "provider": "file-provider" } ] }""");
        replaced.Text("strategy").ShouldBe("priority");
        (await _app.DeleteAsync($"{Models}/{created.Text("id")}")).Status.ShouldBe(HttpStatusCode.NoContent);
        _app.Configuration.Current.Config.Models.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{ "name": "x" }""", "targets")]
    [InlineData("""{ "name": "x", "targets": [] }""", "targets")]
    [InlineData("""{ "name": "x", "targets": [ null ] }""", "targets[0]")]
    [InlineData("""{ "name": "x", "targets": [ { "provider": "nobody" } ] }""", "targets[0].provider")]
    [InlineData("""{ "name": "x", "strategy": "best", "targets": [ { "provider": "file-provider" } ] }""", "strategy")]
    [InlineData("""{ "name": "x", "targets": [ { "provider": "file-provider", "price": { "input": -1 } } ] }""", "targets[0].price.input")]
    public async Task PostModel_BadMember_Is400ThatNamesIt(string body, string field)
    {
        var answer = await _app.PostAsync(Models, body);

        answer.Status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Body.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task DeleteProvider_InUse_Is409_AndUnusedTakesItsCredentialsAlong()
    {
        var provider = await _app.PostAsync(Providers, """{ "name": "mine", "type": "openai" }""");
        await _app.PostAsync(Credentials, """{ "provider": "mine", "name": "k", "api_key": "sk" }""");
        var model = await _app.PostAsync(Models, """{ "name": "m", "targets": [ { "provider": "mine" } ] }""");

        var refused = await _app.DeleteAsync($"{Providers}/{provider.Text("id")}");
        refused.Text("code").ShouldBe("in_use");
        refused.Text("detail").ShouldNotBeNull().ShouldContain("m");
        await _app.DeleteAsync($"{Models}/{model.Text("id")}");
        (await _app.DeleteAsync($"{Providers}/{provider.Text("id")}")).Status.ShouldBe(HttpStatusCode.NoContent);

        (await _app.GetAsync(Credentials)).Body.GetProperty("data").GetArrayLength().ShouldBe(1);
        _app.Configuration.Current.Config.Providers.Select(entry => entry.Name).ShouldBe(["file-provider"]);
    }

    [Fact]
    public async Task Restart_EverythingMade_IsThereAgain()
    {
        await _app.PostAsync(Providers, """{ "name": "mine", "type": "openai", "timeouts": { "total": "7s" } }""");
        await _app.PostAsync(Credentials, """{ "provider": "mine", "name": "k", "api_key": "sk-kept" }""");
        await _app.PostAsync(Models, """{ "name": "m", "targets": [ { "provider": "mine", "price": { "second": 0.5 } } ] }""");

        await _app.DisposeAsync();
        _app = await AdministrationApp.StartAsync(storage: _storage);

        var provider = _app.Configuration.Current.Config.Providers.Single(entry => entry.Name == "mine");
        provider.Timeouts.Total.ShouldBe(TimeSpan.FromSeconds(7));
        provider.Credentials.Single().ApiKey.Reveal().ShouldBe("sk-kept");
        _app.Configuration.Current.Config.Models.Single(entry => entry.Name == "m").Targets.Single().Price!.Second.ShouldBe(0.5m);
    }

    [Fact]
    public async Task Apply_Twice_AddsNothingTwice()
    {
        await _app.PostAsync(Providers, """{ "name": "mine", "type": "openai" }""");
        await _app.PostAsync(Credentials, """{ "provider": "mine", "name": "k", "api_key": "sk" }""");
        await _app.PostAsync(Credentials, """{ "provider": "file-provider", "name": "k", "api_key": "sk" }""");
        await _app.PostAsync(Models, """{ "name": "m", "targets": [ { "provider": "mine" } ] }""");
        var once = _app.Configuration.Current.Config;

        var twice = _app.Services.GetRequiredService<IConfigurationOverlay>().Apply(once);

        twice.Providers.Select(provider => (provider.Name, provider.Origin, Credentials: string.Join(',', provider.Credentials.Select(credential => credential.Name))))
            .ShouldBe([("file-provider", ConfigOrigin.File, "file-credential,k"), ("mine", ConfigOrigin.Database, "k")]);
        twice.Models.Select(model => model.Name).ShouldBe(["file/model", "m"]);
    }

    [Fact]
    public async Task File_TakesANameThatTheDatabaseHas_Wins()
    {
        await _app.PostAsync(Providers, """{ "name": "mine", "type": "openai" }""");

        var file = AdministrationApp.DefaultFile;
        _app.Configuration.File = file with
        {
            Providers = [.. file.Providers, new ProviderConfig { Name = "mine", Type = "openai", BaseUrl = "https://file.example/v1", Origin = ConfigOrigin.File }],
        };
        await _app.PostAsync("/api/admin/config/reload");

        _app.Configuration.Current.Config.Providers.Single(entry => entry.Name == "mine").BaseUrl.ShouldBe("https://file.example/v1");
    }

    [Fact]
    public async Task Config_ShowsSettingsWithOriginAndReloads()
    {
        var before = await _app.GetAsync("/api/admin/config");
        before.Body.GetProperty("settings")[1].ToString()
            .ShouldBe("""{"path":"keys[0].key","value":"***","origin":"file","source":"sluice.yaml","line":7}""");

        var reloaded = await _app.PostAsync("/api/admin/config/reload");
        reloaded.Body.GetProperty("generation").GetInt64().ShouldBe(before.Body.GetProperty("generation").GetInt64() + 1);

        _app.Configuration.Errors.Add(new ConfigError("sluice.yaml", 3, "models[0]", "is wrong"));
        (await _app.PostAsync("/api/admin/config/reload")).Text("code").ShouldBe("invalid_configuration");
    }

    private async Task<string> FilesAsync()
    {
        var all = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(_storage.Folder))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            all.Append(await reader.ReadToEndAsync());
        }

        return all.ToString();
    }
}
