using Sluice.Cli;
using Sluice.Configuration.Schema;

namespace Sluice.Tests.Cli;

public sealed class ConfigCommandsTests
{
    [Fact]
    public async Task Validate_Mistakes_EndsWithThree()
    {
        using var run = new CommandRun("models:\n  - name: m\n    strategy: prioirty\n    targets: [ { provider: simulator } ]\n");

        (await run.RunAsync("config validate")).ShouldBe(3);

        run.ErrorText.ShouldBe("sluice.yaml:3: models[0].strategy: unknown value \"prioirty\"; did you mean \"priority\"?\n");
    }

    [Fact]
    public async Task Validate_WithJson_GivesErrorsWarningsAndOrigins()
    {
        using var run = new CommandRun("redis: { url: \"redis://h\" }\nkeys: [ { name: ci, key: hunter2 } ]\n");
        run.Variables["SLUICE__SERVER__DATA"] = "/tmp/d";

        (await run.RunAsync("config validate --json")).ShouldBe(0);

        run.Json.GetProperty("warnings")[0].GetProperty("path").GetString().ShouldBe("redis.url");
        var settings = run.Json.GetProperty("settings").EnumerateArray().ToDictionary(s => s.GetProperty("path").GetString()!);
        settings["server.data"].GetProperty("origin").GetString().ShouldBe("environment");
        settings["server.data"].GetProperty("source").GetString().ShouldBe("SLUICE__SERVER__DATA");
        settings["server.urls"].GetProperty("origin").GetString().ShouldBe("default");
        settings["keys[0].key"].GetProperty("value").GetString().ShouldBe("***");
        settings["keys[0].key"].GetProperty("line").GetInt32().ShouldBe(2);
        run.Text.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task Validate_NamedFile_IsTheOneThatIsRead()
    {
        using var run = new CommandRun();
        run.Write("server: { drain_seconds: -1 }", "other.yaml");

        (await run.RunAsync("config validate other.yaml --json")).ShouldBe(3);

        run.Json.GetProperty("errors")[0].GetProperty("source").GetString().ShouldBe("other.yaml");
        (await run.RunAsync("config validate nowhere.yaml")).ShouldBe(3);
    }

    [Fact]
    public async Task Show_Table_NamesValueAndOrigin()
    {
        using var run = new CommandRun("server: { urls: \"http://127.0.0.1:9\" }\nkeys: [ { name: ci, key: hunter2, models: [a, b] } ]\n");

        (await run.RunAsync("config show")).ShouldBe(0);

        run.Text.ShouldMatch(@"server\.urls +http://127\.0\.0\.1:9 +sluice\.yaml:1");
        run.Text.ShouldMatch(@"keys\[0\]\.models +\[a, b\] +sluice\.yaml:2");
        run.Text.ShouldMatch(@"server\.drain_seconds +30 +default");
        run.Text.ShouldNotContain("hunter2");
        run.Text.ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task Schema_ListsEverySetting()
    {
        using var run = new CommandRun();

        (await run.RunAsync("config schema --json")).ShouldBe(0);

        var paths = run.Json.GetProperty("settings").EnumerateArray().Select(s => s.GetProperty("path").GetString()).ToList();
        paths.ShouldContain("providers[].credentials[].api_key");
        paths.ShouldContain("models[].targets[].price.cache_write_5m");
        paths.ShouldContain("services.<name>.backend");
        paths.ShouldContain("auth.lockout.failures");
    }

    [Fact]
    public void Documentation_OfTheSettings_IsWhatTheSchemaSays()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Sluice.slnx")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        File.ReadAllText(Path.Combine(root, "docs/operations/configuration.md"))
            .ShouldBe(SchemaMarkdown.Write(SluiceSchema.Rows()), "sluice config schema > docs/operations/configuration.md");
    }

    [Fact]
    public void SampleConfiguration_EndsWithALineBreak() => SampleConfiguration.Text.ShouldEndWith("\n");
}
