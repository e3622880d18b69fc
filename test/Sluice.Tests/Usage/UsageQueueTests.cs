using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Auth;
using Sluice.Storage;
using Sluice.Tests.Storage;
using Sluice.Usage;


namespace Sluice.Tests.Usage;

public sealed class UsageQueueTests : IDisposable
{
    private readonly TemporaryStorage _storage = new();

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task FlushAsync_AfterMoreThanOneTransaction_StoresEveryRecordOnce()
    {
        var database = _storage.Open();
        await using var sut = CreateSut(database);
        for (var i = 0; i < 5_000; i++)
        {
            sut.TryWrite(UsageRecords.Create(i)).ShouldBeTrue();
        }

        await sut.FlushAsync();

        using var read = database.Read();
        read.Connection.Scalar<long>("SELECT COUNT(DISTINCT request_id) FROM usage_records").ShouldBe(5_000);
        read.Connection.Scalar<long>("SELECT COUNT(*) FROM usage_records").ShouldBe(5_000);
    }

    private static UsageQueue CreateSut(SqliteDatabase database)
        => new(database, new KeyUse(database, TimeProvider.System), TimeProvider.System, NullLogger<UsageQueue>.Instance);
}
