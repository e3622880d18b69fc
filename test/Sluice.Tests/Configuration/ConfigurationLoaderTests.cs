using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class ConfigurationLoaderTests
{
    /// <summary>The example of the contract, with its variables.</summary>
    private const string Contract = """
        server: { urls: "http://127.0.0.1:8080", data: ./data }       # tls: { certificate, key }
        database: { url: "" }                                           # empty: SQLite
        redis: { url: "" }
        providers:
          - name: openai-main
            type: openai
            base_url: https://api.openai.com/v1
            credentials:
              - { name: k1, api_key: "${OPENAI_API_KEY}", weight: 1, max_concurrency: 8, proxy: "socks5://127.0.0.1:1080" }
          - name: vertex-main
            type: vertex
            location: us-central1
            credentials: [ { name: sa1, service_account_file: secrets/sa1.json } ]
        models:
          - name: smart
            strategy: priority
            targets:
              - { provider: openai-main, model: gpt-5.1, priority: 1, weight: 1, price: { input: 1.25, output: 10, cache_read: 0.125 } }
              - { provider: vertex-main, model: gemini-3-pro, priority: 2 }
        keys:
          - { name: ci, key: "${CI_KEY}", models: ["*"], limits: { rpm: 600, tpm: 1000000, concurrency: 20 }, budget: { usd: 10, per: day } }
        services:
          ocr: { backend: embedded }
          stt: { backend: "http://127.0.0.1:57001", health: /stt/health }
        """;

    [Fact]
    public void Load_ContractExample_ReadsEveryValue()
    {
        using var folder = new ConfigurationFolder(Contract);
        folder.Variables["OPENAI_API_KEY"] = "sk-upstream";
        folder.Variables["CI_KEY"] = "ci-secret";

        var loaded = folder.Load();

        loaded.Errors.ShouldBeEmpty();
        var config = loaded.Config;
        config.Server.Urls.ShouldBe("http://127.0.0.1:8080");
        var openai = config.Providers[0];
        (openai.Name, openai.Type, openai.BaseUrl, openai.Origin).ShouldBe(("openai-main", "openai", "https://api.openai.com/v1", ConfigOrigin.File));
        var credential = openai.Credentials.ShouldHaveSingleItem();
        (credential.Name, credential.ApiKey.Reveal(), credential.Weight, credential.MaxConcurrency, credential.Proxy)
            .ShouldBe(("k1", "sk-upstream", 1, 8, "socks5://127.0.0.1:1080"));
        config.Providers[1].Location.ShouldBe("us-central1");
        config.Providers[1].Credentials[0].ServiceAccountFile.ShouldBe(folder.File("secrets/sa1.json"));
        var target = config.Models[0].Targets[0];
        (target.Provider, target.Model, target.Priority, target.Price!.Input, target.Price.Output, target.Price.CacheRead, target.Price.Image)
            .ShouldBe(("openai-main", "gpt-5.1", 1, 1.25m, 10m, 0.125m, null));
        var key = config.Keys.ShouldHaveSingleItem();
        (key.Key.Reveal(), key.Limits.Rpm, key.Limits.Tpm, key.Limits.Concurrency).ShouldBe(("ci-secret", 600L, 1_000_000L, 20L));
        key.Budget.ShouldBe(new BudgetConfig { Usd = 10, Per = "day" });
        config.Services["stt"].ShouldBe(new ServiceConfig { Backend = "http://127.0.0.1:57001", Health = "/stt/health" });
    }

    [Fact]
    public void Load_ContractExample_WarnsOfWhatIsNotInForce()
    {
        using var folder = new ConfigurationFolder(Contract);
        folder.Variables["OPENAI_API_KEY"] = "sk-upstream";
        folder.Variables["CI_KEY"] = "ci-secret";

        var warnings = folder.Load().Warnings.Select(w => w.Format()).ToList();

        warnings.ShouldBe(
        [
            "sluice.yaml:10: providers[1].type: the type vertex is not served in this version of Sluice; targets of vertex-main are unavailable",
            "sluice.yaml:23: services: \"services\" is not in force in this version of Sluice",
        ]);
    }

    [Fact]
    public void Load_EverySettingNamedInTheContract_IsAccepted()
    {
        var config = ConfigurationFolder.Valid("""
            server: { max_concurrent_per_ip: 20, trusted_proxies: [10.0.0.0/8, "::1"], drain_seconds: 7, admin_urls: "http://127.0.0.1:9000",
                      keep_alive: 0, write_timeout: 2s, detached_drain: 1500ms, max_request_bytes: 1048576, max_json_depth: 64 }
            database: { url: "postgres://user:pass@host/db" }
            redis: { url: "redis://host:6379" }
            auth:
              access_token_seconds: 900
              registration: invite
              lockout: { failures: 5, window: 15m, duration: 900 }
              github: { client_id: id, client_secret: secret, base_url: "http://127.0.0.1:1", api_url: "http://127.0.0.1:1/api" }
              oidc: [ { name: corp, issuer: "https://login.example", client_id: a, client_secret: b, scopes: [openid] } ]
            quota: { daily_limit: 100, cooldown_seconds: 5, max_batch: 8 }
            providers:
              - name: a
                type: openai-compatible
                base_url: http://127.0.0.1:9/v1/
                dialects: [openai-chat, openai-responses, anthropic-messages, gemini-generate]
                timeouts: { connect: 1s, first_token: 1500ms, idle: 2m, total: 1h }
            models:
              - name: m/with.dots-and/slashes
                targets: [ { provider: a, price: { input: 0, output: 0, cache_read: 0, cache_write_5m: 1e-3, cache_write_1h: 2, image: 0.04, second: 0.5 } } ]
            """);

        config.Server.KeepAlive.ShouldBe(TimeSpan.Zero);
        config.Server.DetachedDrain.ShouldBe(TimeSpan.FromMilliseconds(1500));
        config.Server.DrainSeconds.ShouldBe(7);
        config.Providers[0].BaseUrl.ShouldBe("http://127.0.0.1:9/v1");
        config.Providers[0].Timeouts.ShouldBe(new TimeoutsConfig
        {
            Connect = TimeSpan.FromSeconds(1),
            FirstToken = TimeSpan.FromMilliseconds(1500),
            Idle = TimeSpan.FromMinutes(2),
            Total = TimeSpan.FromHours(1),
        });
        config.Models[0].Targets[0].Price!.CacheWrite5m.ShouldBe(0.001m);
    }

    [Fact]
    public void Load_LaterSettings_WarnOncePerSetting()
    {
        using var folder = new ConfigurationFolder("""
            quota: { daily_limit: 5 }
            redis: { url: "redis://host" }
            database: { url: "" }
            """);

        folder.Load().Warnings.Select(w => $"{w.Line} {w.Path} {w.Message}").ShouldBe(
        [
            "1 quota.daily_limit \"daily_limit\" is not in force in this version of Sluice",
            "2 redis.url \"url\" is not in force in this version of Sluice",
        ]);
    }

    [Theory]
    [InlineData("serve: {}", 1, "serve", "unknown key \"serve\"; did you mean \"server\"?")]
    [InlineData("server:\n  url: http://127.0.0.1:1", 2, "server.url", "unknown key \"url\"; did you mean \"urls\"?")]
    [InlineData("server:\n  drainSeconds: 1", 2, "server.drainSeconds", "did you mean \"drain_seconds\"?")]
    [InlineData("server:\n  nonsense: 1", 2, "server.nonsense", "expected one of urls, data, tls")]
    [InlineData("server: [1]", 1, "server", "expected a mapping with urls")]
    [InlineData("server: 5", 1, "server", "found \"5\"")]
    [InlineData("just text", 1, "", "expected a mapping with server")]
    [InlineData("providers: {}", 1, "providers", "expected a list")]
    [InlineData("server:\n  urls: 127.0.0.1:8080", 2, "server.urls", "expected addresses such as http://127.0.0.1:8080")]
    [InlineData("server:\n  urls: https://127.0.0.1:8443", 2, "server.urls", "needs server.tls")]
    [InlineData("server:\n  tls: { certificate: a.pem }", 2, "server.tls.key", "\"key\" is missing")]
    [InlineData("server:\n  drain_seconds: -1", 2, "server.drain_seconds", "must not be negative")]
    [InlineData("server:\n  drain_seconds: soon", 2, "server.drain_seconds", "expected a whole number")]
    [InlineData("server:\n  drain_seconds: [1]", 2, "server.drain_seconds", "expected a whole number from 0 to 86400, found a list")]
    [InlineData("server:\n  drain_seconds: 99999999999999999999", 2, "server.drain_seconds", "expected a whole number")]
    [InlineData("server:\n  keep_alive: 15", 2, "server.keep_alive", "expected a duration such as 1500ms, 1s, 2m or 1h")]
    [InlineData("server:\n  write_timeout: 0s", 2, "server.write_timeout", "must be more than 0")]
    [InlineData("server:\n  keep_alive: -1s", 2, "server.keep_alive", "must not be negative")]
    [InlineData("server:\n  keep_alive: 900h", 2, "server.keep_alive", "must be 168h or less")]
    [InlineData("server:\n  trusted_proxies: [not-an-address]", 2, "server.trusted_proxies[0]", "expected an IP address or a range")]
    [InlineData("database: { url: mysql://h }", 1, "database.url", "expected a URL that begins with postgres:// or postgresql://")]
    [InlineData("redis: { url: host:6379 }", 1, "redis.url", "expected a URL that begins with redis://")]
    [InlineData("providers:\n  - type: openai", 2, "providers[0].name", "\"name\" is missing")]
    [InlineData("providers:\n  - name: a", 2, "providers[0].type", "\"type\" is missing")]
    [InlineData("providers:\n  - name: a\n    type: open-ai-x", 3, "providers[0].type", "unknown value \"open-ai-x\"; did you mean \"openai\"?")]
    [InlineData("providers:\n  - name: a\n    type: openai-compatible", 2, "providers[0].base_url", "\"base_url\" is missing; the type openai-compatible has no default")]
    [InlineData("providers:\n  - name: a\n    type: openai\n    base_url: api.openai.com", 4, "providers[0].base_url", "expected a URL that begins with http:// or https://")]
    [InlineData("providers:\n  - name: a\n    type: openai\n    base_url: http://h/v1?x=1", 4, "providers[0].base_url", "without a query")]
    [InlineData("providers:\n  - name: a/b\n    type: openai", 2, "providers[0].name", "a slash is not allowed")]
    [InlineData("providers:\n  - name: a\n    type: openai\n  - name: a\n    type: openai", 4, "providers[1].name", "providers[0] has the name \"a\" already")]
    [InlineData("providers:\n  - name: a\n    type: openai\n    credentials:\n      - { name: k, api_key: a }\n      - { name: k, api_key: b }", 6, "providers[0].credentials[1].name", "providers[0].credentials[0] has the name \"k\" already")]
    [InlineData("providers:\n  - name: a\n    type: openai\n    dialects: [openai-chats]", 4, "providers[0].dialects[0]", "did you mean \"openai-chat\"?")]
    [InlineData("providers:\n  - name: a\n    type: openai\n    credentials: [ { api_key: k, proxy: \"ftp://h\" } ]", 4, "providers[0].credentials[0].proxy", "expected a URL that begins with http:// or socks5://")]
    [InlineData("models:\n  - name: m\n    strategy: prioirty\n    targets: [ { provider: simulator } ]", 3, "models[0].strategy", "unknown value \"prioirty\"; did you mean \"priority\"?")]
    [InlineData("models:\n  - name: m", 2, "models[0].targets", "\"targets\" is missing")]
    [InlineData("models:\n  - name: m\n    targets: []", 3, "models[0].targets", "must not be empty")]
    [InlineData("models:\n  - name: m\n    targets:\n      - provider: simulatr", 4, "models[0].targets[0].provider", "there is no provider \"simulatr\"; did you mean \"simulator\"?")]
    [InlineData("models:\n  - name: m\n    targets: [ { provider: simulator } ]\n  - name: m\n    targets: [ { provider: simulator } ]", 4, "models[1].name", "models[0] has the name \"m\" already")]
    [InlineData("models:\n  - name: m\n    targets:\n      - { provider: simulator, price: { input: -1 } }", 4, "models[0].targets[0].price.input", "must not be negative")]
    [InlineData("models:\n  - name: m\n    targets:\n      - { provider: simulator, price: { input: free } }", 4, "models[0].targets[0].price.input", "expected a number")]
    [InlineData("keys:\n  - name: a", 2, "keys[0].key", "\"key\" is missing")]
    [InlineData("keys:\n  - name: a\n    key: \"\"", 3, "keys[0].key", "is empty")]
    [InlineData("keys:\n  - { name: a, key: a }\n  - { name: a, key: b }", 3, "keys[1].name", "keys[0] has the name \"a\" already")]
    [InlineData("keys:\n  - { name: a, key: same }\n  - { name: b, key: same }", 3, "keys[1].key", "keys[0] has the same key")]
    [InlineData("keys:\n  - { name: a, key: a, limits: { rpm: -5 } }", 2, "keys[0].limits.rpm", "must not be negative")]
    [InlineData("limits:\n  - { per: kye, rpm: 1 }", 2, "limits[0].per", "unknown value \"kye\"; did you mean \"key\"?")]
    [InlineData("limits:\n  - { rpm: 1 }", 2, "limits[0].per", "\"per\" is missing")]
    [InlineData("limits:\n  - { per: model, match: a }", 2, "limits[0]", "limits nothing; set \"rpm\", \"tpm\" or \"concurrency\"")]
    [InlineData("limits:\n  - { per: global, match: a, rpm: 1 }", 2, "limits[0].match", "no name to match")]
    [InlineData("limits:\n  - { per: address, concurrency: -1 }", 2, "limits[0].concurrency", "must not be negative")]
    [InlineData("keys:\n  - { name: a, key: a, budget: { usd: 1, per: dya } }", 2, "keys[0].budget.per", "unknown value \"dya\"; did you mean \"day\"?")]
    [InlineData("keys:\n  - { name: a, key: a, budget: { per: day } }", 2, "keys[0].budget.usd", "\"usd\" is missing")]
    [InlineData("services:\n  ocr: { backend: somewhere }", 2, "services.ocr.backend", "expected embedded, or a URL")]
    [InlineData("auth: { registration: opened }", 1, "auth.registration", "did you mean \"open\"?")]
    [InlineData("auth: { lockout: { failure: 1 } }", 1, "auth.lockout.failure", "did you mean \"failures\"?")]
    [InlineData("quota: { max_batch: 0 }", 1, "quota.max_batch", "must be 1 or more")]
    [InlineData("server: {}\nserver: {}", 2, "", "the key \"server\" is written twice in one mapping")]
    [InlineData("server: {}\n---\nserver: {}", 2, "", "a second document begins here")]
    [InlineData("server:\n  urls: \"http://127.0.0.1:1", 2, "", "not valid YAML")]
    [InlineData("server: { data: ${HOME} }", 1, "", "put quotes around a value that contains ${...}")]
    [InlineData("server: *nowhere", 1, "", "the alias *nowhere has no anchor before it")]
    [InlineData("server: !include x.yaml", 1, "", "the tag !include is not supported")]
    [InlineData("a: &a {}\nserver:\n  <<: *a", 3, "", "merge keys (<<) are not supported")]
    [InlineData("[1]: x", 1, "", "a key must be a plain text")]
    public void Load_Mistake_NamesLinePathAndReason(string yaml, int line, string path, string reason)
    {
        using var folder = new ConfigurationFolder(yaml);

        var errors = folder.Load().Errors;

        var error = errors.FirstOrDefault(e => e.Line == line && e.Path == path && e.Message.Contains(reason, StringComparison.Ordinal));
        error.ShouldNotBeNull(string.Join('\n', errors.Select(e => e.Format())));
        error.Source.ShouldBe("sluice.yaml");
    }

    [Fact]
    public void Load_ManyMistakes_ReportsAllInTheOrderOfTheFile()
    {
        using var folder = new ConfigurationFolder("""
            models:
              - name: m
                stratgy: priority
                targets: [ { provider: nobody } ]
            server: { drain_seconds: -1 }
            keys: [ { name: a, key: "${NOT_SET}" } ]
            """);
        folder.Variables["SLUICE__SERVER__URL"] = "x";

        folder.Load().Errors.Select(e => e.Format()).ShouldBe(
        [
            "sluice.yaml:3: models[0].stratgy: unknown key \"stratgy\"; did you mean \"strategy\"?",
            "sluice.yaml:4: models[0].targets[0].provider: there is no provider \"nobody\"; expected one of simulator",
            "sluice.yaml:5: server.drain_seconds: must not be negative",
            "sluice.yaml:6: keys[0].key: the environment variable NOT_SET is not set",
            "SLUICE__SERVER__URL: server.url: unknown key \"URL\"; did you mean SLUICE__SERVER__URLS?",
        ]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("null")]
    [InlineData("server:\nproviders:\nmodels:\nkeys:\n")]
    [InlineData("\ufeffserver: {}\n")]
    public void Load_NothingSet_GivesTheDefaults(string yaml)
    {
        var config = ConfigurationFolder.Valid(yaml);

        config.Server.ShouldBe(new ServerConfig());
        config.Providers.ShouldHaveSingleItem().Type.ShouldBe("simulator");
    }

    [Fact]
    public void Load_NamedFileIsMissing_IsAnError()
    {
        using var folder = new ConfigurationFolder();

        var loaded = folder.CreateLoader(file: "other.yaml").Load();

        loaded.Errors.ShouldHaveSingleItem().Format().ShouldBe("other.yaml: the file does not exist; \"sluice init\" writes one");
    }

    [Fact]
    public void Load_NotUtf8_IsAnError()
    {
        using var folder = new ConfigurationFolder();
        File.WriteAllBytes(folder.File(), [(byte)'a', 0xff, 0xfe, 0xfd]);

        folder.Load().Errors.ShouldHaveSingleItem().Message.ShouldBe("is not UTF-8 text");
    }

    [Fact]
    public void Load_FolderInsteadOfFile_IsAnError()
    {
        using var folder = new ConfigurationFolder();
        Directory.CreateDirectory(folder.File());

        folder.Load().Errors.ShouldHaveSingleItem().Message.ShouldBe("is a folder; a file is expected");
    }

    [Fact]
    public void Load_AliasesThatExplode_AreRefusedQuickly()
    {
        // The "billion laughs": ten levels of ten aliases each.
        var lines = new List<string> { "a0: &a0 [x, x, x, x, x, x, x, x, x, x]" };
        for (var i = 1; i < 10; i++)
        {
            lines.Add($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]");
        }

        using var folder = new ConfigurationFolder(string.Join('\n', lines));

        folder.Load().Errors.ShouldContain(e => e.Message.Contains("aliases expand to more than", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_TooDeep_IsRefused()
    {
        using var folder = new ConfigurationFolder("server: " + new string('[', 20_000));

        folder.Load().Errors.ShouldContain(e => e.Message.Contains("nested deeper than 64 levels", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_TooLarge_IsRefused()
    {
        using var folder = new ConfigurationFolder("#" + new string('x', ConfigurationLoader.MaxFileBytes));

        folder.Load().Errors.ShouldHaveSingleItem().Message.ShouldStartWith("is larger than");
    }

    [Fact]
    public void Load_AliasOfAWholeValue_IsACopyThatCanBeOverriddenAlone()
    {
        using var folder = new ConfigurationFolder("""
            providers:
              - { name: a, type: openai, timeouts: &t { connect: 1s } }
              - { name: b, type: openai, timeouts: *t }
            """);
        folder.Variables["SLUICE__PROVIDERS__1__TIMEOUTS__CONNECT"] = "2s";

        var providers = folder.Load().Config.Providers;

        providers[0].Timeouts.Connect.ShouldBe(TimeSpan.FromSeconds(1));
        providers[1].Timeouts.Connect.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Load_NumbersWhereTextIsExpected_AreTakenAsWritten()
    {
        var config = ConfigurationFolder.Valid("""
            providers: [ { name: 1, type: openai } ]
            models: [ { name: 4.10, targets: [ { provider: 1, model: 007 } ] } ]
            keys: [ { name: k, key: 0123 } ]
            """);

        (config.Models[0].Name, config.Models[0].Targets[0].Model, config.Keys[0].Key.Reveal()).ShouldBe(("4.10", "007", "0123"));
    }

    [Fact]
    public void Load_CredentialsWithoutName_AreNamedByPosition()
    {
        var config = ConfigurationFolder.Valid("providers: [ { name: a, type: openai, credentials: [ { api_key: x }, { api_key: y } ] } ]");

        config.Providers[0].Credentials.Select(c => c.Name).ShouldBe(["k1", "k2"]);
        config.Providers[0].BaseUrl.ShouldBe("https://api.openai.com/v1");
    }

    [Fact]
    public void Load_HundredThousandKeys_TakesSeconds()
    {
        using var folder = new ConfigurationFolder();
        using (var writer = new StreamWriter(folder.File()))
        {
            writer.WriteLine("keys:");
            for (var i = 0; i < 100_000; i++)
            {
                writer.WriteLine($"  - {{ name: key-{i}, key: sk-sluice-test-{i}, models: [\"*\"], limits: {{ rpm: 600, tpm: 100000 }} }}");
            }
        }

        var started = TimeProvider.System.GetTimestamp();
        var loaded = folder.Load();

        loaded.Errors.ShouldBeEmpty();
        loaded.Config.Keys.Count.ShouldBe(100_000);
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }
}
