using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using Sluice.Credentials;
using Sluice.Credentials.Import;

namespace Sluice.Tests.Cli;

public sealed class CredentialsCommandsTests : IDisposable
{
    private readonly ICredentialImport _import = Substitute.For<ICredentialImport>();
    private readonly ICredentialRuntime _runtime = Substitute.For<ICredentialRuntime>();
    private readonly CommandRun _run;
    private CredentialImportRequest? _asked;

    public CredentialsCommandsTests()
    {
        _import.ImportAsync(default!, default).ReturnsForAnyArgs(call =>
        {
            _asked = call.Arg<CredentialImportRequest>();
            return _asked.Provider == "nobody" ? null : [new ImportResult("line 1", "a", ImportStatus.Created, "", "cred_1"), new ImportResult("line 2", "b", ImportStatus.Duplicate, "the same secret as 'a'")];
        });
        _runtime.List().Returns([new CredentialStatus("p", "good", CredentialState.Ready), new CredentialStatus("q", "bad", CredentialState.Ready)]);
        _runtime.TestAsync(default!, default!, default, default).ReturnsForAnyArgs(call => new CredentialTestResult(call.ArgAt<string>(1) == "good", 200, $"asked for {call.ArgAt<string?>(2)}", 3));
        _run = new CommandRun
        {
            Services = services => services.AddSingleton(_import).AddSingleton(_runtime),
        };
    }

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Import_FileOfLines_ReportsEach()
    {
        _run.Write("a,sk-1\nsk-2", "keys.txt");

        (await _run.RunAsync("credentials import keys.txt --provider p --dry-run --json")).ShouldBe(0);

        _asked.ShouldNotBeNull().Sources.ShouldBe([new ImportSource("", "a,sk-1\nsk-2")]);
        _asked.DryRun.ShouldBeTrue();
        (_run.Json.GetProperty("ok").GetBoolean(), _run.Json.GetProperty("created").GetInt32(), _run.Json.GetProperty("duplicates").GetInt32()).ShouldBe((true, 1, 1));
        _run.Json.GetProperty("results")[1].GetProperty("message").GetString().ShouldBe("the same secret as 'a'");
    }

    [Fact]
    public async Task Import_FolderOfKeyFiles_TakesItsJsonInOrder()
    {
        _run.Write("{}", "keys/b.json");
        _run.Write("{}", "keys/a.json");
        _run.Write("x", "keys/readme.txt");

        (await _run.RunAsync("credentials import --provider p --google-keys keys")).ShouldBe(0);

        _asked!.Sources.Select(source => source.Name).ShouldBe(["a.json", "b.json"]);
        _run.Text.ShouldContain("1 created, 1 duplicates");
    }

    [Fact]
    public async Task Import_MapConfig_TakesTheFilesBelowIt()
    {
        _run.Write("{}", "map/map-config.json");
        _run.Write("{}", "map/json/a.json");

        (await _run.RunAsync("credentials import --provider p --map-config map/map-config.json")).ShouldBe(0);

        _asked!.Sources.Select(source => source.Name).ShouldBe(["map-config.json", "a.json"]);
    }

    [Theory]
    [InlineData("credentials import --provider p", 2)]
    [InlineData("credentials import nothere.txt --provider p", 2)]
    [InlineData("credentials import keys.txt", 2)]
    [InlineData("credentials import keys.txt --provider nobody", 5)]
    public async Task Import_Wrong_EndsWithItsCode(string commandLine, int code)
    {
        _run.Write("sk-1", "keys.txt");

        (await _run.RunAsync(commandLine)).ShouldBe(code);
    }

    [Theory]
    [InlineData("credentials test --json", 1, 2)]
    [InlineData("credentials test good --json", 0, 1)]
    [InlineData("credentials test --provider p --model gpt --json", 0, 1)]
    public async Task Test_Some_AsksEachAlone(string commandLine, int code, int tested)
    {
        (await _run.RunAsync(commandLine)).ShouldBe(code);

        _run.Json.GetProperty("results").GetArrayLength().ShouldBe(tested);
        _run.Json.GetProperty("results")[0].GetProperty("message").GetString().ShouldBe(commandLine.Contains("gpt", StringComparison.Ordinal) ? "asked for gpt" : "asked for ");
    }

    [Fact]
    public async Task Test_Unknown_IsNotFound() => (await _run.RunAsync("credentials test nobody")).ShouldBe(5);
}
