using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>Reads and writes documents and streams as a translation does.</summary>
internal static class Wire
{
    public static readonly DialectCodec Chat = DialectCodec.For(Dialect.OpenAIChat);
    public static readonly DialectCodec Anthropic = DialectCodec.For(Dialect.AnthropicMessages);

    public static WriteContext To(DialectCodec target, DialectCodec? client = null) =>
        new(new Owner(target.Dialect), (client ?? target).Fields) { Created = 7, ResponseId = "test", RequestId = "req_1" };

    public static ChatRequest Request(DialectCodec codec, string json)
    {
        codec.Reader.TryReadRequest(Encoding.UTF8.GetBytes(json), out var request, out var error).ShouldBeTrue(error?.Message);
        return request!;
    }

    public static ChatResponse Response(DialectCodec codec, string json)
    {
        codec.Reader.TryReadResponse(Encoding.UTF8.GetBytes(json), new Owner(codec.Dialect), out var response, out var error).ShouldBeTrue(error?.Message);
        return response!;
    }

    public static JsonNode Write(DialectCodec codec, ChatRequest request, WriteContext context)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Writer.WriteRequest(output, request, context);
        return JsonNode.Parse(output.WrittenSpan)!;
    }

    public static JsonNode Write(DialectCodec codec, ChatResponse response, WriteContext context)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Writer.WriteResponse(output, response, context);
        return JsonNode.Parse(output.WrittenSpan)!;
    }

    /// <summary>A client's request as the upstream of another dialect sees it.</summary>
    public static JsonNode Translate(DialectCodec from, DialectCodec to, string json, out TranslationReport report, ModelRules? rules = null)
    {
        var context = To(to, from) with { Rules = rules ?? ModelRules.Default };
        report = context.Report;
        return Write(to, Request(from, json), context);
    }

    /// <summary>The legal events of a stream that comes in these pieces.</summary>
    public static List<StreamEvent> Read(DialectCodec codec, IEnumerable<byte[]> pieces)
    {
        using var reader = codec.CreateStreamReader(new Owner(codec.Dialect));
        var sequencer = new BlockSequencer();
        var raw = new List<StreamEvent>();
        var legal = new List<StreamEvent>();
        foreach (var piece in pieces)
        {
            reader.Read(piece, raw);
        }

        reader.Complete(raw);
        foreach (var streamEvent in raw)
        {
            sequencer.Add(streamEvent, legal);
        }

        sequencer.Complete(legal);
        return legal;
    }

    public static List<StreamEvent> Read(DialectCodec codec, string stream) => Read(codec, [Encoding.UTF8.GetBytes(stream)]);

    public static string Write(DialectCodec codec, IEnumerable<StreamEvent> events, WriteContext context)
    {
        using var writer = codec.CreateStreamWriter(context);
        var output = new ArrayBufferWriter<byte>();
        foreach (var streamEvent in events)
        {
            writer.Write(output, streamEvent);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static ChatResponse Assemble(IEnumerable<StreamEvent> events)
    {
        var assembler = new ResponseAssembler();
        foreach (var streamEvent in events)
        {
            assembler.Add(streamEvent);
        }

        assembler.Failure.ShouldBeNull();
        return assembler.ToResponse();
    }

    /// <summary>The data of every event of a stream that is JSON.</summary>
    public static List<JsonNode> Data(string stream) =>
        [.. stream.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)];
}
