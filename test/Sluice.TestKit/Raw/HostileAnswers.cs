using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Sluice.TestKit.Raw;

/// <summary>What a broken or hostile upstream does on the wire. Each is a behaviour for <see cref="RawUpstream.Start(Func{RawExchange, Task})"/>.</summary>
public static class HostileAnswers
{
    private const string JsonHead = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    private const string SseHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

    /// <summary>Header lines without end.</summary>
    public static async Task EndlessHeaders(RawExchange exchange)
    {
        await exchange.ReadRequestAsync();
        await exchange.WriteAsync(JsonHead);
        var block = new StringBuilder();
        for (var i = 0; i < 500; i++)
        {
            block.Append(CultureInfo.InvariantCulture, $"x-filler-{i}: {new string('a', 100)}\r\n");
        }

        while (true)
        {
            await exchange.WriteAsync(block.ToString());
        }
    }

    /// <summary>One event whose line never ends.</summary>
    public static async Task GiantLine(RawExchange exchange)
    {
        await exchange.ReadRequestAsync();
        await exchange.WriteAsync(SseHead);
        await exchange.WriteAsync(Chunk("data: {\"choices\":[{\"delta\":{\"content\":\""));
        var block = Chunk(new string('a', 256 * 1024));
        while (true)
        {
            await exchange.WriteAsync(block);
        }
    }

    /// <summary>A JSON document that never ends.</summary>
    public static async Task EndlessJson(RawExchange exchange)
    {
        await exchange.ReadRequestAsync();
        await exchange.WriteAsync(JsonHead + "transfer-encoding: chunked\r\n\r\n");
        var block = Chunk(new string('a', 256 * 1024));
        await exchange.WriteAsync(Chunk("{\"id\":\""));
        while (true)
        {
            await exchange.WriteAsync(block);
        }
    }

    /// <summary>An answer whose compressed body becomes many times larger: <paramref name="size"/> zero bytes in gzip.</summary>
    public static Func<RawExchange, Task> DecompressionBomb(long size) => async exchange =>
    {
        await exchange.ReadRequestAsync();
        var body = Bomb(size);
        await exchange.WriteAsync($"{JsonHead}content-encoding: gzip\r\ncontent-length: {body.Length}\r\n\r\n");
        await exchange.WriteAsync(body);
    };

    /// <summary>Says fewer bytes than it sends.</summary>
    public static Task ContentLengthTooShort(RawExchange exchange) => RespondAsync(exchange, JsonHead + "content-length: 5\r\n\r\n{\"id\":\"x\"}HTTP/1.1 200 OK\r\n\r\n");

    /// <summary>Says more bytes than it sends, then closes.</summary>
    public static Task ContentLengthTooLong(RawExchange exchange) => RespondAsync(exchange, JsonHead + "content-length: 5000\r\n\r\n{\"id\":\"x\"}");

    public static Task TwoContentLengths(RawExchange exchange) => RespondAsync(exchange, JsonHead + "content-length: 10\r\ncontent-length: 12\r\n\r\n{\"id\":\"x\"}");

    /// <summary>A header continued on the next line, as RFC 9112 section 5.2 forbids.</summary>
    public static Task ObsoleteFolding(RawExchange exchange)
        => RespondAsync(exchange, JsonHead + "x-folded: one\r\n set-cookie: evil=1\r\ncontent-length: 10\r\n\r\n{\"id\":\"x\"}");

    /// <summary>Headers that a client must never see, beside a good body.</summary>
    public static Task InjectedHeaders(RawExchange exchange, string body)
        => RespondAsync(exchange,
            JsonHead + "set-cookie: session=evil\r\nx-sluice-dropped: evil\r\nopenai-organization: org-secret\r\n" +
            "x-request-id: vendor-id\r\nconnection: keep-alive, x-evil\r\nx-evil: 1\r\nstrict-transport-security: max-age=1\r\n" +
            "access-control-allow-origin: *\r\nlocation: http://127.0.0.1:1/\r\nalt-svc: h3=\":443\"\r\n" +
            $"content-length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public static Task ChunkedGarbage(RawExchange exchange)
        => RespondAsync(exchange, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nnot a chunk\r\n");

    public static Task CloseMidChunk(RawExchange exchange)
        => RespondAsync(exchange, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{\"id\":");

    /// <summary>Not HTTP at all.</summary>
    public static Task NotHttp(RawExchange exchange) => RespondAsync(exchange, "220 mail.example ESMTP ready\r\n");

    /// <summary>An event stream whose lines end in a bare LF inside the head.</summary>
    public static Task BareLineFeeds(RawExchange exchange, string body)
        => RespondAsync(exchange, $"HTTP/1.1 200 OK\ncontent-type: application/json\ncontent-length: {Encoding.UTF8.GetByteCount(body)}\n\n{body}");

    /// <summary>HTTP/1.0: the body ends with the connection.</summary>
    public static Task Http10(RawExchange exchange, string body) => RespondAsync(exchange, $"HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{body}");

    /// <summary>Interim answers before the real one.</summary>
    public static Task InterimAnswers(RawExchange exchange, string body)
        => RespondAsync(exchange,
            "HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" +
            $"{JsonHead}content-length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public static async Task ResetAtOnce(RawExchange exchange)
    {
        await exchange.ReadRequestAsync();
        exchange.Reset();
    }

    /// <summary>A good answer, one byte at a time.</summary>
    public static Func<RawExchange, Task> Drip(string body, TimeSpan pause) => async exchange =>
    {
        await exchange.ReadRequestAsync();
        foreach (var letter in $"{JsonHead}content-length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}")
        {
            await exchange.WriteAsync(letter.ToString());
            await exchange.PauseAsync(pause);
        }
    };

    /// <summary>Answers one request, promises to keep the connection, and closes it before the next one: what an idle pooled connection meets.</summary>
    public static Func<RawExchange, Task> StaleConnection(string body) => async exchange =>
    {
        await exchange.ReadRequestAsync();
        await exchange.WriteAsync($"{JsonHead}connection: keep-alive\r\ncontent-length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    };

    private static async Task RespondAsync(RawExchange exchange, string answer)
    {
        await exchange.ReadRequestAsync();
        await exchange.WriteAsync(answer);
    }

    private static byte[] Chunk(string text)
        => Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text.Length:x}\r\n{text}\r\n"));

    private static byte[] Bomb(long size)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var left = size; left > 0; left -= zeros.Length)
            {
                gzip.Write(zeros, 0, (int)Math.Min(left, zeros.Length));
            }
        }

        return packed.ToArray();
    }
}
