using System.Net;
using System.Net.Sockets;

namespace Sluice.Cli.Doctor;

/// <summary>Whether the listen addresses are free.</summary>
internal static class PortChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(string urls, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        foreach (var url in urls.Split(';'))
        {
            results.Add(await CheckAsync(url, cancellationToken));
        }

        return results;
    }

    private static async Task<CheckResult> CheckAsync(string url, CancellationToken cancellationToken)
    {
        const string Name = "port";
        var address = BindingAddress.Parse(url);
        if (address.IsUnixPipe || address.Port == 0)
        {
            return CheckResult.Ok(Name, url);
        }

        var ip = IPAddress.TryParse(address.Host, out var parsed) ? parsed : address.Host == "localhost" ? IPAddress.Loopback : IPAddress.IPv6Any;
        try
        {
            using var listener = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (ip.Equals(IPAddress.IPv6Any))
            {
                listener.DualMode = true;
            }

            listener.Bind(new IPEndPoint(ip, address.Port));
            return CheckResult.Ok(Name, $"{url} is free");
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            return await IsSluiceAsync(ListenAddress.ForClients(url), cancellationToken)
                ? CheckResult.Ok(Name, $"Sluice is running at {url}")
                : CheckResult.Failed(Name, $"{url} is in use", "Stop what uses it, or choose another: --urls", ExitCode.Unreachable);
        }
        catch (SocketException e)
        {
            return CheckResult.Failed(Name, $"{url} cannot be listened on: {e.Message}", "Choose an address of this machine, and a port above 1023 without privileges: --urls", ExitCode.Unreachable);
        }
    }

    private static async Task<bool> IsSluiceAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
            using var client = new HttpClient(handler) { Timeout = Patience };
            using var answer = await client.GetAsync(new Uri($"{url}/health/alive"), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
