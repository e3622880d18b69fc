using System.Buffers;
using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;
using Sluice.Protocol.Tests.Golden;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.OpenAIResponses;

/// <summary>Bytes of the Responses API may be cut anywhere and spoiled in any way, and cost memory in proportion to their length.</summary>
public class ResponsesBytesTests
{
    private const int Cuts = 100;
    private const int Mutations = 1000;
    private const int Repeats = 5000;
    private const int Factor = 20;

    private static readonly DialectCodec Responses = DialectCodec.For(Dialect.OpenAIResponses);
    private static readonly DialectCodec[] Targets = [Responses, Wire.Chat, Wire.Anthropic];

    public static TheoryData<GoldenAnswer> Streams => new(GoldenAnswers.All.Where(answer =>
        answer.Framing == ResponseFraming.Sse && answer.Operation == Operation.Responses));

    [Theory]
    [MemberData(nameof(Streams))]
    public void Read_CutAnywhere_GivesTheSameEvents(GoldenAnswer answer)
    {
        var whole = Told([answer.Bytes]);
        var random = new Random(1);

        for (var i = 0; i < Cuts; i++)
        {
            Told(Pieces.Random(answer.Bytes, random, random.Next(1, 60))).ShouldBe(whole);
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Read_Spoilt_GivesLegalEventsOrAFailure(GoldenAnswer answer)
    {
        var random = new Random(2);

        for (var i = 0; i < Mutations; i++)
        {
            var events = Wire.Read(Responses, Pieces.Random(Mutation.Of(answer.Bytes, random), random, 500));
            Grammar.ShouldBeLegal(events);
            foreach (var target in Targets)
            {
                _ = Wire.Data(Wire.Write(target, events, Wire.To(target)));
            }
        }
    }

    [Fact]
    public void Read_SpoiltDocuments_GivesADocumentOrAnError()
    {
        var random = new Random(3);
        for (var i = 0; i < Mutations; i++)
        {
            ReadAndWrite(Mutation.Of(Encoding.UTF8.GetBytes(new ResponsesDocuments(i).Request().ToJsonString()), random));
            ReadAndWrite(Mutation.Of(Encoding.UTF8.GetBytes(new ResponsesDocuments(i).Response().ToJsonString()), random));
        }
    }

    [Theory]
    [InlineData("""{"model":"m","input":[§]}""", """{"role":"user"}""")]
    [InlineData("""{"model":"m","input":[§]}""", """{"type":"x"}""")]
    [InlineData("""{"model":"m","input":[§]}""", """{"type":"reasoning"}""")]
    [InlineData("""{"model":"m","input":[§]}""", """{"type":"x_output"}""")]
    [InlineData("""{"model":"m","input":[§]}""", """{"type":"function_call_output"}""")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[§]}]}""", """{"type":"x"}""")]
    [InlineData("""{"model":"m","input":[{"role":"assistant","content":[§]}]}""", """{"type":"output_text"}""")]
    [InlineData("""{"model":"m","input":[{"type":"reasoning","summary":[§]}]}""", "{}")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"type":"output_text","text":"x","annotations":[§]}]}]}""", """{"type":"x"}""")]
    [InlineData("""{"model":"m","tools":[§]}""", """{"type":"x"}""")]
    [InlineData("""{"model":"m","include":[§]}""", "\"x\"")]
    [InlineData("""{"model":"m",§}""", "\"a\":0")]
    public void TryReadRequest_ManySmallParts_AllocatesInProportion(string document, string part)
    {
        var body = Encoding.UTF8.GetBytes(document.Replace("§", string.Join(',', Enumerable.Repeat(part, Repeats)), StringComparison.Ordinal));

        Allocation.Of(() => Responses.Reader.TryReadRequest(body, out _, out _)).ShouldBeLessThan(body.Length * Factor);
    }

    [Fact]
    public void TryReadRequest_LargeImage_IsNotCopied()
    {
        var body = Encoding.UTF8.GetBytes(
            $$$"""{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,{{{new string('A', 1_000_000)}}}"}]}]}""");

        Allocation.Of(() => Responses.Reader.TryReadRequest(body, out _, out _)).ShouldBeLessThan(20_000);
    }

    /// <summary>Whatever is read can be written in every dialect, and what is written is JSON.</summary>
    private static void ReadAndWrite(byte[] bytes)
    {
        foreach (var target in Targets)
        {
            var output = new ArrayBufferWriter<byte>();
            if (Responses.Reader.TryReadRequest(bytes, out var request, out var invalid))
            {
                target.Writer.WriteRequest(output, request, Wire.To(target, Responses));
                JsonCursor.IsValue(output.WrittenSpan).ShouldBeTrue();
            }
            else
            {
                invalid.Status.ShouldBe(400);
            }

            output.Clear();
            if (Responses.Reader.TryReadResponse(bytes, new Owner(Dialect.OpenAIResponses), out var response, out var broken))
            {
                target.Writer.WriteResponse(output, response, Wire.To(target, Responses));
                JsonCursor.IsValue(output.WrittenSpan).ShouldBeTrue();
            }
            else
            {
                broken.Kind.ShouldBeOneOf(ErrorKind.UpstreamFailed, ErrorKind.RateLimited, ErrorKind.Unavailable, ErrorKind.UpstreamTimeout, ErrorKind.InvalidRequest);
            }
        }
    }

    private static string Told(IEnumerable<byte[]> pieces) => Wire.Write(Responses, Wire.Read(Responses, pieces), Wire.To(Responses));
}
