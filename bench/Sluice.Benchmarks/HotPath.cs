using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Framing;
using Sluice.Protocol.Json;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Benchmarks;

/// <summary>What a relayed call costs in this assembly, piece by piece.</summary>
[MemoryDiagnoser]
public class HotPath
{
    private const int Events = 200;
    private const int Depth = 128;

    private readonly byte[] _request1K = Payloads.ChatRequest(1024);
    private readonly byte[] _request32K = Payloads.ChatRequest(32 * 1024);
    private readonly byte[] _request400K = Payloads.ChatRequest(400 * 1024);
    private readonly byte[] _chinese32K = Payloads.ChineseRequest(32 * 1024);
    private readonly byte[] _millionNames = Payloads.ManyNames(1_000_000);
    private readonly byte[] _chatStream = Payloads.ChatStream(Events);
    private readonly byte[] _anthropicStream = Payloads.AnthropicStream(Events);
    private readonly byte[] _geminiStream = Payloads.GeminiStream(Events);
    private readonly byte[] _chatResponse = Payloads.ChatResponse();
    private readonly byte[] _embeddingResponse = Payloads.EmbeddingResponse();
    private readonly byte[] _edited = new byte[33 * 1024];
    private readonly byte[] _model = ModelEdit.Token("gpt-4o-mini");
    private readonly char[] _name = new char[128];
    private readonly SseScanner _scanner = new();
    private readonly ResponseTap _tap = new();
    private readonly SseUsageFilter _filter = new();
    private readonly ArrayBufferWriter<byte> _output = new(128 * 1024);

    [Benchmark]
    public bool Peek1K() => Peek(_request1K);

    [Benchmark]
    public bool Peek32K() => Peek(_request32K);

    [Benchmark]
    public bool Peek32KChinese() => Peek(_chinese32K);

    [Benchmark]
    public bool Peek400K() => Peek(_request400K);

    /// <summary>A hostile body: a million members at the top.</summary>
    [Benchmark]
    public bool PeekMillionNames() => RequestPeeker.Peek(_millionNames, Operation.Completions, Depth, out _) is null;

    [Benchmark]
    public int Splice32K()
    {
        RequestPeeker.Peek(_request32K, Operation.Chat, Depth, out var peek);
        return Edit(_request32K, peek);
    }

    /// <summary>The edit alone, on 1 KB.</summary>
    [Benchmark]
    public int Splice1K()
    {
        var peek = new RequestPeek { Model = new JsonSlice(9, 9), ObjectStart = 0 };
        return Edit(_request1K, peek);
    }

    [Benchmark]
    public int ModelName1K()
    {
        var peek = new RequestPeek { Model = new JsonSlice(9, 9) };
        ModelName.TryDecode(_request1K, peek, _name, out var written);
        return written;
    }

    /// <summary>All 200 events in one piece.</summary>
    [Benchmark]
    public int SseScan200()
    {
        ReadOnlySpan<byte> rest = _chatStream;
        var count = 0;
        while (_scanner.TryRead(ref rest, out _))
        {
            count++;
        }

        return count;
    }

    [Benchmark]
    public long TapChat200() => Tap(Operation.Chat, ResponseFraming.Sse, _chatStream, _chatStream.Length);

    /// <summary>Pieces of 1,000 bytes, so that most events are cut.</summary>
    [Benchmark]
    public long TapChat200Cut() => Tap(Operation.Chat, ResponseFraming.Sse, _chatStream, 1000);

    [Benchmark]
    public long TapAnthropic200() => Tap(Operation.Messages, ResponseFraming.Sse, _anthropicStream, _anthropicStream.Length);

    [Benchmark]
    public long TapGemini200() => Tap(Operation.StreamGenerateContent, ResponseFraming.Sse, _geminiStream, _geminiStream.Length);

    [Benchmark]
    public long TapJson1K() => Tap(Operation.Chat, ResponseFraming.Json, _chatResponse, _chatResponse.Length);

    [Benchmark]
    public long TapJsonEmbedding() => Tap(Operation.Embeddings, ResponseFraming.Json, _embeddingResponse, _embeddingResponse.Length);

    [Benchmark]
    public int Filter200()
    {
        _output.ResetWrittenCount();
        _filter.Filter(_chatStream, _output);
        _filter.Flush(_output);
        return _output.WrittenCount;
    }

    private static bool Peek(byte[] body) => RequestPeeker.Peek(body, Operation.Chat, Depth, out _) is null;

    private int Edit(byte[] body, in RequestPeek peek)
    {
        JsonEdit edit = default;
        ModelEdit.Apply(ref edit, peek, _model);
        IncludeUsageEdit.Apply(ref edit, body, peek);
        edit.Apply(body, _edited);
        return edit.Length(body.Length);
    }

    private long Tap(Operation operation, ResponseFraming framing, byte[] answer, int piece)
    {
        _tap.Start(operation, framing);
        for (var at = 0; at < answer.Length; at += piece)
        {
            _tap.Read(answer.AsSpan(at, Math.Min(piece, answer.Length - at)));
        }

        _tap.Complete();
        return _tap.Usage.Total;
    }
}
