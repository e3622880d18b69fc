using System.Text;

namespace Sluice.TestKit.Gateway;

/// <summary>An answer of the gateway that is still coming.</summary>
public sealed class OpenReply(HttpResponseMessage response, Stream body) : IAsyncDisposable
{
    private readonly MemoryStream _received = new();
    private readonly byte[] _buffer = new byte[16 * 1024];

    public int Status => (int)response.StatusCode;

    public IReadOnlyDictionary<string, string> Headers { get; } = GatewayReply.HeadersOf(response);

    /// <summary>What has been read so far.</summary>
    public string Received => Encoding.UTF8.GetString(_received.ToArray());

    /// <summary>Reads until the text has come.</summary>
    public async Task<string> ReadUntilAsync(string text, TimeSpan? within = null)
    {
        while (!Received.Contains(text, StringComparison.Ordinal))
        {
            if (await ReadAsync($"'{text}'", within) is var read && read == 0)
            {
                throw new IOException($"The stream ended before '{text}' came: {Received}");
            }

            _received.Write(_buffer, 0, read);
        }

        return Received;
    }

    /// <summary>Reads to the end.</summary>
    public async Task<GatewayReply> ReadToEndAsync(TimeSpan? within = null)
    {
        var clean = true;
        try
        {
            int read;
            while ((read = await ReadAsync("the stream's end", within)) > 0)
            {
                _received.Write(_buffer, 0, read);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            clean = false;
        }

        return new GatewayReply(Status, Headers, _received.ToArray(), clean);
    }

    /// <summary>Leaves: the connection is closed at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        response.Dispose();
    }

    private async Task<int> ReadAsync(string what, TimeSpan? within)
    {
        try
        {
            return await body.ReadAsync(_buffer).AsTask().WaitAsync(within ?? Eventually.Patience);
        }
        catch (TimeoutException)
        {
            var text = Received;
            throw new TimeoutException($"Not within {within ?? Eventually.Patience}: {what} after '{text[Math.Max(0, text.Length - 300)..]}'");
        }
    }
}
