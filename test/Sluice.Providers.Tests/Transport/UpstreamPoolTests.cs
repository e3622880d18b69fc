using Sluice.Providers.Transport;
using Sluice.TestKit;
using Sluice.TestKit.Raw;
using static Sluice.Providers.Tests.Transport.UpstreamClient;

namespace Sluice.Providers.Tests.Transport;

public sealed class UpstreamPoolTests
{
    private const string Hi = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";

    [Fact]
    public async Task TryRent_AfterACleanExchange_GivesTheSameConnection()
    {
        await using var upstream = Repeating(Hi);
        using var client = new UpstreamClient(upstream);
        var first = await ExchangeAsync(client);
        first.WasReused.ShouldBeFalse();

        for (var i = 0; i < 5; i++)
        {
            var again = await ExchangeAsync(client);
            again.ShouldBeSameAs(first);
            again.WasReused.ShouldBeTrue();
        }

        upstream.Accepted.ShouldBe(1);
        client.Pool.Open.ShouldBe(1);
    }

    [Fact]
    public async Task TryRent_ChunkedExchange_IsReusedToo()
    {
        await using var upstream = Repeating("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
        using var client = new UpstreamClient(upstream);

        await ExchangeAsync(client);
        await ExchangeAsync(client);

        upstream.Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task TryRent_PeerClosedWhileIdle_GivesNone()
    {
        var close = new TaskCompletionSource();
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(Hi);
            await close.Task;
        });
        using var client = new UpstreamClient(upstream);
        var connection = await ExchangeAsync(client);

        close.SetResult();
        await Eventually.HoldsAsync("the end of the idle connection is seen", () => !connection.IsIdleAlive);

        client.Pool.TryRent().ShouldBeNull();
        client.Pool.Open.ShouldBe(0);
    }

    [Fact]
    public async Task TryRent_UnaskedBytesWhileIdle_GivesNone()
    {
        var send = new TaskCompletionSource();
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(Hi);
            await send.Task;
            await exchange.WriteAsync("HTTP/1.1 408 Request Timeout\r\n\r\n");
            await exchange.WaitForCloseAsync();
        });
        using var client = new UpstreamClient(upstream);
        var connection = await ExchangeAsync(client);

        send.SetResult();
        await Eventually.HoldsAsync("the unasked bytes are seen", () => !connection.IsIdleAlive);

        client.Pool.TryRent().ShouldBeNull();
    }

    [Fact]
    public async Task ReadHead_PeerClosesAReusedConnectionOnTheNextRequest_LooksStale()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(Hi);
            await exchange.ReadRequestAsync();
        });
        using var client = new UpstreamClient(upstream);
        await ExchangeAsync(client);
        var again = client.Pool.TryRent().ShouldNotBeNull();

        (await AskAsync(again)).ShouldBe(-1);

        again.WasReused.ShouldBeTrue();
        again.HasResponseBytes.ShouldBeFalse();
        again.Failure.ShouldBe(TransportFailure.Closed);
    }

    [Fact]
    public async Task Release_RentedAndNotUsed_IsReadyForTheNext()
    {
        await using var upstream = Repeating(Hi);
        using var client = new UpstreamClient(upstream);
        var first = await ExchangeAsync(client);
        client.Pool.TryRent().ShouldBeSameAs(first);

        first.Release();

        (await ExchangeAsync(client).WithinAsync("the next exchange")).ShouldBeSameAs(first);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi and more")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\ngarbage")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nunasked body")]
    [InlineData("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi")]
    [InlineData("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nhi")]
    public async Task Release_BytesBehindTheAnswerOrAClose_IsNotPooled(string answer)
    {
        await using var upstream = Repeating(answer);
        using var client = new UpstreamClient(upstream);

        await ExchangeAsync(client);

        client.Pool.TryRent().ShouldBeNull();
        client.Pool.Open.ShouldBe(0);
    }

    [Fact]
    public async Task Return_LastIn_IsFirstOut_AndNoMoreThanTheBoundAreKept()
    {
        await using var upstream = Repeating(Hi);
        using var client = new UpstreamClient(upstream, new UpstreamTransportOptions { MaxIdlePerOrigin = 2 });
        var connections = new List<UpstreamConnection>();
        for (var i = 0; i < 3; i++)
        {
            var connection = await client.ConnectAsync();
            (await AskAsync(connection)).ShouldBe(200);
            (await ReadToEndAsync(connection)).ShouldBeTrue();
            connections.Add(connection);
        }

        connections.ForEach(connection => connection.Release());

        client.Pool.Open.ShouldBe(2);
        client.Pool.TryRent().ShouldBeSameAs(connections[1]);
        client.Pool.TryRent().ShouldBeSameAs(connections[0]);
        client.Pool.TryRent().ShouldBeNull();
    }

    [Fact]
    public async Task Return_OlderThanItsLifetime_IsClosed()
    {
        await using var upstream = Repeating(Hi);
        using var client = new UpstreamClient(upstream, new UpstreamTransportOptions { ConnectionLifetime = TimeSpan.Zero });

        await ExchangeAsync(client);

        client.Pool.Open.ShouldBe(0);
    }

    [Fact]
    public async Task Trim_ClosesWhatWasIdleForTooLongOrHasEnded()
    {
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            await exchange.ReadRequestAsync();
            await exchange.WriteAsync(Hi);
            if (exchange.Number != 2)
            {
                await exchange.WaitForCloseAsync();
            }
        });
        using var client = new UpstreamClient(upstream);
        var first = await client.ConnectAsync();
        var second = await client.ConnectAsync();
        foreach (var connection in (UpstreamConnection[])[first, second])
        {
            (await AskAsync(connection)).ShouldBe(200);
            (await ReadToEndAsync(connection)).ShouldBeTrue();
            connection.Release();
        }

        await Eventually.HoldsAsync("one has ended", () => first.IsIdleAlive != second.IsIdleAlive);
        client.Pool.Trim(TimeSpan.FromMinutes(1));
        client.Pool.Open.ShouldBe(1);

        client.Pool.Trim(TimeSpan.Zero);
        client.Pool.Open.ShouldBe(0);
        client.Pool.TryRent().ShouldBeNull();
    }

    [Fact]
    public async Task Connect_NobodyListens_GivesNull()
    {
        var upstream = RawUpstream.Start("");
        var port = upstream.Port;
        await upstream.DisposeAsync();
        using var client = new UpstreamClient(port);

        (await client.Pool.ConnectAsync(CancellationToken.None)).ShouldBeNull();
        client.Pool.Open.ShouldBe(0);
    }

    [Fact]
    public async Task Connect_UnknownName_GivesNull()
    {
        using var client = new UpstreamClient(80, host: "does-not-exist.invalid");

        (await client.Pool.ConnectAsync(CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Connect_Cancelled_GivesNull()
    {
        await using var upstream = Repeating(Hi);
        using var client = new UpstreamClient(upstream);

        (await client.Pool.ConnectAsync(new CancellationToken(canceled: true))).ShouldBeNull();
        client.Pool.Open.ShouldBe(0);
    }

    [Fact]
    public async Task RentAndRelease_FromManyTasks_LeaksNothingAndMixesNothing()
    {
        // Answers with the request's own body, so that a mixed-up connection would be seen.
        await using var upstream = RawUpstream.Start(async exchange =>
        {
            while (await exchange.ReadRequestAsync() is { } request)
            {
                await exchange.WriteAsync([.. "HTTP/1.1 200 OK\r\ncontent-length: "u8, .. System.Text.Encoding.ASCII.GetBytes($"{request.Body.Length}\r\n\r\n"), .. request.Body]);
            }
        });
        using var client = new UpstreamClient(upstream);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async worker =>
        {
            for (var i = 0; i < 50; i++)
            {
                var body = new string((char)('a' + worker), 10 + (worker * 700) + i);
                var connection = await client.RentAsync();
                (await AskAsync(connection, body)).ShouldBe(200);
                (await ReadToEndAsync(connection)).ShouldBeTrue();
                Text(connection).ShouldBe(body);
                connection.Release();
            }
        }));

        client.Pool.Open.ShouldBe(upstream.Accepted);
        client.Pool.Open.ShouldBeLessThanOrEqualTo(16);
        client.Pool.Trim(TimeSpan.Zero);
        client.Pool.Open.ShouldBe(0);
    }

    private static RawUpstream Repeating(string answer) => RawUpstream.Start(async exchange =>
    {
        while (await exchange.ReadRequestAsync() is not null)
        {
            await exchange.WriteAsync(answer);
        }
    });

    private static async Task<UpstreamConnection> ExchangeAsync(UpstreamClient client)
    {
        var connection = await client.RentAsync();
        (await AskAsync(connection)).ShouldBeGreaterThan(0);
        (await ReadToEndAsync(connection)).ShouldBeTrue();
        connection.Release();
        return connection;
    }
}
