using Microsoft.Extensions.DependencyInjection;
using Sluice.Auth;
using Sluice.Storage;
using Sluice.Tests.Storage;
using Sluice.Tests.Usage;
using Sluice.Usage;

namespace Sluice.Tests.Cli;

public sealed class UsageCommandsTests : IDisposable
{
    private readonly TemporaryStorage _storage = new();
    private readonly CommandRun _run;

    public UsageCommandsTests() => _run = new CommandRun
    {
        Services = services => services
            .AddStorage(new StorageOptions(_storage.Folder))
            .AddSingleton(provider => new KeyUse(provider.GetRequiredService<SqliteDatabase>(), TimeProvider.System))
            .AddUsage(),
    };

    [Fact]
    public async Task Export_WhatTheServiceHasStored_GoesToStandardOutput()
    {
        await StoreAsync(3);

        (await _run.RunAsync("usage export --from 2026-01-01 --to 2026-02-01")).ShouldBe(0, _run.ErrorText);

        var lines = _run.Text.Split("\r\n");
        lines.Length.ShouldBe(5);
        lines[1].ShouldStartWith("use_0000000000000001,2026-01-02T03:04:05Z,req_0,");
    }

    [Fact]
    public async Task Export_ToAFile_SaysWhatItWrote()
    {
        await StoreAsync(1);

        (await _run.RunAsync("usage export --format focus --output costs.csv --json")).ShouldBe(0, _run.ErrorText);

        var file = _run.Json.GetProperty("file").GetString()!;
        file.ShouldBe(_run.File("costs.csv"));
        (await System.IO.File.ReadAllTextAsync(file)).ShouldStartWith("BilledCost,");
        _run.Json.GetProperty("bytes").GetInt64().ShouldBe(new FileInfo(file).Length);
    }

    [Theory]
    [InlineData("usage export --format xml")]
    [InlineData("usage export --from soon")]
    [InlineData("usage export --json")]
    public async Task Export_NotUnderstood_EndsWithTwo(string command) => (await _run.RunAsync(command)).ShouldBe(2);

    [Fact]
    public async Task Export_FolderThatIsNotThere_Fails() => (await _run.RunAsync("usage export --output missing/costs.csv")).ShouldBe(1);

    public void Dispose()
    {
        _run.Dispose();
        _storage.Dispose();
    }

    private async Task StoreAsync(int count)
    {
        var database = _storage.Open();
        await using var queue = new UsageQueue(
            database, new KeyUse(database, TimeProvider.System), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<UsageQueue>.Instance);
        for (var i = 0; i < count; i++)
        {
            queue.Add(UsageRecords.Create(i));
        }

        await queue.FlushAsync();
    }
}
