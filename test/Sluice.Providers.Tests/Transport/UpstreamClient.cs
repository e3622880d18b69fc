using System.Text;
using Sluice.Providers.Transport;
using Sluice.TestKit.Raw;

namespace Sluice.Providers.Tests.Transport;

/// <summary>The transport towards one raw upstream, with the steps of a call as a test writes them.</summary>
internal sealed class UpstreamClient : IDisposable
{
    public UpstreamClient(int port, UpstreamTransportOptions? options = null, Uri? proxy = null, bool tls = false, string host = "127.0.0.1")
    {
        Transport = new UpstreamTransport(options ?? new UpstreamTransportOptions(), TimeProvider.System);
        Pool = Transport.Pool(new UpstreamOrigin(tls, host, port, proxy));
    }

    public UpstreamClient(RawUpstream upstream, UpstreamTransportOptions? options = null)
        : this(upstream.Port, options)
    {
    }

    public UpstreamTransport Transport { get; }

    public UpstreamPool Pool { get; }

    public static byte[] Request(string body = "{}") => Encoding.Latin1.GetBytes($"POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: {body.Length}\r\n\r\n{body}");

    public async Task<UpstreamConnection> ConnectAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return (await Pool.ConnectAsync(limit.Token)).ShouldNotBeNull();
    }

    public async Task<UpstreamConnection> RentAsync() => Pool.TryRent() ?? await ConnectAsync();

    /// <summary>Sends a request and reads the head; gives the status, or -1.</summary>
    public static async Task<int> AskAsync(UpstreamConnection connection, string body = "{}")
    {
        await connection.SendAsync(Request(body));
        return await connection.ReadHeadAsync();
    }

    /// <summary>Reads to the end of the body without consuming it; false when it broke off.</summary>
    public static async Task<bool> ReadToEndAsync(UpstreamConnection connection)
    {
        while (!connection.BodyComplete)
        {
            if (await connection.ReadBodyAsync() < 0)
            {
                return false;
            }
        }

        return true;
    }

    public static string Text(UpstreamConnection connection) => Encoding.Latin1.GetString(connection.Body);

    public void Dispose() => Transport.Dispose();
}
