using System.Buffers;
using System.Globalization;
using System.Text;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;

namespace Sluice.Benchmarks;

/// <summary>The same request, answer and streams in each dialect: as the vendor writes them where <see cref="Payloads"/> has it, else as Sluice does.</summary>
internal static class TranslationPayloads
{
    public static byte[] Request(Dialect dialect)
    {
        var chat = Payloads.ChatRequest(1024);
        var output = new ArrayBufferWriter<byte>();
        DialectCodec.For(Dialect.OpenAIChat).Reader.TryReadRequest(chat, out var request, out _);
        DialectCodec.For(dialect).Writer.WriteRequest(output, request!, ContextOf(dialect));
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Answer(Dialect dialect)
    {
        var output = new ArrayBufferWriter<byte>();
        DialectCodec.For(Dialect.OpenAIChat).Reader.TryReadResponse(Payloads.ChatResponse(), new Owner(Dialect.OpenAIChat), out var response, out _);
        DialectCodec.For(dialect).Writer.WriteResponse(output, response!, ContextOf(dialect));
        return dialect == Dialect.OpenAIChat ? Payloads.ChatResponse() : output.WrittenSpan.ToArray();
    }

    /// <summary>So many pieces of text.</summary>
    public static byte[] TextStream(Dialect dialect, int events) => dialect switch
    {
        Dialect.OpenAIChat => Payloads.ChatStream(events),
        Dialect.AnthropicMessages => Payloads.AnthropicStream(events),
        Dialect.GeminiGenerate => Payloads.GeminiStream(events),
        _ => Written(dialect, Payloads.ChatStream(events)),
    };

    /// <summary>One tool call whose arguments come in so many pieces; from Gemini, which has no pieces, so many texts and one call.</summary>
    public static byte[] CallStream(Dialect dialect, int events)
    {
        var stream = new StringBuilder();
        for (var i = 0; i <= events; i++)
        {
            var call = i == 0 ? """{"index":0,"id":"call_1","type":"function","function":{"name":"write","arguments":"{\"text\":\""}}"""
                : $$$"""{"index":0,"function":{"arguments":" token{{{i.ToString(CultureInfo.InvariantCulture)}}}{{{(i == events ? "\\\"}" : "")}}}"}}""";
            stream.Append(CultureInfo.InvariantCulture, $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763700000,"model":"gpt-4o","choices":[{"index":0,"delta":{"tool_calls":[{{call}}]},"logprobs":null,"finish_reason":null}]}""").Append("\n\n");
        }

        stream.Append("""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763700000,"model":"gpt-4o","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}]}""").Append("\n\ndata: [DONE]\n\n");
        var chat = Encoding.UTF8.GetBytes(stream.ToString());
        return dialect switch
        {
            Dialect.OpenAIChat => chat,
            Dialect.GeminiGenerate => Payloads.GeminiStream(events),
            _ => Written(dialect, chat),
        };
    }

    private static byte[] Written(Dialect dialect, byte[] chat)
    {
        var told = new List<StreamEvent>();
        var legal = new List<StreamEvent>();
        using var reader = DialectCodec.For(Dialect.OpenAIChat).CreateStreamReader(new Owner(Dialect.OpenAIChat));
        using var writer = DialectCodec.For(dialect).CreateStreamWriter(ContextOf(dialect));
        reader.Read(chat, told);
        reader.Complete(told);
        var sequencer = new BlockSequencer();
        told.ForEach(next => sequencer.Add(next, legal));
        sequencer.Complete(legal);
        var output = new ArrayBufferWriter<byte>();
        legal.ForEach(next => writer.Write(output, next));
        return output.WrittenSpan.ToArray();
    }

    private static WriteContext ContextOf(Dialect dialect) => new(new Owner(dialect), DialectCodec.For(dialect).Fields) { Created = 7, ResponseId = "bench" };
}
