using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;
using Sluice.Protocol.Tests.Golden;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>Bytes may be cut anywhere and spoiled in any way.</summary>
public class StreamBytesTests
{
    private const int Cuts = 100;
    private const int Mutations = 1000;

    public static TheoryData<GoldenAnswer> Streams => new(GoldenAnswers.All.Where(answer =>
        answer.Framing == ResponseFraming.Sse && (answer.Operation == Operation.Chat || answer.Operation == Operation.Messages)));

    [Theory]
    [MemberData(nameof(Streams))]
    public void Read_CutAnywhere_GivesTheSameEvents(GoldenAnswer answer)
    {
        var codec = DialectCodec.For(answer.Operation.Dialect);
        var whole = Told(codec, [answer.Bytes]);
        var random = new Random(1);

        for (var i = 0; i < Cuts; i++)
        {
            Told(codec, Pieces.Random(answer.Bytes, random, random.Next(1, 60))).ShouldBe(whole);
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Read_Spoilt_GivesLegalEventsOrAFailure(GoldenAnswer answer)
    {
        var codec = DialectCodec.For(answer.Operation.Dialect);
        var random = new Random(2);

        for (var i = 0; i < Mutations; i++)
        {
            var events = Wire.Read(codec, Pieces.Random(Mutation.Of(answer.Bytes, random), random, 500));
            Grammar.ShouldBeLegal(events);
            _ = Wire.Write(Wire.Chat, events, Wire.To(Wire.Chat));
            _ = Wire.Write(Wire.Anthropic, events, Wire.To(Wire.Anthropic));
        }
    }

    [Theory]
    [InlineData(Dialect.OpenAIChat)]
    [InlineData(Dialect.AnthropicMessages)]
    public void Read_SpoiltDocuments_GivesADocumentOrAnError(Dialect dialect)
    {
        var codec = DialectCodec.For(dialect);
        var random = new Random(3);
        for (var i = 0; i < Mutations; i++)
        {
            var documents = new Documents(i);
            var isChat = dialect == Dialect.OpenAIChat;
            ReadAndWrite(codec, Mutation.Of(Encoding.UTF8.GetBytes((isChat ? documents.ChatRequest() : documents.AnthropicRequest()).ToJsonString()), random));
            ReadAndWrite(codec, Mutation.Of(Encoding.UTF8.GetBytes((isChat ? documents.ChatResponse() : documents.AnthropicResponse()).ToJsonString()), random));
        }
    }

    /// <summary>Whatever is read can be written in both dialects, and what is written is JSON.</summary>
    private static void ReadAndWrite(DialectCodec codec, byte[] bytes)
    {
        foreach (var target in (DialectCodec[])[Wire.Chat, Wire.Anthropic])
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            if (codec.Reader.TryReadRequest(bytes, out var request, out var invalid))
            {
                target.Writer.WriteRequest(output, request, Wire.To(target, codec));
                JsonCursor.IsValue(output.WrittenSpan).ShouldBeTrue();
            }
            else
            {
                invalid.Status.ShouldBe(400);
            }

            output.Clear();
            if (codec.Reader.TryReadResponse(bytes, new Owner(codec.Dialect), out var response, out var broken))
            {
                target.Writer.WriteResponse(output, response, Wire.To(target, codec));
                JsonCursor.IsValue(output.WrittenSpan).ShouldBeTrue();
            }
            else
            {
                broken.Kind.ShouldBeOneOf(ErrorKind.UpstreamFailed, ErrorKind.RateLimited, ErrorKind.Unavailable, ErrorKind.UpstreamTimeout, ErrorKind.InvalidRequest);
            }
        }
    }

    private static string Told(DialectCodec codec, IEnumerable<byte[]> pieces) =>
        Wire.Write(codec, Wire.Read(codec, pieces), Wire.To(codec));
}
