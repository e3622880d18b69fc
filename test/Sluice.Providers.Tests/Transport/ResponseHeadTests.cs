using System.Text;
using Sluice.Providers.Transport;

namespace Sluice.Providers.Tests.Transport;

public sealed class ResponseHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 200\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 200 \r\n\r\n", 200)]
    [InlineData("HTTP/1.0 404 Not Found\r\n\r\n", 404)]
    [InlineData("HTTP/1.1 529 Site is overloaded\r\nretry-after: 1\r\n\r\n", 529)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", 100)]
    [InlineData("HTTP/1.1 200 OK\r\nx-empty:\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 200 OK\r\nx-colons: a:b:c\r\n\r\n", 200)]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\n", 200)]
    public void TryParse_WellFormed_IsRead(string text, int status)
        => Parse(text).ShouldNotBeNull().Status.ShouldBe(status);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nx: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx: 1\ny: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx: 1\ry: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 O\0K\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx: 1\r\n folded\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx: 1\r\n\tfolded: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: no name\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx : 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nx\t: 1\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.2 200 OK\r\n\r\n")]
    [InlineData("http/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 +20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 -20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 abc OK\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    public void TryParse_MalformedLines_AreRefused(string text) => Parse(text).ShouldBeNull();

    [Theory]
    [InlineData("content-length: 5\r\ncontent-length: 6")]
    [InlineData("content-length: 5, 5")]
    [InlineData("content-length: +5")]
    [InlineData("content-length: -5")]
    [InlineData("content-length: -0")]
    [InlineData("content-length: 0x5")]
    [InlineData("content-length: 5 5")]
    [InlineData("content-length:")]
    [InlineData("content-length: 99999999999999999999")]
    [InlineData("content-length: 5\r\ntransfer-encoding: chunked")]
    [InlineData("transfer-encoding: chunked\r\ncontent-length: 5")]
    [InlineData("transfer-encoding: gzip, chunked")]
    [InlineData("transfer-encoding: chunked, chunked")]
    [InlineData("transfer-encoding: chunked\r\ntransfer-encoding: chunked")]
    [InlineData("transfer-encoding: xchunked")]
    [InlineData("transfer-encoding: identity")]
    [InlineData("transfer-encoding:")]
    public void TryParse_ContradictoryFraming_IsRefused(string headers)
        => Parse($"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n").ShouldBeNull();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", true)]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nconnection: close, x-hop\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nconnection: x-hop ,CLOSE\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nconnection: close\r\nconnection: keep-alive\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nconnection: closely\r\n\r\n", true)]
    public void TryParse_Connection_DecidesWhetherItIsKept(string text, bool kept)
        => Parse(text).ShouldNotBeNull().KeepAlive.ShouldBe(kept);

    [Fact]
    public void Find_AnyCase_GivesTheTrimmedFirstValue()
    {
        var buffer = Encoding.Latin1.GetBytes("junkHTTP/1.1 200 OK\r\nX-Name: \t first \t\r\nx-name: second\r\nCONTENT-LENGTH: 7\r\n\r\n");
        var head = new ResponseHead();

        head.TryParse(buffer, 4, buffer.Length - 4).ShouldBeTrue();

        head.Find(buffer, "x-name").ShouldBe("first");
        Encoding.ASCII.GetString(head.FindRaw(buffer, "x-name"u8)).ShouldBe("first");
        head.Find(buffer, "x-nam").ShouldBeNull();
        head.FindRaw(buffer, "absent"u8).IsEmpty.ShouldBeTrue();
        head.ContentLength.ShouldBe(7);
    }

    [Fact]
    public void TryParse_AHundredHeaders_AreRead_OneMoreIsRefused()
    {
        static string Head(int count) => "HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"x-{i}: {i}\r\n")) + "\r\n";
        var buffer = Encoding.Latin1.GetBytes(Head(100));
        var head = new ResponseHead();

        head.TryParse(buffer, 0, buffer.Length).ShouldBeTrue();

        head.Find(buffer, "x-99").ShouldBe("99");
        Parse(Head(101)).ShouldBeNull();
    }

    [Fact]
    public void TryParse_SecondHead_KeepsNothingOfTheFirst()
    {
        var head = new ResponseHead();
        var first = Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx: 1\r\n\r\n");
        var second = Encoding.Latin1.GetBytes("HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n");

        head.TryParse(first, 0, first.Length).ShouldBeTrue();
        head.TryParse(second, 0, second.Length).ShouldBeTrue();

        head.Status.ShouldBe(201);
        head.ContentLength.ShouldBe(-1);
        head.Chunked.ShouldBeTrue();
        head.Find(second, "x").ShouldBeNull();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", 0)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", 19)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nbody", 19)]
    [InlineData("HTTP/1.1 200 OK\n\n", 0)]
    public void FindEnd_IsBehindTheEmptyLine(string text, int end)
        => ResponseHead.FindEnd(Encoding.Latin1.GetBytes(text)).ShouldBe(end);

    private static ResponseHead? Parse(string text)
    {
        var buffer = Encoding.Latin1.GetBytes(text);
        var head = new ResponseHead();
        return head.TryParse(buffer, 0, buffer.Length) ? head : null;
    }
}
