using System.Text;
using Sluice.Providers.Transport;
using Sluice.TestKit;
using Sluice.TestKit.Raw;
using static Sluice.Providers.Tests.Transport.UpstreamClient;

namespace Sluice.Providers.Tests.Transport;

public sealed class UpstreamConnectionTests
{
    [Fact]
    public async Task Find_BodyComesAfterTheHead_StillReadsTheHead()
    {
        var headRead = new TaskCompletionSource();
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            await headRead.Task;
            await exchange.WriteAsync("1000\r\n" + new string('x', 4096) + "\r\n");
            await exchange.WriteAsync("4000\r\n" + new string('y', 16384) + "\r\n0\r\n\r\n");
        });
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();

        (await AskAsync(connection)).ShouldBe(200);
        headRead.SetResult();
        (await ReadToEndAsync(connection)).ShouldBeTrue();

        connection.Find("content-type").ShouldBe("text/event-stream");
        Text(connection).ShouldBe(new string('x', 4096) + new string('y', 16384));
    }

    [Fact]
    public async Task ReadHead_InformationalResponsesBefore_AreSkipped()
    {
        await using var upstream = RawUpstream.Start(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();

        (await AskAsync(connection)).ShouldBe(200);
        (await ReadToEndAsync(connection)).ShouldBeTrue();

        Text(connection).ShouldBe("hi");
        connection.Find("link").ShouldBeNull();
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("220 smtp.example.com ESMTP\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n")]
    public async Task ReadHead_NotAnAnswer_IsMalformed(string answer)
    {
        await using var upstream = RawUpstream.Start(answer);
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();

        (await AskAsync(connection)).ShouldBe(-1);
        connection.Failure.ShouldBe(TransportFailure.Malformed);
    }

    [Fact]
    public async Task ReadHead_EndlessHead_IsRefusedAtItsBound()
    {
        await using var upstream = RawUpstream.Start(HostileAnswers.EndlessHeaders);
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();

        (await AskAsync(connection).WithinAsync("the refusal")).ShouldBe(-1);
        connection.Failure.ShouldBe(TransportFailure.Malformed);
    }

    [Fact]
    public async Task ReadHead_LargeHeadInManyPieces_IsRead()
    {
        var filler = new string('v', 6000);
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            foreach (var piece in ("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 5).Select(i => $"x-{i}: {filler}{i}\r\n")) + "content-length: 2\r\n\r\nhi").Chunk(1500))
            {
                await exchange.WriteAsync(new string(piece));
            }
        });
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();

        (await AskAsync(connection)).ShouldBe(200);
        (await ReadToEndAsync(connection)).ShouldBeTrue();

        connection.Find("x-4").ShouldBe(filler + "4");
        Text(connection).ShouldBe("hi");
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-le")]
    public async Task ReadHead_ConnectionEnds_IsClosed(string answer)
    {
        await using var upstream = RawUpstream.Start(answer);
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();

        (await AskAsync(connection)).ShouldBe(-1);

        connection.Failure.ShouldBe(TransportFailure.Closed);
        connection.HasResponseBytes.ShouldBe(answer.Length > 0);
    }

    [Theory]
    [InlineData("content-length: 10\r\n\r\nabc", TransportFailure.Closed)]
    [InlineData("transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", TransportFailure.Closed)]
    [InlineData("transfer-encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n", TransportFailure.Malformed)]
    public async Task ReadBody_BreaksOff_IsAFailureAndNeverAnEnd(string rest, TransportFailure failure)
    {
        await using var upstream = RawUpstream.Start("HTTP/1.1 200 OK\r\n" + rest);
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();

        (await AskAsync(connection)).ShouldBe(200);
        (await ReadToEndAsync(connection)).ShouldBeFalse();

        Text(connection).ShouldBe("abc");
        connection.Failure.ShouldBe(failure);
        connection.BodyComplete.ShouldBeFalse();
    }

    [Fact]
    public async Task ReadBody_WithoutLength_EndsWithTheConnection()
    {
        await using var upstream = RawUpstream.Start("HTTP/1.1 200 OK\r\n\r\nall of it");
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();

        (await AskAsync(connection)).ShouldBe(200);
        (await ReadToEndAsync(connection)).ShouldBeTrue();

        Text(connection).ShouldBe("all of it");
        connection.ContentLength.ShouldBe(-1);
    }

    [Fact]
    public async Task ReadBody_ManySizesConsumedOrNot_GivesTheSameBytes()
    {
        var random = new Random(7);
        var body = new byte[200_000];
        random.NextBytes(body);
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            for (var at = 0; at < body.Length;)
            {
                var size = Math.Min(random.Next(1, 9000), body.Length - at);
                await exchange.WriteAsync($"{size:x}\r\n");
                await exchange.WriteAsync(body[at..(at + size)]);
                await exchange.WriteAsync("\r\n");
                at += size;
            }

            await exchange.WriteAsync("0\r\n\r\n");
        });
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();
        (await AskAsync(connection)).ShouldBe(200);

        var received = new List<byte>();
        for (var reads = 0; !connection.BodyComplete; reads++)
        {
            (await connection.ReadBodyAsync()).ShouldBeGreaterThanOrEqualTo(0);

            // Some is left standing now and then, so that the buffer must be moved and grown.
            if (reads % 5 == 0 || connection.BodyComplete)
            {
                received.AddRange(connection.Body);
                connection.ConsumeBody();
            }
        }

        received.ToArray().AsSpan().SequenceEqual(body).ShouldBeTrue();
    }

    [Fact]
    public async Task ReadBody_NothingConsumed_StopsAtTheBound()
    {
        await using var upstream = RawUpstream.Start(HostileAnswers.EndlessJson);
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();
        (await AskAsync(connection)).ShouldBe(200);

        (await ReadToEndAsync(connection).WithinAsync("the bound")).ShouldBeFalse();

        connection.Failure.ShouldBe(TransportFailure.Malformed);
        connection.Body.Length.ShouldBeLessThan(2 * UpstreamConnection.MaxHeldBytes);
    }

    [Fact]
    public async Task Abort_WhileReadingOnAnotherThread_EndsTheReadAsAborted()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");
            await exchange.WaitForCloseAsync();
        });
        using var client = new UpstreamClient(upstream);
        var connection = await client.ConnectAsync();
        (await AskAsync(connection)).ShouldBe(200);
        (await connection.ReadBodyAsync()).ShouldBe(3);

        var reading = connection.ReadBodyAsync().AsTask();
        await Task.Run(connection.Abort);

        (await reading.WithinAsync("the aborted read")).ShouldBe(-1);
        connection.Failure.ShouldBe(TransportFailure.Aborted);
        connection.Release();
        client.Pool.Open.ShouldBe(0);
        client.Pool.TryRent().ShouldBeNull();
    }

    [Fact]
    public async Task Abort_WhileSending_EndsTheSend()
    {
        await using var upstream = RawUpstream.Start(exchange => exchange.PauseAsync(TimeSpan.FromMinutes(1)));
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();

        var sending = connection.SendAsync(Request(new string('x', 32 * 1024 * 1024))).AsTask();
        await Task.Run(connection.Abort);

        (await sending.WithinAsync("the aborted send")).ShouldBe(-1);
        (await connection.ReadHeadAsync()).ShouldBe(-1);
        connection.Failure.ShouldBe(TransportFailure.Aborted);
    }

    [Fact]
    public async Task ReadHead_AnswerComesBeforeTheWholeRequestWasTaken_IsReadAndNotPooled()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            // Answers without reading, and closes with unread bytes: the peer sees a reset behind the answer.
            await exchange.WriteAsync("HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\nno");
            await exchange.PauseAsync(TimeSpan.FromMilliseconds(50));
        });
        using var client = new UpstreamClient(upstream);
        var connection = await client.ConnectAsync();

        var sent = await connection.SendAsync(Request(new string('x', 32 * 1024 * 1024)));
        var status = await connection.ReadHeadAsync().AsTask().WithinAsync("the early answer");
        var whole = await ReadToEndAsync(connection);

        sent.ShouldBe(-1);
        status.ShouldBe(413);
        whole.ShouldBeTrue();
        Text(connection).ShouldBe("no");
        connection.Release();
        client.Pool.TryRent().ShouldBeNull();
    }

    [Fact]
    public async Task Release_BodyNotReadToItsEnd_ClosesTheConnection()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc");
            await exchange.WaitForCloseAsync();
        });
        using var client = new UpstreamClient(upstream);
        var connection = await client.ConnectAsync();
        (await AskAsync(connection)).ShouldBe(200);
        (await connection.ReadBodyAsync()).ShouldBe(3);

        connection.Release();

        client.Pool.TryRent().ShouldBeNull();
        client.Pool.Open.ShouldBe(0);
        await Eventually.HoldsAsync("the upstream sees the end", () => upstream.Closed == 1);
    }

    [Fact]
    public async Task Dispose_Twice_CountsOnce()
    {
        await using var upstream = RawUpstream.Start(exchange => exchange.WaitForCloseAsync());
        using var client = new UpstreamClient(upstream);
        var connection = await client.ConnectAsync();
        client.Pool.Open.ShouldBe(1);

        connection.Dispose();
        connection.Dispose();

        client.Pool.Open.ShouldBe(0);
    }

    [Fact]
    public async Task Send_TheWholeRequest_ArrivesAsItIs()
    {
        var body = new string('é', 400_000);
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n");
        });
        using var client = new UpstreamClient(upstream);
        using var connection = await client.ConnectAsync();

        (await AskAsync(connection, body)).ShouldBe(204);

        upstream.Requests.Single().Body.ShouldBe(Encoding.Latin1.GetBytes(body));
    }
}
