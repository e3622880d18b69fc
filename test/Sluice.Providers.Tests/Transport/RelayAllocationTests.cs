using System.Net;
using System.Net.Sockets;
using Sluice.Providers.Transport;

namespace Sluice.Providers.Tests.Transport;

/// <summary>The reading side of a relayed stream. Server and reader share one thread in lock step, so that its count of allocated bytes is exact.</summary>
public sealed class RelayAllocationTests
{
    private const int WarmUp = 1_000;
    private const int Measured = 10_000;

    private static readonly byte[] Chunk = [.. "1e\r\n"u8, .. "data: 0123456789 0123456789 .\n"u8, .. "\r\n"u8];

    [Fact]
    public void ReadBody_BytesAreThere_AllocatesNothing() => AllocatedByChunks(sendFirst: true).ShouldBeLessThan(Measured / 10);

    [Fact]
    public void ReadBody_BytesAreAwaited_AllocatesNothing()
    {
        // The state of a suspended read comes from a pool per core: a thread that moves may find it empty now and then.
        // A read whose state is made anew costs more than 200 bytes.
        AllocatedByChunks(sendFirst: false).ShouldBeLessThan(Measured * 50);
    }

    private static long AllocatedByChunks(bool sendFirst)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new UpstreamClient(((IPEndPoint)listener.LocalEndpoint).Port);
        using var connection = Wait(client.ConnectAsync());
        using var server = listener.AcceptSocket();
        server.NoDelay = true;
        Wait(connection.SendAsync(UpstreamClient.Request()).AsTask()).ShouldBe(0);
        server.Send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"u8);
        Wait(connection.ReadHeadAsync().AsTask()).ShouldBe(200);

        Relay(connection, server, WarmUp, sendFirst);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Relay(connection, server, Measured, sendFirst);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Relay(UpstreamConnection connection, Socket server, int chunks, bool sendFirst)
    {
        for (var i = 0; i < chunks; i++)
        {
            if (sendFirst)
            {
                server.Send(Chunk);
            }

            var reading = connection.ReadBodyAsync();
            if (!sendFirst)
            {
                server.Send(Chunk);
            }

            while (!reading.IsCompleted)
            {
                Thread.Yield();
            }

            if (reading.Result != 30)
            {
                throw new InvalidOperationException($"Chunk {i} came in pieces or not at all.");
            }

            connection.ConsumeBody();
        }
    }

    private static T Wait<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
}
