using System.Buffers;
using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIChat;
using Sluice.Protocol.Tests.Golden;

namespace Sluice.Protocol.Tests.OpenAIChat;

public class SseUsageFilterTests
{
    private const string Usage = "data: {\"id\":\"x\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}";
    private const string Chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"hi\"}}],\"usage\":null}";

    private readonly SseUsageFilter _filter = new();

    [Theory]
    [InlineData(Chunk + "\n\n" + Usage + "\n\ndata: [DONE]\n\n", Chunk + "\n\ndata: [DONE]\n\n")]
    [InlineData(Chunk + "\r\n\r\n" + Usage + "\r\n\r\ndata: [DONE]\r\n\r\n", Chunk + "\r\n\r\ndata: [DONE]\r\n\r\n")]
    [InlineData(Chunk + "\r\r" + Usage + "\r\rdata: [DONE]\r\r", Chunk + "\r\rdata: [DONE]\r\r")]
    [InlineData(": c\n\n" + Usage + "\n\n: d\n", ": c\n\n: d\n")]
    [InlineData(": c\n" + Usage + "\n\n", ": c\n")]
    [InlineData("data: {\"choices\" : [ ] ,\ndata: \"usage\" : {\"prompt_tokens\":1}}\n\nx", "x")]
    [InlineData(Usage + "\n\n" + Usage + "\n\n", "")]
    public void Filter_UsageOnlyChunk_IsTakenOut(string stream, string expected) => Filter(stream, expected);

    [Theory]
    [InlineData(Chunk + "\n\ndata: [DONE]\n\n")]
    [InlineData("data: {\"choices\":[{\"delta\":{}}],\"usage\":{\"prompt_tokens\":1}}\n\n")]
    [InlineData("data: {\"choices\":[],\"usage\":null,\"prompt_filter_results\":[]}\n\n")]
    [InlineData("data: {\"choices\":[],\"x\":{\"usage\":{}}}\n\n")]
    [InlineData("data: {\"choices\":null,\"usage\":{}}\n\n")]
    [InlineData("data: {\"choices\":[],\"usage\":{\n\n")]
    [InlineData("\uFEFF: comment\r\n\r\nid: 1\r\nretry: 5\r\n\r\n\n\n\r\r\n")]
    [InlineData(Usage)]
    [InlineData(Usage + "\n")]
    [InlineData("not a stream at all")]
    public void Filter_AnythingElse_GoesThroughByteForByte(string stream) => Filter(stream, stream);

    [Fact]
    public void Filter_GoldenChatStreams_LoseOnlyTheUsageChunk()
    {
        foreach (var answer in GoldenAnswers.All.Where(one => one.Framing == ResponseFraming.Sse))
        {
            var text = Encoding.UTF8.GetString(answer.Bytes);
            var blocks = text.Split(text.Contains("\r\n\r\n", StringComparison.Ordinal) ? "\r\n\r\n" : text.Contains("\r\r", StringComparison.Ordinal) ? "\r\r" : "\n\n");
            var separator = text.Contains("\r\n\r\n", StringComparison.Ordinal) ? "\r\n\r\n" : text.Contains("\r\r", StringComparison.Ordinal) ? "\r\r" : "\n\n";
            var expected = string.Join(separator, blocks.Where(one => !one.Contains("\"choices\":[]", StringComparison.Ordinal)));

            Run(answer.Bytes.Chunk(97)).ShouldBe(expected, answer.File);
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(5000)]
    public void Filter_EventOverTheLimit_GoesThroughAndTheNextIsFiltered(int piece)
    {
        foreach (var end in new[] { "\n", "\r\n", "\r" })
        {
            var large = "data: {\"choices\":[],\"usage\":{\"x\":\"" + new string('y', SseUsageFilter.MaxHeld + 50_000) + "\"}}" + end + "data: more" + end + end;
            var stream = Chunk + end + end + large + Usage + end + end + Chunk + end + end;

            Run(Encoding.UTF8.GetBytes(stream).Chunk(piece)).ShouldBe(Chunk + end + end + large + Chunk + end + end);
        }
    }

    [Fact]
    public void Filter_CompleteEvents_AreNotHeldBack()
    {
        var output = new ArrayBufferWriter<byte>();

        _filter.Filter(Encoding.UTF8.GetBytes(Chunk + "\n\n: c\ndata: ha"), output);

        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(Chunk + "\n\n: c\n");
    }

    [Fact]
    public void Filter_MutatedStreams_AreTheSameAtEverySplit()
    {
        var random = new Random(9);
        var stream = Encoding.UTF8.GetBytes(Chunk + "\r\n\r\n" + Usage + "\n\n: x\n\n" + Usage + "\r\n\r\n");
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Mutation.Of(stream, random);

            Run(Pieces.Random(bytes, random, 60)).ShouldBe(Run([bytes]));
        }
    }

    [Fact]
    public void Filter_WholeEvents_AllocatesNothing()
    {
        var stream = Encoding.UTF8.GetBytes(Chunk + "\n\n" + Usage + "\n\n");
        var cut = Encoding.UTF8.GetBytes(Chunk + "\n\ndata: ");
        var output = new ArrayBufferWriter<byte>(4096);

        Allocation.Of(() =>
        {
            output.ResetWrittenCount();
            _filter.Filter(stream, output);
            _filter.Filter(cut, output);
            _filter.Flush(output);
        }).ShouldBe(0);
    }

    private void Filter(string stream, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (var first = 0; first <= bytes.Length; first++)
        {
            Run([bytes[..first], bytes[first..]]).ShouldBe(expected, $"split at {first}");
        }

        Run(bytes.Select(one => new[] { one })).ShouldBe(expected);
    }

    private string Run(IEnumerable<byte[]> pieces)
    {
        var output = new ArrayBufferWriter<byte>();
        _filter.Reset();
        foreach (var piece in pieces)
        {
            _filter.Filter(piece, output);
        }

        _filter.Flush(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
