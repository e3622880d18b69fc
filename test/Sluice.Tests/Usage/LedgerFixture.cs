using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Auth;
using Sluice.Protocol.Canonical;
using Sluice.Storage;
using Sluice.Tests.Storage;
using Sluice.Usage;

namespace Sluice.Tests.Usage;

/// <summary>A ledger over a real database and a journal in memory, which can die and start again.</summary>
internal sealed class LedgerFixture : IAsyncDisposable
{
    private readonly TemporaryStorage _storage = new();

    public LedgerFixture(IChargeSink? charges = null)
    {
        Database = _storage.Open();
        Charges = charges;
    }

    public SqliteDatabase Database { get; }

    public MemoryJournal Journal { get; private set; } = new();

    public UsageQueue Queue { get; private set; } = null!;

    public Ledger Ledger { get; private set; } = null!;

    /// <summary>Nano-USD per token of recovered calls; null prices nothing.</summary>
    public long? Price { get; set; } = 10;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    private IChargeSink? Charges { get; }

    /// <summary>A fixture whose ledger has started.</summary>
    public static async Task<LedgerFixture> StartNewAsync(IChargeSink? charges = null)
    {
        var fixture = new LedgerFixture(charges);
        await fixture.StartAsync();
        return fixture;
    }

    /// <summary>Starts a ledger over the database and these records of a journal.</summary>
    public async Task StartAsync(IReadOnlyList<MemoryJournal.Record>? records = null)
    {
        Queue = new UsageQueue(Database, new KeyUse(Database, TimeProvider.System), Time, NullLogger<UsageQueue>.Instance, Charges);
        Ledger = new Ledger(
            Queue,
            Database,
            (floor, replay) =>
            {
                foreach (var record in records ?? [])
                {
                    replay(record.Type, record.Sequence, record.Payload);
                }

                return Journal = new MemoryJournal(floor, records);
            },
            call => Price * call.Tokens.Total,
            Time,
            NullLogger<Ledger>.Instance);
        await Ledger.OpenAsync();
    }

    public static LedgerEntry Entry(string requestId, params BudgetCharge[] charges) => new()
    {
        RequestId = requestId,
        KeyId = "file:ci",
        KeyName = "ci",
        Model = "smart",
        Provider = "openai-main",
        UpstreamModel = "gpt-5.1",
        Credential = "k1",
        Operation = "chat",
        PriceId = "gpt-5.1@2026-01-01",
        EstimatedInputTokens = 7,
        Charges = charges,
        AtMicros = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000,
    };

    public static UsageRecord Outcome(LedgerEntry entry, long cost = 1_000, UsageStatus status = UsageStatus.Settled) => entry.NewRecord() with
    {
        Status = status,
        Tokens = new TokenUsage(10, 0, 0, 0, 20, 0),
        CostNanoUsd = status is UsageStatus.Failed or UsageStatus.Void ? 0 : cost,
        HttpStatus = 200,
        Attempts = 1,
    };

    /// <summary>The account as request id, status, input, output and cost, in order of their ids.</summary>
    public List<string> Account()
    {
        using var read = Database.Read();
        return read.Connection.Rows(
            "SELECT request_id || ' ' || status || ' ' || input || '+' || output || ' ' || COALESCE(cost, 'unpriced') FROM usage_records ORDER BY id",
            row => row.GetString(0));
    }

    public long Watermark()
    {
        using var read = Database.Read();
        return read.Connection.Scalar<long>("SELECT sequence FROM usage_watermark");
    }

    public IReadOnlyList<string> Violations()
    {
        using var read = Database.Read();
        return LedgerInvariant.Check(read.Connection);
    }

    public async ValueTask DisposeAsync()
    {
        if (Ledger is not null)
        {
            await Ledger.DisposeAsync();
        }

        _storage.Dispose();
    }
}
