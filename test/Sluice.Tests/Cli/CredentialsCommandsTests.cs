using Microsoft.Extensions.DependencyInjection;
using Sluice.Credentials;
using Sluice.Credentials.Import;

namespace Sluice.Tests.Cli;

public sealed class CredentialsCommandsTests : IDisposable
{
    private readonly CommandRun _run;
    private CredentialImportRequest? _asked;

    public CredentialsCommandsTests()
        => _run = new CommandRun
        {
            Services = services => services.AddSingleton<ICredentialImport>(new Import(request => _asked = request)).AddSingleton<ICredentialRuntime>(new Runtime()),
        };

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

    /// <summary>Knows every provider save nobody; the first entry is new and the second is not.</summary>
    private sealed class Import(Action<CredentialImportRequest> asked) : ICredentialImport
    {
        public Task<IReadOnlyList<ImportResult>?> ImportAsync(CredentialImportRequest request, CancellationToken cancellationToken)
        {
            asked(request);
            return Task.FromResult<IReadOnlyList<ImportResult>?>(request.Provider == "nobody" ? null
                : [new("line 1", "a", ImportStatus.Created, "", "cred_1"), new("line 2", "b", ImportStatus.Duplicate, "the same secret as 'a'")]);
        }
    }

    /// <summary>Two credentials, of which one is accepted.</summary>
    private sealed class Runtime : ICredentialRuntime
    {
        public IReadOnlyList<CredentialStatus> List() => [new("p", "good", CredentialState.Ready), new("q", "bad", CredentialState.Ready)];

        public CredentialStatus? Find(string provider, string name) => throw new NotSupportedException();

        public bool SetState(string provider, string name, CredentialState state, string? reason) => throw new NotSupportedException();

        public Task<CredentialTestResult> TestAsync(string provider, string name, string? model, CancellationToken cancellationToken)
            => Task.FromResult(new CredentialTestResult(name == "good", 200, $"asked for {model}", 3));

        public Task<CredentialRefresh> RefreshAsync(string provider, string name, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
