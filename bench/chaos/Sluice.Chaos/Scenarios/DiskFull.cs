using System.Diagnostics;
using Sluice.Chaos.Gateway;
using Sluice.Chaos.Load;
using Sluice.Chaos.Oracle;
using Sluice.TestKit;

namespace Sluice.Chaos.Scenarios;

/// <summary>
/// Fills the small file system that the data folder lies on, under load. From the first refusal on nothing new may reach the
/// oracle, what is in flight must end and settle, and calls must be served again soon after space has returned.
/// </summary>
/// <param name="options">Clients and seed.</param>
/// <param name="disk">A mounted folder of its own, small enough to be filled.</param>
internal sealed class DiskFull(ScenarioOptions options, string disk)
{
    private const string RefusalCode = "ledger_unavailable";

    private const int CallsOnFullDisk = 50;

    /// <summary>A file system larger than this is somebody's disk.</summary>
    private const long LargestDisk = 2L * 1024 * 1024 * 1024;

    private static readonly ScenarioKey Key = new("chaos");

    private static readonly TimeSpan LongestResumption = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ResumptionPatience = TimeSpan.FromSeconds(30);

    private readonly RunLog _log = new();
    private readonly ScenarioReport _report = new($"Full disk under {options.Clients} clients, seed {options.Seed}");

    /// <summary>From the full disk to the first refusal: the journal first uses up what it has allocated.</summary>
    public TimeSpan RefusalPatience { get; init; } = TimeSpan.FromMinutes(2);

    public async Task<ScenarioReport> RunAsync()
    {
        if (new DriveInfo(disk).TotalSize > LargestDisk)
        {
            throw new InvalidOperationException($"{disk} is on a file system of more than {LargestDisk >> 20} MiB: this scenario fills it. bench/chaos/run.sh full makes a small one.");
        }

        using var folder = new TempFolder(disk);
        await using var oracle = await OracleUpstream.StartAsync(_log);
        await using var gateway = new GatewayLives(GatewaySetup.Config(oracle.BaseUrl, [Key], options.Server), folder);
        await gateway.StartAsync();
        using var client = new ChaosClient(gateway.Process.Address);
        var filler = Path.Combine(disk, "filler");

        options.Progress?.WriteLine("filling the disk under load");
        var inFlight = await FillUnderLoadAsync(client, filler);
        options.Progress?.WriteLine("calling on a full disk");
        await CheckRefusingAsync(client);
        await CheckInFlightAsync(inFlight);
        options.Progress?.WriteLine("freeing the disk");
        await FreeAsync(client, filler);

        _report.Calls(_log);
        _report.Ledger(await gateway.CompareAsync(_log));
        if (_report.Violations.Count > 0)
        {
            options.Progress?.WriteLine(gateway.Process.Output);
        }

        if (await gateway.StopAsync() is var code && code != 0)
        {
            _report.Violations.Add($"the process ended with {code}");
        }

        return _report;
    }

    /// <summary>Drives load until the first refusal; long streams that began before it are still running then.</summary>
    private async Task<Task<CallOutcome>[]> FillUnderLoadAsync(ChaosClient client, string filler)
    {
        var crowd = new Crowd(_log, client, (_, log) => Call(CallPlan.Quick(log.NextNumber(), Random.Shared))) { ExpectsRefusals = true };
        crowd.Start(options.Clients);
        await crowd.FirstAnswer.WithinAsync("an answer before the disk is full");
        var fullAt = Stopwatch.GetTimestamp();
        var streams = new List<Task<CallOutcome>>();
        while (!crowd.FirstRefusal.IsCompleted && Stopwatch.GetElapsedTime(fullAt) < RefusalPatience)
        {
            // Again and again: the gateway gives files back. The streams take five seconds each, so some are in flight at any moment.
            await FillAsync(filler);
            var (call, key) = Call(new CallPlan(_log.NextNumber(), 10, 100, 100, 50, 100, false));
            streams.Add(client.CallAsync(call, key));
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        _report.Row("ms from the full disk to a refusal", (long)Stopwatch.GetElapsedTime(fullAt).TotalMilliseconds);
        if (!crowd.FirstRefusal.IsCompleted)
        {
            _report.Violations.Add($"no call was refused within {RefusalPatience} of a full disk");
        }

        crowd.ExpectFault();
        await crowd.StopAsync();
        _report.Violations.AddRange(crowd.Unexplained.Take(10));
        return [.. streams];
    }

    private async Task CheckRefusingAsync(ChaosClient client)
    {
        var calls = Enumerable.Range(0, CallsOnFullDisk).Select(_ => Call(CallPlan.Quick(_log.NextNumber(), Random.Shared)).Call).ToList();
        await Task.WhenAll(calls.Select(call => client.CallAsync(call, Key.Text)));
        var refused = calls.Count(IsRefused);
        _report.Row($"of {CallsOnFullDisk} calls on a full disk refused", refused);
        if (refused != calls.Count)
        {
            var other = calls.First(call => !IsRefused(call));
            _report.Violations.Add($"on a full disk a call was {other.Outcome} with {other.Status}: {other.Refusal}");
        }

        var sent = _log.Calls.Count(call => IsRefused(call) && call.Dispatches > 0);
        if (sent > 0)
        {
            _report.Violations.Add($"{sent} refused calls were sent upstream");
        }
    }

    private async Task CheckInFlightAsync(Task<CallOutcome>[] streams)
    {
        var outcomes = await Task.WhenAll(streams);
        _report.Row("streams in flight that ended whole", outcomes.Count(outcome => outcome == CallOutcome.Ended));
        var cut = outcomes.Count(outcome => outcome is not (CallOutcome.Ended or CallOutcome.Refused));
        if (cut > 0)
        {
            _report.Violations.Add($"{cut} streams in flight did not end whole");
        }
    }

    private async Task FreeAsync(ChaosClient client, string filler)
    {
        File.Delete(filler);
        var freedAt = Stopwatch.GetTimestamp();
        try
        {
            await Eventually.ValueAsync("a call is served again", async () =>
            {
                var (call, key) = Call(CallPlan.Quick(_log.NextNumber(), Random.Shared));
                return await client.CallAsync(call, key) == CallOutcome.Ended ? "yes" : null;
            }, ResumptionPatience);
        }
        catch (TimeoutException)
        {
            _report.Violations.Add($"no call was served within {ResumptionPatience} of space returning");
            return;
        }

        var took = Stopwatch.GetElapsedTime(freedAt);
        _report.Row("ms from free space to an answer", (long)took.TotalMilliseconds);
        if (took > LongestResumption)
        {
            _report.Violations.Add($"calls were served again only {took.TotalSeconds:N1} s after space had returned");
        }
    }

    /// <summary>Takes all the space that is left.</summary>
    private static async Task FillAsync(string filler)
    {
        var block = new byte[64 * 1024];
        await using var file = new FileStream(filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            while (true)
            {
                await file.WriteAsync(block);
                block = block.Length > 512 && new DriveInfo(Path.GetDirectoryName(filler)!).AvailableFreeSpace < block.Length ? new byte[512] : block;
            }
        }
        catch (IOException)
        {
            // Full: that is the aim.
        }
    }

    private static bool IsRefused(TrackedCall call)
        => call is { Outcome: CallOutcome.Refused, Status: 503 } && call.Refusal!.Contains(RefusalCode, StringComparison.Ordinal);

    private (TrackedCall Call, string Key) Call(CallPlan plan) => (_log.Add(plan, Key.Name), Key.Text);
}
