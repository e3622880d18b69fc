using System.Buffers;

namespace Sluice.Protocol.Canonical;

/// <summary>How the body of an answer is framed.</summary>
public enum ResponseFraming
{
    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>Server-sent events.</summary>
    Sse,

    /// <summary>One JSON array, sent element by element (Gemini streams without <c>alt=sse</c>).</summary>
    JsonArray,
}

/// <summary>Writes a <see cref="GatewayError"/> as the vendor of a dialect would, before and after the response has begun.</summary>
public abstract class ErrorFormat
{
    private protected ErrorFormat()
    {
    }

    /// <summary>The format of a dialect.</summary>
    public static ErrorFormat For(Dialect dialect) => dialect switch
    {
        Dialect.OpenAIChat => OpenAIChat.OpenAIChatErrorFormat.Instance,
        Dialect.OpenAIResponses => OpenAIResponses.OpenAIResponsesErrorFormat.Instance,
        Dialect.AnthropicMessages => AnthropicMessages.AnthropicErrorFormat.Instance,
        Dialect.GeminiGenerate => GeminiGenerate.GeminiErrorFormat.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(dialect)),
    };

    /// <summary>Writes the error as the whole body (<c>application/json</c>) of a response.</summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="error">The failure.</param>
    /// <param name="requestId">The value of <c>x-request-id</c>, for dialects whose body carries it.</param>
    /// <param name="framing">The framing that the client asked for: <see cref="ResponseFraming.JsonArray"/> wraps the error in an array as Google does.</param>
    public abstract void WriteBody(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing);

    /// <summary>Writes the error as the last event of a stream that has begun.</summary>
    /// <param name="output">Where the bytes go; the caller guarantees an event boundary.</param>
    /// <param name="error">The failure.</param>
    /// <param name="requestId">The value of <c>x-request-id</c>.</param>
    /// <param name="framing">Sse, or JsonArray.</param>
    /// <param name="eventsSent">
    /// How many events (array elements) the client has seen. In a JSON array 0 means that not even the bracket was sent.
    /// </param>
    public abstract void WriteStreamEvent(IBufferWriter<byte> output, GatewayError error, string requestId, ResponseFraming framing, int eventsSent);

    /// <summary>Bytes that keep a silent stream open and that every client of the dialect ignores; empty when there are none.</summary>
    public abstract ReadOnlySpan<byte> KeepAlive(ResponseFraming framing);
}
