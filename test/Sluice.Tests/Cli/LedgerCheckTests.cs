using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Auth;
using Sluice.Cli.Doctor;
using Sluice.Storage;
using Sluice.Tests.Storage;
using Sluice.Tests.Usage;
using Sluice.Usage;

namespace Sluice.Tests.Cli;

public sealed class LedgerCheckTests : IDisposable
{
    private readonly TemporaryStorage _storage = new();

    [Fact]
    public async Task Run_WhileTheServiceHasTheFolder_CountsItsRecords()
    {
        await StoreAsync(_storage.Open());

        LedgerCheck.Run(_storage.Folder).ShouldBe(CheckResult.Ok("ledger", "5 records agree with their sums"));
    }

    [Fact]
    public async Task Run_SumsDisagree_FailsAndSaysWhere()
    {
        var database = _storage.Open();
        await StoreAsync(database);
        await database.WriteAsync(connection => connection.Execute("UPDATE usage_hours SET cost = cost + 1"));

        var found = LedgerCheck.Run(_storage.Folder);

        found.Status.ShouldBe(CheckStatus.Failed);
        found.Message.ShouldContain("the records have cost 5000, usage_hours 5001");
    }

    [Fact]
    public void Run_NotADatabase_Fails()
    {
        Directory.CreateDirectory(_storage.Folder);
        File.WriteAllText(Path.Combine(_storage.Folder, "sluice.db"), new string('x', 10_000));

        LedgerCheck.Run(_storage.Folder).Status.ShouldBe(CheckStatus.Failed);
    }

    [Fact]
    public void Run_NoFolder_IsWellAndMakesNone()
    {
        LedgerCheck.Run(_storage.Folder).Status.ShouldBe(CheckStatus.Ok);
        Directory.Exists(_storage.Folder).ShouldBeFalse();
    }

    public void Dispose() => _storage.Dispose();

    private static async Task StoreAsync(SqliteDatabase database)
    {
        await using var queue = new UsageQueue(
            database, new KeyUse(database, TimeProvider.System), TimeProvider.System, NullLogger<UsageQueue>.Instance);
        for (var i = 0; i < 5; i++)
        {
            queue.Add(UsageRecords.Create(i));
        }
    }
}
