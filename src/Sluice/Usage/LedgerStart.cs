namespace Sluice.Usage;

/// <summary>Opens the ledger before the service listens: hosted services start in the order of their registration, the server last.</summary>
internal sealed class LedgerStart(Ledger ledger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => ledger.OpenAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
