using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth;
using Sluice.Cli;
using Sluice.Configuration;

namespace Sluice.Tests.Cli;

public sealed class KeysCommandsTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeKeys _keys = new();
    private readonly CommandRun _run;

    public KeysCommandsTests() => _run = new CommandRun { Services = services => services.AddSingleton<IApiKeyAdministration>(_keys) };

    [Fact]
    public async Task Create_ForPeople_WritesOnlyTheKeyToStandardOutput()
    {
        (await _run.RunAsync("keys create ci --models a,b* --models c --rpm 60 --admin")).ShouldBe(0);

        _run.Text.ShouldBe("sk-sluice-text\n");
        _run.ErrorText.ShouldContain("not shown again");
        var made = _keys.Made.ShouldHaveSingleItem();
        (made.Name, made.Administrator, made.ExpiresAt, made.Limits).ShouldBe(("ci", true, null, new LimitsConfig { Rpm = 60 }));
        made.Models.ShouldBe(["a", "b*", "c"]);
    }

    [Fact]
    public async Task Create_WithoutOptions_AllowsAllAndLimitsNothing()
    {
        (await _run.RunAsync("keys create ci --json")).ShouldBe(0);

        _run.Json.GetProperty("key").GetString().ShouldBe("sk-sluice-text");
        _keys.Made.ShouldHaveSingleItem().ShouldBe(new NewApiKey("ci", null, null, null, null, false));
    }

    [Fact]
    public async Task List_WithJson_HasEveryKey()
    {
        (await _run.RunAsync("keys list --json")).ShouldBe(0);

        var key = _run.Json.GetProperty("data")[0];
        key.GetProperty("name").GetString().ShouldBe("ci");
        key.GetProperty("limits").GetProperty("rpm").GetInt64().ShouldBe(60);
    }

    [Fact]
    public async Task List_ForPeople_IsATable()
    {
        (await _run.RunAsync("keys list")).ShouldBe(0);

        _run.Text.ShouldMatch(@"key_1 +ci +sk-slu +\* +60 rpm +2026-06-01 +active");
    }

    [Fact]
    public async Task Revoke_UnknownKey_EndsWithFive()
    {
        (await _run.RunAsync("keys revoke ci")).ShouldBe(0);
        (await _run.RunAsync("keys revoke nobody")).ShouldBe(5);
        _run.ErrorText.ShouldContain("nobody");
    }

    [Theory]
    [InlineData("30d", 30.0)]
    [InlineData("12h", 0.5)]
    [InlineData("2026-06-11", 10.0)]
    [InlineData("2026-05-31", null)]
    [InlineData("0d", null)]
    [InlineData("-1d", null)]
    [InlineData("99999999d", null)]
    [InlineData("soon", null)]
    public void Expiry_Text_IsDaysFromNow(string text, double? days)
        => KeysCommands.Expiry(text, Now).ShouldBe(days is { } d ? Now.AddDays(d) : null);

    public void Dispose() => _run.Dispose();

    private sealed class FakeKeys : IApiKeyAdministration
    {
        public List<NewApiKey> Made { get; } = [];

        public Task<CreatedKey> CreateAsync(NewApiKey key, CancellationToken cancellationToken)
        {
            Made.Add(key);
            return Task.FromResult(new CreatedKey("key_1", "sk-sluice-text", "sk-slu"));
        }

        public Task<IReadOnlyList<ApiKeyView>> ListAsync(CancellationToken ct)
            => Task.FromResult<IReadOnlyList<ApiKeyView>>([new ApiKeyView("key_1", "ci", "sk-slu", ["*"], new LimitsConfig { Rpm = 60 }, null, Now, null, null, false, false)]);

        public Task<bool> RevokeAsync(string idOrName, CancellationToken cancellationToken) => Task.FromResult(idOrName == "ci");
    }
}
