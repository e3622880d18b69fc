using System.Buffers;
using System.Text;
using Sluice.Pipeline;
using Sluice.StoredResponses;

namespace Sluice.Tests.StoredResponses;

public sealed class EventReplayTests
{
    private static readonly string Events = string.Concat(Enumerable.Range(0, 5).Select(Event));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    [InlineData(3, 4)]
    [InlineData(4, 5)]
    [InlineData(99, 5)]
    public void Write_AfterAnEvent_GivesThoseBehindIt(long after, int first)
    {
        var output = new ArrayBufferWriter<byte>();
        var sut = new EventReplay(after);

        foreach (var piece in Encoding.UTF8.GetBytes(Events).Chunk(7))
        {
            sut.Write(output, piece);
        }

        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(string.Concat(Enumerable.Range(first, 5 - first).Select(Event)));
        sut.HasGiven.ShouldBe(first < 5);
    }

    [Fact]
    public void WriteEnd_ForAClientThatHasAll_TellsTheEndAgain()
    {
        var output = new ArrayBufferWriter<byte>();

        new EventReplay(9).WriteEnd(output, """{"id":"resp_1","status":"incomplete"}"""u8.ToArray());

        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(
            "event: response.incomplete\ndata: {\"type\":\"response.incomplete\",\"sequence_number\":10,\"response\":{\"id\":\"resp_1\",\"status\":\"incomplete\"}}\n\n");
    }

    [Fact]
    public async Task Log_ReadersOfDifferentTimes_SeeTheSame()
    {
        using var log = new EventLog(1000);
        var early = ReadAllAsync(log);
        await log.WriteAsync("one"u8.ToArray());
        await log.WriteAsync("two"u8.ToArray());
        var late = ReadAllAsync(log);
        await log.WriteAsync("three"u8.ToArray());
        log.End();

        (await early).ShouldBe("onetwothree");
        (await late).ShouldBe("onetwothree");
        Encoding.UTF8.GetString(log.ToArray()).ShouldBe("onetwothree");
    }

    [Fact]
    public async Task Log_BeyondItsBound_HoldsNoMoreAndIsCut()
    {
        using var log = new EventLog(5);
        await log.WriteAsync("12345"u8.ToArray());
        await log.WriteAsync("6"u8.ToArray());
        log.End();

        log.IsCut.ShouldBeTrue();
        log.ToArray().ShouldBeEmpty();
        (await ReadAllAsync(log)).ShouldBe("12345");
    }

    private static string Event(int number) => $"event: response.x\ndata: {{\"type\":\"response.x\",\"sequence_number\":{number}}}\n\n";

    private static async Task<string> ReadAllAsync(EventLog log)
    {
        var text = "";
        var read = 0;
        while (await log.ReadAsync(read, CancellationToken.None) is { Count: > 0 } pieces)
        {
            text += string.Concat(pieces.Select(Encoding.UTF8.GetString));
            read += pieces.Count;
        }

        return text;
    }
}
