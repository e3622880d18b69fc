using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Auth;
using Sluice.Ledger.Benchmarks;
using Sluice.Storage;
using Sluice.Usage;
using Sluice.Usage.Export;

// dotnet run -c Release --project bench/ledger -- [rows, 10 million when absent] [folder, a temporary one when absent]
// A folder that has the rows already is only read.
var rows = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 10_000_000;
var folder = args.Length > 1 ? args[1] : Path.Combine(Path.GetTempPath(), "sluice-ledger-bench");
var span = TimeSpan.FromDays(30);
var end = new DateTimeOffset(2026, 6, 30, 23, 59, 0, TimeSpan.Zero);

Report("decode a reservation and its outcome at replay, 1 million records", Replay.Run(1_000_000), 1_000_000, "records");

using var database = SqliteDatabase.Open(new StorageOptions(folder), TimeProvider.System);
await using var queue = new UsageQueue(database, new KeyUse(database, TimeProvider.System), TimeProvider.System, NullLogger<UsageQueue>.Instance);
var calls = new SampleCalls(rows, end - span, span);

var drain = TimeSpan.Zero;
var stored = Stored();
for (var first = stored; first < rows; first += 20_000)
{
    // Ids of every second number: a reservation lies between two outcomes.
    for (var i = first; i < Math.Min(rows, first + 20_000); i++)
    {
        queue.Add(calls.Call(i) with { JournalSequence = 2 * (i + 1) });
    }

    var start = Stopwatch.GetTimestamp();
    await queue.FlushAsync();
    drain += Stopwatch.GetElapsedTime(start);
}

if (stored < rows)
{
    Report("drain", drain, rows - stored, "rows");
}

Console.WriteLine($"{"database",-70} {new FileInfo(Path.Combine(folder, "sluice.db")).Length >> 20} MB");

var reader = new UsageReader(database, queue, new StoppedClock(end));
await MeasureAsync("last 24 h by model", () => reader.SummarizeAsync(UsageGrouping.Model, end.AddHours(-24), null));
await MeasureAsync("last 24 h by key", () => reader.SummarizeAsync(UsageGrouping.Key, end.AddHours(-24), null));
await MeasureAsync("30 days by model", () => reader.SummarizeAsync(UsageGrouping.Model, end.AddDays(-30), null));
await MeasureAsync("first page of the list", () => reader.ListAsync(new UsageFilter(), null, 100));
await MeasureAsync("page of one key of fifty", () => reader.ListAsync(new UsageFilter("key-7"), null, 100));
await MeasureAsync("page of one hour three weeks ago", () => reader.ListAsync(new UsageFilter(From: end.AddDays(-21), To: end.AddDays(-21).AddHours(1)), null, 100));
await MeasureAsync("newest call by its request id", () => reader.FindAsync(calls.Call(rows - 1).RequestId));
await MeasureAsync("oldest call by its request id", () => reader.FindAsync(calls.Call(0).RequestId));
await MeasureAsync("a request id that no call has", () => reader.FindAsync("req_0000000000000000000000000x"));

var export = new UsageExport(reader);
await ExportAsync("export as CSV, one day", ExportFormat.Csv, new UsageFilter(From: end.AddDays(-1)));
await ExportAsync("export as FOCUS, 30 days", ExportFormat.Focus, new UsageFilter());
using (var read = database.Read())
{
    var start = Stopwatch.GetTimestamp();
    var violations = LedgerInvariant.Check(read.Connection);
    Report($"invariant of all, {violations.Count} violations", Stopwatch.GetElapsedTime(start), rows, "rows");
}

long Stored()
{
    using var read = database.Read();
    return read.Connection.Scalar<long>("SELECT MAX(id) FROM usage_records") / 2;
}

async Task MeasureAsync<T>(string name, Func<Task<T>> query)
{
    var times = new List<double>();
    for (var i = 0; i < 7; i++)
    {
        var start = Stopwatch.GetTimestamp();
        await query();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-70} {times[0],10:N1} ms first, {times.Order().ElementAt(3):N1} ms median of 7"));
}

async Task ExportAsync(string name, ExportFormat format, UsageFilter filter)
{
    var start = Stopwatch.GetTimestamp();
    long bytes = 0;
    long lines = 0;
    await foreach (var piece in export.ReadAsync(format, filter))
    {
        bytes += piece.Length;
        lines += piece.Span.Count((byte)'\n');
    }

    Report($"{name}, {bytes >> 20} MB", Stopwatch.GetElapsedTime(start), lines, "rows");
}

static void Report(string name, TimeSpan time, long count, string unit)
    => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-70} {time.TotalSeconds,10:N2} s, {count / time.TotalSeconds:N0} {unit}/s"));
