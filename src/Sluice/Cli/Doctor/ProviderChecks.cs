using System.Net.Sockets;
using Sluice.Configuration;

namespace Sluice.Cli.Doctor;

/// <summary>Whether the providers' hosts have an address and take a connection. Sends nothing and shows no key.</summary>
internal static class ProviderChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(IReadOnlyList<ProviderConfig> providers, bool offline, CancellationToken cancellationToken)
        => await Task.WhenAll(providers.Select(p => CheckAsync(p, offline, cancellationToken)));

    private static async Task<CheckResult> CheckAsync(ProviderConfig provider, bool offline, CancellationToken cancellationToken)
    {
        var name = $"provider {provider.Name}";
        if (provider.BaseUrl.Length == 0)
        {
            return CheckResult.Ok(name, $"{provider.Type} needs no address");
        }

        // Behind a proxy, only the proxy can be reached from here.
        var url = new Uri(provider.Credentials.Select(c => c.Proxy).FirstOrDefault(p => p.Length > 0) ?? provider.BaseUrl);
        if (offline)
        {
            return CheckResult.Ok(name, $"{url.Host}:{url.Port}, not tried");
        }

        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(url.IdnHost, url.Port, patience.Token);
            return CheckResult.Ok(name, $"{url.Host}:{url.Port} takes connections");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unreachable($"{url.Host}:{url.Port} does not answer within {Patience.TotalSeconds:0} s");
        }
        catch (SocketException e)
        {
            return Unreachable($"{url.Host}:{url.Port}: {e.Message}");
        }

        CheckResult Unreachable(string message)
            => CheckResult.Failed(name, message, "Check base_url, name resolution and the firewall, or give the credentials a proxy", ExitCode.Unreachable);
    }
}
