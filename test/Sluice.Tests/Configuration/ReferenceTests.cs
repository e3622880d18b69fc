using Sluice.Configuration;

namespace Sluice.Tests.Configuration;

public sealed class ReferenceTests
{
    [Theory]
    [InlineData("${A}", "one")]
    [InlineData("x-${A}-${B}-y", "x-one-two-y")]
    [InlineData("$${A}", "${A}")]
    [InlineData("$A $$ {A}", "$A $$ {A}")]
    [InlineData("${NESTED}", "${A}")]
    public void Load_VariableInAValue_IsResolvedOnce(string written, string expected)
    {
        using var folder = new ConfigurationFolder($"keys: [ {{ name: k, key: '{written}' }} ]");
        folder.Variables["A"] = "one";
        folder.Variables["B"] = "two";
        folder.Variables["NESTED"] = "${A}";

        folder.Load().Config.Keys[0].Key.Reveal().ShouldBe(expected);
    }

    [Theory]
    [InlineData("${}")]
    [InlineData("${A")]
    [InlineData("${A B}")]
    [InlineData("${1A}")]
    public void Load_MalformedReference_IsAnError(string written)
    {
        using var folder = new ConfigurationFolder($"keys: [ {{ name: k, key: '{written}' }} ]");

        folder.Load().Errors.ShouldHaveSingleItem().Message.ShouldContain("write $${ for the characters themselves");
    }

    [Theory]
    [InlineData("secret\n", "secret")]
    [InlineData("secret\r\n", "secret")]
    [InlineData("secret", "secret")]
    [InlineData(" secret ", " secret ")]
    public void Load_FileReference_IsReadWithoutItsLastLineBreak(string content, string expected)
    {
        using var folder = new ConfigurationFolder("keys: [ { name: k, key: file:secrets/ci } ]");
        Directory.CreateDirectory(folder.File("secrets"));
        folder.Write(content, "secrets/ci");

        var loaded = folder.Load();

        loaded.Config.Keys[0].Key.Reveal().ShouldBe(expected);
        loaded.Reading.ReferencedFiles.ShouldBe([folder.File("secrets/ci")]);
    }

    [Fact]
    public void Load_FileReference_MayBeAbsoluteAndNameVariables()
    {
        using var folder = new ConfigurationFolder("keys: [ { name: a, key: \"file:${DIR}/k\" }, { name: b, key: \"file://${DIR}/k2\" } ]");
        folder.Variables["DIR"] = folder.Path;
        folder.Write("first", "k");
        folder.Write("second", "k2");

        folder.Load().Config.Keys.Select(k => k.Key.Reveal()).ShouldBe(["first", "second"]);
    }

    [Fact]
    public void Load_MissingFile_NamesItAndTheLine()
    {
        using var folder = new ConfigurationFolder("keys:\n  - name: k\n    key: file:nowhere");

        folder.Load().Errors.ShouldHaveSingleItem().Format()
            .ShouldBe($"sluice.yaml:3: keys[0].key: the file {folder.File("nowhere")} does not exist");
    }

    [Fact]
    public void Load_EmptyVariableForASecret_IsAnError()
    {
        using var folder = new ConfigurationFolder("keys: [ { name: k, key: \"${EMPTY}\" } ]");
        folder.Variables["EMPTY"] = "";

        folder.Load().Errors.ShouldHaveSingleItem().Message.ShouldBe("is empty");
    }

    [Theory]
    [InlineData("providers: [ { name: a, type: openai, base_url: \"${SECRET}\" } ]")]
    [InlineData("models: [ { name: m, strategy: \"${SECRET}\", targets: [ { provider: simulator } ] } ]")]
    [InlineData("keys: [ { name: k, key: x, limits: { rpm: \"${SECRET}\" } } ]")]
    [InlineData("server: \"${SECRET}\"")]
    [InlineData("keys: [ { name: k, key: \"file:bad\" } ]")]
    public void Load_WrongReferencedValue_IsNotInTheError(string yaml)
    {
        using var folder = new ConfigurationFolder(yaml);
        folder.Variables["SECRET"] = "hunter2hunter2";
        folder.Write("hunter2hunter2\nhunter2", "bad");

        var errors = folder.Load().Errors;

        errors.ShouldNotBeEmpty();
        errors.ShouldAllBe(e => !e.Format().Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_Secrets_AreMasked()
    {
        using var folder = new ConfigurationFolder("""
            redis: { url: "redis://user:hunter2@host:6379" }
            providers:
              - name: a
                type: openai
                base_url: "${WHERE}"
                credentials: [ { name: k, api_key: hunter2, proxy: "http://u:hunter2@proxy:3128" } ]
            keys: [ { name: k, key: "${CI_KEY}" } ]
            """);
        folder.Variables["WHERE"] = "http://hunter2.example";
        folder.Variables["CI_KEY"] = "hunter2";

        var settings = folder.Load().Settings();

        settings.ShouldAllBe(s => !s.Value.Contains("hunter2", StringComparison.Ordinal));
        settings.ShouldContain(s => s.Path == "redis.url" && s.Value == "redis://***@host:6379");
        settings.ShouldContain(s => s.Path == "providers[0].base_url" && s.Value == "${WHERE}");
        settings.ShouldContain(s => s.Path == "providers[0].credentials[0].api_key" && s.Value == "***");
        settings.ShouldContain(s => s.Path == "keys[0].key" && s.Value == "${CI_KEY}");
    }
}
