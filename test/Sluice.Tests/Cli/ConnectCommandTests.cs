using System.Text.Json.Nodes;
using Sluice.Cli.Connect;

namespace Sluice.Tests.Cli;

public sealed class ConnectCommandTests : IDisposable
{
    private readonly CommandRun _run = new("server: { urls: \"http://0.0.0.0:8123;http://[::1]:9\" }");

    [Theory]
    [InlineData("claude", "export ANTHROPIC_BASE_URL=http://127.0.0.1:8123\nexport ANTHROPIC_AUTH_TOKEN=sk-1\n")]
    [InlineData("claude", "unset ANTHROPIC_API_KEY\n")]
    [InlineData("codex", "export SLUICE_API_KEY=sk-1\n")]
    [InlineData("codex", "model_provider = \"sluice\"\n\n[model_providers.sluice]\nname = \"Sluice\"\nbase_url = \"http://127.0.0.1:8123/v1\"\nenv_key = \"SLUICE_API_KEY\"\nwire_api = \"responses\"\n")]
    [InlineData("gemini", "export GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:8123\nexport GEMINI_API_KEY=sk-1\n")]
    [InlineData("gemini", "\"selectedType\": \"gemini-api-key\"")]
    [InlineData("openai", "export OPENAI_BASE_URL=http://127.0.0.1:8123/v1\nexport OPENAI_API_KEY=sk-1\n")]
    public async Task Print_Client_ShowsWhatToSet(string client, string lines)
    {
        (await _run.RunAsync($"connect {client} --print --key sk-1")).ShouldBe(0);

        _run.Text.ShouldContain(lines);
        Directory.Exists(_run.File("home")).ShouldBeFalse();
    }

    [Fact]
    public async Task Print_WithJson_HasVariablesAndFiles()
    {
        (await _run.RunAsync("connect codex --print --key sk-1 --model smart --url https://gw.example/v1/ --json")).ShouldBe(0);

        _run.Json.GetProperty("environment").GetProperty("SLUICE_API_KEY").GetString().ShouldBe("sk-1");
        var content = _run.Json.GetProperty("files")[0].GetProperty("content").GetString()!;
        content.ShouldContain("model = \"smart\"");
        content.ShouldContain("base_url = \"https://gw.example/v1\"");
    }

    [Fact]
    public async Task Write_Claude_ChangesOnlyItsLinesAndKeepsTheFileAsItWas()
    {
        const string Before = """{ "model": "opus", "env": { "OTHER": "1", "ANTHROPIC_AUTH_TOKEN": "old" } }""";
        _run.Write(Before, "home/.claude/settings.json");

        (await _run.RunAsync("connect claude --key sk-new")).ShouldBe(0, _run.ErrorText);

        var settings = JsonNode.Parse(await File.ReadAllTextAsync(_run.File("home/.claude/settings.json")))!;
        settings["model"]!.GetValue<string>().ShouldBe("opus");
        settings["env"]!.ToJsonString().ShouldBe("""{"OTHER":"1","ANTHROPIC_AUTH_TOKEN":"sk-new","ANTHROPIC_BASE_URL":"http://127.0.0.1:8123"}""");
        var backup = Directory.GetFiles(_run.File("home/.claude"), "settings.json.before-sluice-*").ShouldHaveSingleItem();
        (await File.ReadAllTextAsync(backup)).ShouldBe(Before);
        _run.Text.ShouldContain("ANTHROPIC_BASE_URL");
        _run.Text.ShouldNotContain("sk-new");
    }

    [Fact]
    public async Task Write_Twice_ChangesNothingTheSecondTime()
    {
        foreach (var client in new[] { "claude", "codex", "gemini" })
        {
            (await _run.RunAsync($"connect {client} --key sk-1")).ShouldBe(0, _run.ErrorText);
            (await _run.RunAsync($"connect {client} --key sk-1 --json")).ShouldBe(0);
            _run.Json.GetProperty("files").EnumerateArray().ShouldAllBe(f => !f.GetProperty("written").GetBoolean());
        }
    }

    [Fact]
    public async Task Write_NewFile_IsForItsOwnerAlone()
    {
        (await _run.RunAsync("connect gemini --key sk-1")).ShouldBe(0);

        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.GetUnixFileMode(_run.File("home/.gemini/.env")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Write_FileWithComments_IsLeftAlone()
    {
        const string Before = "{ // mine\n }";
        _run.Write(Before, "home/.claude/settings.json");

        (await _run.RunAsync("connect claude --key sk-1")).ShouldBe(1);

        (await File.ReadAllTextAsync(_run.File("home/.claude/settings.json"))).ShouldBe(Before);
        _run.ErrorText.ShouldContain("--print");
    }

    [Fact]
    public async Task Write_WithoutKey_AsksForOne()
    {
        (await _run.RunAsync("connect claude")).ShouldBe(2);
        _run.ErrorText.ShouldContain("SLUICE_API_KEY");

        _run.Variables["SLUICE_API_KEY"] = "sk-env";
        (await _run.RunAsync("connect claude")).ShouldBe(0);
        (await File.ReadAllTextAsync(_run.File("home/.claude/settings.json"))).ShouldContain("sk-env");
    }

    [Fact]
    public async Task Write_LinkedFile_StaysALink()
    {
        _run.Write("{}", "dotfiles/claude.json");
        Directory.CreateDirectory(_run.File("home/.claude"));
        File.CreateSymbolicLink(_run.File("home/.claude/settings.json"), _run.File("dotfiles/claude.json"));

        (await _run.RunAsync("connect claude --key sk-1")).ShouldBe(0, _run.ErrorText);

        new FileInfo(_run.File("home/.claude/settings.json")).LinkTarget.ShouldNotBeNull();
        (await File.ReadAllTextAsync(_run.File("dotfiles/claude.json"))).ShouldContain("sk-1");
    }

    [Fact]
    public async Task Connect_ConfigurationInvalid_EndsWithThreeUnlessTheUrlIsGiven()
    {
        _run.Write("server: { nonsense: 1 }", "sluice.yaml");

        (await _run.RunAsync("connect openai --print")).ShouldBe(3);
        (await _run.RunAsync("connect openai --print --url http://gw:8080")).ShouldBe(0);
        _run.Text.ShouldContain("OPENAI_BASE_URL=http://gw:8080/v1");
    }

    [Fact]
    public void TomlFile_ExistingFile_KeepsTheRest()
    {
        const string Before = """
            # mine
            model_provider = "openai"
            approval_policy = "never"

            [model_providers.sluice]
            base_url = "http://old"
            extra = 1

            [projects."/work"]
            trust_level = "trusted"
            model_provider = "left alone"
            """;

        TomlFile.Edit(Before, [("model_provider", "sluice"), ("model", "a\"b")], "model_providers.sluice", [("base_url", "http://new/v1")]).ShouldBe("""
            model = "a\"b"
            # mine
            model_provider = "sluice"
            approval_policy = "never"

            [projects."/work"]
            trust_level = "trusted"
            model_provider = "left alone"

            [model_providers.sluice]
            base_url = "http://new/v1"

            """);
    }

    [Fact]
    public void EnvFile_ExistingFile_KeepsTheRest()
        => EnvFile.Set("# mine\nexport GEMINI_API_KEY = old\nOTHER=1\n", [new("GEMINI_API_KEY", "new key"), new("GOOGLE_GEMINI_BASE_URL", "http://h")])
            .ShouldBe("# mine\nGEMINI_API_KEY='new key'\nOTHER=1\nGOOGLE_GEMINI_BASE_URL=http://h\n");

    [Fact]
    public void LineDiff_ShowsChangesWithTheirSurroundings()
        => LineDiff.Of("a\nb\nc\nd\ne\nf\ng\n", "a\nb\nc\nd\nE\nf\ng\nh\n", context: 1).ShouldBe([" d", "-e", "+E", " f", " g", "+h"]);

    public void Dispose() => _run.Dispose();
}
