using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Providers.Tests.Transport;

public sealed class BodyDecoderTests
{
    [Theory]
    [InlineData("3\r\nabc\r\n0\r\n\r\n", "abc")]
    [InlineData("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", "abc0123456789")]
    [InlineData("a\r\n0123456789\r\n00\r\n\r\n", "0123456789")]
    [InlineData("3;name=value;\"quoted\"\r\nabc\r\n0;last\r\n\r\n", "abc")]
    [InlineData("3 \t;spaced\r\nabc\r\n0\r\n\r\n", "abc")]
    [InlineData("3\r\nabc\r\n0\r\nx-trailer: 1\r\nx-more: 2\r\n\r\n", "abc")]
    [InlineData("2\r\n\r\n\r\n0\r\n\r\n", "\r\n")]
    [InlineData("0\r\n\r\n", "")]
    public void Decode_WellFormedChunks_GivesTheBody(string wire, string body)
    {
        var decoded = DecodedBody.Chunked(wire);

        decoded.Text.ShouldBe(body);
        decoded.Complete.ShouldBeTrue();
        decoded.Left.ShouldBe(0);
    }

    [Theory]
    [InlineData("\r\nabc\r\n0\r\n\r\n")]
    [InlineData("g\r\nabc\r\n0\r\n\r\n")]
    [InlineData("-3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("+3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("0x3\r\nabc\r\n0\r\n\r\n")]
    [InlineData(" 3\r\nabc\r\n0\r\n\r\n")]
    [InlineData(";x\r\nabc\r\n0\r\n\r\n")]
    [InlineData("3\nabc\r\n0\r\n\r\n")]
    [InlineData("3;x\nabc\r\n0\r\n\r\n")]
    [InlineData("3\rXabc\r\n0\r\n\r\n")]
    [InlineData("3\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("3\r\nabc\n0\r\n\r\n")]
    [InlineData("3\r\nabc\r0\r\n\r\n")]
    [InlineData("fffffffffffffffff\r\n")]
    [InlineData("1 2\r\na\r\n0\r\n\r\n")]
    [InlineData("0\r\nx: 1\n\r\n")]
    [InlineData("0\r\nx: 1\rX\r\n\r\n")]
    public void Decode_MalformedChunks_AreRefused(string wire)
        => DecodedBody.Chunked(wire).Malformed.ShouldBeTrue();

    [Fact]
    public void Decode_EndlessExtensionOrTrailers_AreRefused()
    {
        DecodedBody.Chunked("3;" + new string('x', 300)).Malformed.ShouldBeTrue();
        DecodedBody.Chunked("0\r\n" + string.Concat(Enumerable.Repeat("x-filler: 0123456789\r\n", 500))).Malformed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("3\r\nab")]
    [InlineData("3\r\nabc")]
    [InlineData("3\r\nabc\r\n0\r\n")]
    [InlineData("3\r\nabc\r\n0\r\nx: 1\r\n")]
    public void Decode_ChunksThatBreakOff_AreNotComplete(string wire)
    {
        var decoded = DecodedBody.Chunked(wire);

        decoded.Complete.ShouldBeFalse();
        decoded.Malformed.ShouldBeFalse();
    }

    [Fact]
    public void Decode_BytesBehindTheLastChunk_AreLeft()
    {
        var decoded = DecodedBody.Chunked("1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n");

        decoded.Complete.ShouldBeTrue();
        decoded.Left.ShouldBe(17);
    }

    [Fact]
    public void Decode_FixedLength_TakesThatManyBytesAndLeavesTheRest()
    {
        var decoded = DecodedBody.Of("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n", "abcdefg"u8.ToArray(), [2]);

        decoded.Text.ShouldBe("abcde");
        decoded.Complete.ShouldBeTrue();
        decoded.Left.ShouldBe(2);
    }

    [Fact]
    public void Decode_WithoutLength_TakesAllUntilTheConnectionEnds()
    {
        var decoded = DecodedBody.Of("HTTP/1.1 200 OK\r\n\r\n", "abcdefg"u8.ToArray(), [2]);

        decoded.Text.ShouldBe("abcdefg");
        decoded.Complete.ShouldBeFalse();
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 304 Not Modified\r\ncontent-length: 10\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")]
    public void Begin_AnswerWithoutBody_IsCompleteAtOnce(string head)
        => DecodedBody.Of(head, [], []).Complete.ShouldBeTrue();

    [Fact]
    public void Decode_AnySplitOfTheBytes_GivesTheSameBody()
    {
        var chunks = Gen.ListOf(Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf().Where(chunk => chunk.Length > 0));
        var splits = Gen.ListOf(Gen.Choose(0, 9));
        Prop.ForAll(chunks.SelectMany(c => splits.Select(s => (Chunks: c, Splits: s))).ToArbitrary(), sample =>
        {
            var wire = new List<byte>();
            foreach (var chunk in sample.Chunks)
            {
                wire.AddRange(Encoding.ASCII.GetBytes(chunk.Length.ToString("x", CultureInfo.InvariantCulture) + ";e=1\r\n"));
                wire.AddRange(chunk);
                wire.AddRange("\r\n"u8);
            }

            wire.AddRange("0\r\nt: 1\r\n\r\n"u8);
            byte[] body = [.. sample.Chunks.SelectMany(chunk => chunk)];
            var chunked = DecodedBody.Of("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", [.. wire], sample.Splits);
            var bytewise = DecodedBody.Of("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", [.. wire], Enumerable.Repeat(1, wire.Count));
            var fixedLength = DecodedBody.Of($"HTTP/1.1 200 OK\r\ncontent-length: {body.Length}\r\n\r\n", body, sample.Splits);
            return chunked.Complete && chunked.Body.SequenceEqual(body)
                && bytewise.Complete && bytewise.Body.SequenceEqual(body)
                && fixedLength.Complete && fixedLength.Body.SequenceEqual(body);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Decode_AnyBytes_NeverThrowAndNeverInventBody()
    {
        // Mostly characters that mean something to the framing, so that the state machine is driven far.
        var wires = Gen.Elements("0123aF;\r\n\r\n x:-"u8.ToArray()).ArrayOf();
        Prop.ForAll(wires.ToArbitrary(), wire =>
        {
            var whole = DecodedBody.Of("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", wire, []);
            var bytewise = DecodedBody.Of("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", wire, Enumerable.Repeat(1, wire.Length));
            return whole.Body.Length <= wire.Length && whole.Malformed == bytewise.Malformed
                && whole.Complete == bytewise.Complete && whole.Body.SequenceEqual(bytewise.Body);
        }).QuickCheckThrowOnFailure();
    }
}
