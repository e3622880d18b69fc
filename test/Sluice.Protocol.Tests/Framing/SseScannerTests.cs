using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Framing;
using Sluice.Protocol.Tests.Golden;

namespace Sluice.Protocol.Tests.Framing;

public class SseScannerTests
{
    private readonly SseScanner _scanner = new();

    [Theory]
    [InlineData("data: a\n\n", "|a")]
    [InlineData("data:a\n\n", "|a")]
    [InlineData("data:  a\n\n", "| a")]
    [InlineData("data\n\n", "|")]
    [InlineData("data:\n\n", "|")]
    [InlineData("event: x\ndata: a\n\n", "x|a")]
    [InlineData("data: a\nevent:x\n\n", "x|a")]
    [InlineData("data: a\ndata: b\ndata\ndata:c\n\n", "|a\nb\n\nc")]
    [InlineData("data: a\r\ndata: b\r\n\r\n", "|a\nb")]
    [InlineData("data: a\rdata: b\r\r", "|a\nb")]
    [InlineData("data: a\r\ndata: b\n\r\ndata: c\r\r\n", "|a\nb", "|c")]
    [InlineData(": c\n\ndata: a\n: c\nid: 5\nretry: 1\ndatax: no\n\n: c\n\n", "|a")]
    [InlineData("\n\n\n\r\n\rdata: a\n\n\n\n", "|a")]
    [InlineData("\uFEFFdata: a\n\n\uFEFFdata: b\n\n", "|a")]
    [InlineData("\uFEFF\ndata: a\n\n", "|a")]
    [InlineData("event: ping\n\n", "ping|")]
    [InlineData("data: a\n\ndata: half", "|a")]
    [InlineData("data: a\n\ndata: b\n\nevent: c\n", "|a", "|b")]
    [InlineData("data: ü€😀\n\n", "|ü€😀")]
    public void TryRead_AnySplit_FindsTheSameEvents(string stream, params string[] expected)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        Events([bytes]).ShouldBe(expected);
        Events(bytes.Select(one => new[] { one })).ShouldBe(expected);
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second++)
            {
                Events([bytes[..first], bytes[first..second], bytes[second..]]).ShouldBe(expected, ignoreOrder: false, customMessage: $"split at {first} and {second}");
            }
        }
    }

    [Fact]
    public void TryRead_GoldenStreams_FindTheSameEventsAtEverySplit()
    {
        foreach (var answer in GoldenAnswers.All.Where(one => one.Framing == ResponseFraming.Sse))
        {
            var whole = Events([answer.Bytes]);
            for (var seed = 0; seed < 50; seed++)
            {
                Events(Pieces.Random(answer.Bytes, new Random(seed), 120)).ShouldBe(whole, ignoreOrder: false, customMessage: answer.File);
            }
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("data: a", false)]
    [InlineData("data: a\n", false)]
    [InlineData("data: a\n\n", true)]
    [InlineData("data: a\r\n\r", true)]
    [InlineData("data: a\r\n\r\n", true)]
    [InlineData("data: a\n\n: comment", false)]
    [InlineData("data: a\n\n: comment\n", true)]
    [InlineData("data: a\n\nevent: x\n", false)]
    public void AtEventBoundary_AnySplit_IsTrueBetweenEvents(string sent, bool expected)
    {
        var bytes = Encoding.UTF8.GetBytes(sent);
        for (var split = 0; split <= bytes.Length; split++)
        {
            Events([bytes[..split], bytes[split..]]);

            _scanner.AtEventBoundary.ShouldBe(expected, $"split at {split}");
        }
    }

    [Fact]
    public void AtEventBoundary_WhileACutEventIsAnswered_IsTrue()
    {
        var rest = "data: a"u8;
        _scanner.TryRead(ref rest, out _).ShouldBeFalse();
        rest = "\n\n"u8;

        _scanner.TryRead(ref rest, out var found).ShouldBeTrue();

        found.Data.SequenceEqual("a"u8).ShouldBeTrue();
        _scanner.AtEventBoundary.ShouldBeTrue();
    }

    [Theory]
    [InlineData(SseScanner.MaxLine - 100, 1, false)]
    [InlineData(SseScanner.MaxLine + 100, 1, true)]
    [InlineData(SseScanner.MaxLine - 100, 5, true)]
    public void TryRead_EventOverTheLimits_ComesInPartsAndTheNextIsWhole(int line, int lines, bool oversized)
    {
        var text = new StringBuilder("data: first\n\nevent: big\n");
        for (var i = 0; i < lines; i++)
        {
            text.Append("data: ").Append('x', line).Append("\r\n");
        }

        var bytes = Encoding.UTF8.GetBytes(text.Append("\r\ndata: last\n\n").ToString());
        foreach (var piece in new[] { bytes.Length, 60_000, 4096 })
        {
            var (events, parts) = EventsAndParts(bytes.Chunk(piece));

            events.Count.ShouldBe(oversized ? 2 : 3);
            events[0].ShouldBe("|first");
            events[^1].ShouldBe("|last");
            if (oversized)
            {
                parts[0].ShouldStartWith("First:big|");
                parts[^1].ShouldBe("Last:|");
                parts.Count(one => one.StartsWith("Last", StringComparison.Ordinal)).ShouldBe(1);
                if (lines == 1)
                {
                    parts.Sum(one => one.Length - one.IndexOf('|', StringComparison.Ordinal) - 1).ShouldBe(line);
                }
            }

            _scanner.Oversized.ShouldBe(oversized);
            _scanner.AtEventBoundary.ShouldBeTrue();
        }
    }

    [Fact]
    public void TryRead_LineOverTheLimitThatIsNoData_IsNotTakenForData()
    {
        var bytes = Encoding.UTF8.GetBytes("data: {}\n: " + new string('x', SseScanner.MaxLine) + "\n\n");

        var (events, parts) = EventsAndParts(bytes.Chunk(5000));

        events.ShouldBeEmpty();
        parts.ShouldBe(["First:|{}", "Last:|"]);
    }

    [Fact]
    public void TryRead_WholeEvents_AreAnsweredInPlace()
    {
        var bytes = "data: abc\n\n"u8.ToArray();
        ReadOnlySpan<byte> rest = bytes;

        _scanner.TryRead(ref rest, out var found).ShouldBeTrue();

        found.Data.Overlaps(bytes, out var offset).ShouldBeTrue();
        offset.ShouldBe(-6);
    }

    [Fact]
    public void TryRead_MutatedStreams_NeverThrow()
    {
        var random = new Random(5);
        var streams = GoldenAnswers.All.Where(one => one.Framing == ResponseFraming.Sse).ToList();
        for (var i = 0; i < 8_000; i++)
        {
            var stream = streams[random.Next(streams.Count)].Bytes;
            var bytes = Mutation.Of(stream.AsSpan(0, Math.Min(stream.Length, 300)), random);

            Events(Pieces.Random(bytes, random, 80)).ShouldBe(Events([bytes]));
        }
    }

    private List<string> Events(IEnumerable<byte[]> pieces)
    {
        var (events, parts) = EventsAndParts(pieces);
        parts.ShouldBeEmpty();
        return events;
    }

    private (List<string> Events, List<string> Parts) EventsAndParts(IEnumerable<byte[]> pieces)
    {
        _scanner.Reset();
        var events = new List<string>();
        var parts = new List<string>();
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> rest = piece;
            while (_scanner.TryRead(ref rest, out var found))
            {
                var text = Encoding.UTF8.GetString(found.Name) + "|" + Encoding.UTF8.GetString(found.Data);
                if (found.Part == SsePart.Whole)
                {
                    events.Add(text);
                }
                else
                {
                    parts.Add($"{found.Part}:{text}");
                }
            }

            rest.IsEmpty.ShouldBeTrue();
        }

        return (events, parts);
    }
}
