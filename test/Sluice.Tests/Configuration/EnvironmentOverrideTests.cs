using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class EnvironmentOverrideTests : IDisposable
{
    private const string Yaml = """
        server: { drain_seconds: 5 }
        providers:
          - { name: openai-main, type: openai }
        keys:
          - { name: ci, key: a, models: [x] }
        """;

    private readonly ConfigurationFolder _folder = new(Yaml);

    [Fact]
    public void Load_Override_WinsOverTheFileAndKeepsTheRest()
    {
        _folder.Variables["SLUICE__SERVER__URLS"] = "http://127.0.0.1:9090";
        _folder.Variables["sluice__server__data"] = "/tmp/elsewhere";

        var loaded = _folder.Load();

        loaded.Errors.ShouldBeEmpty();
        (loaded.Config.Server.Urls, loaded.Config.Server.Data, loaded.Config.Server.DrainSeconds).ShouldBe(("http://127.0.0.1:9090", "/tmp/elsewhere", 5));
        loaded.Settings().ShouldContain(new SettingOrigin("server.urls", "http://127.0.0.1:9090", ConfigOrigin.Environment, "SLUICE__SERVER__URLS", 0));
        loaded.Settings().ShouldContain(new SettingOrigin("server.drain_seconds", "5", ConfigOrigin.File, "sluice.yaml", 1));
        loaded.Settings().ShouldContain(new SettingOrigin("server.max_json_depth", "128", ConfigOrigin.Default, "", 0));
    }

    [Theory]
    [InlineData("SLUICE__PROVIDERS__0__BASE_URL")]
    [InlineData("SLUICE__PROVIDERS__OPENAI_MAIN__BASE_URL")]
    [InlineData("sluice__providers__openai_main__base_url")]
    public void Load_OverrideInAList_IsFoundByIndexOrName(string variable)
    {
        _folder.Variables[variable] = "http://127.0.0.1:1/v1";

        _folder.Load().Config.Providers.ShouldHaveSingleItem().BaseUrl.ShouldBe("http://127.0.0.1:1/v1");
    }

    [Fact]
    public void Load_NextIndexes_AppendInOrder()
    {
        for (var i = 12; i >= 1; i--)
        {
            _folder.Variables[$"SLUICE__PROVIDERS__{i}__NAME"] = $"p{i}";
            _folder.Variables[$"SLUICE__PROVIDERS__{i}__TYPE"] = "openai";
        }

        var loaded = _folder.Load();

        loaded.Errors.ShouldBeEmpty();
        loaded.Config.Providers.Select(p => p.Name).ShouldBe(["openai-main", .. Enumerable.Range(1, 12).Select(i => $"p{i}")]);
        loaded.Config.Providers[12].Origin.ShouldBe(ConfigOrigin.Environment);
    }

    [Theory]
    [InlineData("a, b")]
    [InlineData("[a, b]")]
    public void Load_ListOfTexts_IsCommasOrYaml(string value)
    {
        _folder.Variables["SLUICE__KEYS__CI__MODELS"] = value;

        _folder.Load().Config.Keys[0].Models.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Load_WholeSectionAsYaml_ReplacesIt()
    {
        _folder.Variables["SLUICE__KEYS"] = "[{ name: other, key: ${K} }]".Replace("${K}", "'${K}'", StringComparison.Ordinal);
        _folder.Variables["K"] = "value";

        var key = _folder.Load().Config.Keys.ShouldHaveSingleItem();

        (key.Name, key.Key.Reveal()).ShouldBe(("other", "value"));
    }

    [Fact]
    public void Load_NoFile_IsEnough()
    {
        using var empty = new ConfigurationFolder();
        empty.Variables["SLUICE__PROVIDERS__0__NAME"] = "a";
        empty.Variables["SLUICE__PROVIDERS__0__TYPE"] = "openai";
        empty.Variables["SLUICE__PROVIDERS__0__CREDENTIALS__0__API_KEY"] = "k";
        empty.Variables["SLUICE__SERVICES__OCR__BACKEND"] = "embedded";

        var loaded = empty.Load();

        loaded.Errors.ShouldBeEmpty();
        loaded.Config.Providers.ShouldHaveSingleItem().Credentials[0].ApiKey.Reveal().ShouldBe("k");
        loaded.Config.Services.Keys.ShouldBe(["ocr"]);
    }

    [Theory]
    [InlineData("SLUICE__SERVER__URL", "x", "server.url", "unknown key \"URL\"; did you mean SLUICE__SERVER__URLS?")]
    [InlineData("SLUICE__SEVER__URLS", "x", "sever.urls", "unknown key \"SEVER\"; did you mean SLUICE__SERVER__URLS?")]
    [InlineData("SLUICE__SERVER__URLS__0", "x", "server.urls[0]", "there is nothing below server.urls")]
    [InlineData("SLUICE__SERVER__DRAIN_SECONDS", "-3", "server.drain_seconds", "must not be negative")]
    [InlineData("SLUICE__SERVER", "5", "server", "expected a mapping")]
    [InlineData("SLUICE__PROVIDERS__7__NAME", "x", "providers[7].name", "providers has 1 items; the next index is 1")]
    [InlineData("SLUICE__PROVIDERS__NOBODY__NAME", "x", "providers.nobody.name", "providers has no item \"NOBODY\"; write its index, from 0, or its name")]
    [InlineData("SLUICE__KEYS", "[", "", "not valid YAML")]
    public void Load_WrongOverride_IsAnErrorThatNamesTheVariable(string variable, string value, string path, string reason)
    {
        _folder.Variables[variable] = value;

        var error = _folder.Load().Errors.ShouldHaveSingleItem();

        (error.Source, error.Line, error.Path).ShouldBe((variable, 0, path));
        error.Message.ShouldContain(reason);
    }

    [Fact]
    public void Load_OtherVariablesOfSluice_AreNotOverrides()
    {
        _folder.Variables["SLUICE_ADMIN_KEY"] = "0123456789abcdef0123456789abcdef";
        _folder.Variables["SLUICE_MASTER_KEY"] = "x";

        _folder.Load().Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Load_CommandLine_WinsOverEverything()
    {
        _folder.Variables["SLUICE__SERVER__URLS"] = "http://127.0.0.1:9090";

        var loaded = _folder.CreateLoader(urls: "http://127.0.0.1:7070", data: "d").Load();

        (loaded.Config.Server.Urls, loaded.Config.Server.Data).ShouldBe(("http://127.0.0.1:7070", "d"));
        loaded.Settings().ShouldContain(new SettingOrigin("server.urls", "http://127.0.0.1:7070", ConfigOrigin.CommandLine, "--urls", 0));
    }

    public void Dispose() => _folder.Dispose();
}
