using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Protocol.Canonical;

/// <summary>Reads the requests and answers of one dialect. Has no state.</summary>
public interface IDialectReader
{
    /// <summary>Reads a request.</summary>
    /// <param name="body">One JSON document; the request refers to it and must not outlive it.</param>
    /// <param name="request">The request, when the answer is true.</param>
    /// <param name="error">What is wrong with it (400), when the answer is false.</param>
    bool TryReadRequest(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out ChatRequest? request, [NotNullWhen(false)] out GatewayError? error);

    /// <summary>Reads a whole answer with a status of success.</summary>
    /// <param name="body">One JSON document; the answer refers to it and must not outlive it.</param>
    /// <param name="owner">Who answers; signatures in the answer are his.</param>
    /// <param name="response">The answer, when the result is true.</param>
    /// <param name="error">What is wrong with it (502), when the result is false.</param>
    bool TryReadResponse(ReadOnlyMemory<byte> body, Owner owner, [NotNullWhen(true)] out ChatResponse? response, [NotNullWhen(false)] out GatewayError? error);
}

/// <summary>Writes requests and answers in one dialect. Has no state.</summary>
public interface IDialectWriter
{
    /// <summary>Writes a request. Nothing usable is written when the report of the context says that it was refused.</summary>
    void WriteRequest(IBufferWriter<byte> output, ChatRequest request, WriteContext context);

    /// <summary>Writes a whole answer.</summary>
    void WriteResponse(IBufferWriter<byte> output, ChatResponse response, WriteContext context);
}

/// <summary>Reads one streamed answer. Not safe for use by two threads.</summary>
/// <remarks>
/// A reader says what the upstream said and repairs nothing: the order of its events is the upstream's, and blocks that the
/// dialect does not end are left open. <see cref="BlockSequencer"/> makes a legal order of them.
/// </remarks>
public interface IStreamReader : IDisposable
{
    /// <summary>Takes bytes as they come, cut anywhere.</summary>
    /// <param name="bytes">The next bytes of the body.</param>
    /// <param name="events">Takes what the bytes say.</param>
    void Read(ReadOnlySpan<byte> bytes, ICollection<StreamEvent> events);

    /// <summary>The body has ended.</summary>
    void Complete(ICollection<StreamEvent> events);
}

/// <summary>Writes one streamed answer from events in the legal order. Not safe for use by two threads.</summary>
public interface IStreamWriter : IDisposable
{
    /// <summary>Writes what an event means for the client; may be nothing.</summary>
    void Write(IBufferWriter<byte> output, StreamEvent streamEvent);
}

/// <summary>All that translation needs of a dialect.</summary>
public abstract class DialectCodec
{
    private protected DialectCodec()
    {
    }

    /// <summary>Which dialect.</summary>
    public abstract Dialect Dialect { get; }

    /// <summary>What it has a place for, and how it spells it.</summary>
    public abstract FieldNames Fields { get; }

    /// <summary>Reads whole documents.</summary>
    public abstract IDialectReader Reader { get; }

    /// <summary>Writes whole documents.</summary>
    public abstract IDialectWriter Writer { get; }

    /// <summary>Makes a reader for one streamed answer.</summary>
    /// <param name="owner">Who answers; signatures in the answer are his.</param>
    /// <param name="framing">How the stream is framed.</param>
    public abstract IStreamReader CreateStreamReader(Owner owner, ResponseFraming framing = ResponseFraming.Sse);

    /// <summary>Makes a writer for one streamed answer.</summary>
    public abstract IStreamWriter CreateStreamWriter(WriteContext context);

    /// <summary>The codec of a dialect.</summary>
    public static DialectCodec For(Dialect dialect) => dialect switch
    {
        Dialect.OpenAIChat => OpenAIChat.OpenAIChatCodec.Instance,
        Dialect.OpenAIResponses => OpenAIResponses.OpenAIResponsesCodec.Instance,
        Dialect.AnthropicMessages => AnthropicMessages.AnthropicCodec.Instance,
        Dialect.GeminiGenerate => GeminiGenerate.GeminiCodec.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(dialect)),
    };
}
