using System.Net.Sockets;
using System.Text;

namespace Sluice.TestKit.Raw;

/// <summary>A client that sends exact bytes and reads as slowly as it likes, or never.</summary>
public sealed class RawClient : IDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly List<byte> _received = [];
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Connects. A small receive buffer makes a client that does not read felt sooner.</summary>
    public static async Task<RawClient> ConnectAsync(Uri address, int? receiveBuffer = null)
    {
        var client = new RawClient();
        if (receiveBuffer is { } size)
        {
            client._tcp.Client.ReceiveBufferSize = size;
        }

        await client._tcp.ConnectAsync(address.Host, address.Port);
        return client;
    }

    /// <summary>What has come so far, byte for char.</summary>
    public string Received => Encoding.Latin1.GetString([.. _received]);

    /// <summary>A POST with its length and the given header lines.</summary>
    public static string Post(string target, string body, params IEnumerable<string> headerLines)
        => $"POST {target} HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n" +
            string.Concat(headerLines.Select(l => l + "\r\n")) +
            $"content-length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes) => await _tcp.GetStream().WriteAsync(bytes);

    /// <summary>Reads until the text has come; throws when the gateway closes first.</summary>
    public async Task<string> ReadUntilAsync(string text, TimeSpan? within = null)
    {
        while (!Received.Contains(text, StringComparison.Ordinal))
        {
            if (!await ReadOnceAsync(within))
            {
                throw new IOException($"The gateway closed before '{text}' came; it sent: {Received}");
            }
        }

        return Received;
    }

    /// <summary>Reads whatever comes next; throws when the gateway closes instead.</summary>
    public async Task ReadMoreAsync(TimeSpan? within = null)
    {
        if (!await ReadOnceAsync(within))
        {
            throw new IOException($"The gateway closed; it sent: {Received}");
        }
    }

    /// <summary>Reads to the end of the connection; false when it ended with a reset.</summary>
    public async Task<bool> ReadToCloseAsync(TimeSpan? within = null)
    {
        try
        {
            while (await ReadOnceAsync(within))
            {
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Leaves with a TCP reset.</summary>
    public void Reset()
    {
        _tcp.Client.LingerState = new LingerOption(true, 0);
        _tcp.Close();
    }

    public void Dispose() => _tcp.Dispose();

    private async Task<bool> ReadOnceAsync(TimeSpan? within)
    {
        var read = await _tcp.GetStream().ReadAsync(_buffer).AsTask().WithinAsync("bytes from the gateway", within);
        _received.AddRange(_buffer.AsSpan(0, read));
        return read > 0;
    }
}
