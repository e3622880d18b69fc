using System.Diagnostics;
using Sluice.Chaos.Checks;
using Sluice.Chaos.Load;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;

namespace Sluice.Chaos.Gateway;

/// <summary>One data folder and the processes that live on it, one after the other.</summary>
internal sealed class GatewayLives : IAsyncDisposable
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);

    private readonly SluiceStart _start;
    private SluiceProcess? _process;

    public GatewayLives(string config, TempFolder folder)
    {
        _start = new SluiceStart { Config = config, Folder = folder };

        // A harness that is interrupted leaves no gateway behind.
        AppDomain.CurrentDomain.ProcessExit += KillNow;
    }

    /// <summary>The process that lives now.</summary>
    public SluiceProcess Process => _process ?? throw new InvalidOperationException("Start the gateway first.");

    /// <summary>Starts the next life without waiting for it.</summary>
    public async Task LaunchAsync() => _process = await SluiceProcess.LaunchAsync(_start);

    /// <summary>Starts the next life and waits until it listens.</summary>
    public async Task StartAsync() => _process = await SluiceProcess.StartAsync(_start);

    /// <summary>Ends the present life as a crash would, where it has not ended by itself.</summary>
    public async Task KillAsync()
    {
        await Process.DisposeAsync();
        _process = null;
    }

    /// <summary>Ends the present life as a service manager would; its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Process.TerminateAsync();
        var code = await Process.ExitAsync();
        await KillAsync();
        return code;
    }

    /// <summary>Compares the ledger with the oracle, reading it again for as long as records may still be on their way.</summary>
    public async Task<LedgerVerdict> CompareAsync(RunLog log)
    {
        using var administrator = Process.Administrator();
        var reader = new LedgerReader(administrator);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var verdict = LedgerCheck.Compare(log, await reader.ReadAsync());
            if (verdict.Lost == 0 || Stopwatch.GetElapsedTime(started) > DrainPatience)
            {
                return verdict;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillNow;
        if (_process is not null)
        {
            await KillAsync();
        }
    }

    private void KillNow(object? sender, EventArgs e) => _ = _process?.KillAsync();
}
