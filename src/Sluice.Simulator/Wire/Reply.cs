using System.Buffers;
using System.Text.Json;

namespace Sluice.Simulator.Wire;

/// <summary>What a handler wants to be sent, before faults.</summary>
internal abstract record Reply;

internal sealed record ErrorReply(VendorError Error) : Reply;

/// <summary>One JSON document.</summary>
/// <param name="Body">The document.</param>
/// <param name="Tokens">Tokens it took to make, for paced answers.</param>
internal sealed record JsonReply(byte[] Body, int Tokens = 0) : Reply;

/// <summary>A stream.</summary>
internal sealed record StreamReply(StreamFormat Format, IReadOnlyList<StreamFrame> Frames) : Reply;

internal enum FrameKind
{
    /// <summary>Opens, closes or frames.</summary>
    Structure,

    /// <summary>Carries a piece of the answer; paced by the token delay.</summary>
    Token,
}

/// <summary>One event of a stream, framed and ready to send.</summary>
internal readonly record struct StreamFrame(FrameKind Kind, byte[] Bytes);

/// <summary>How a dialect frames its stream, as far as faults need to know.</summary>
internal abstract class StreamFormat
{
    public virtual string ContentType => "text/event-stream; charset=utf-8";

    /// <summary>An error inside a stream that has begun; ends the stream.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="requestId">The call's id.</param>
    /// <param name="eventsSent">How many events came before.</param>
    public abstract byte[] ErrorFrame(VendorError error, string requestId, int eventsSent);

    /// <summary>What ends an event.</summary>
    public virtual ReadOnlySpan<byte> EventEnd => "\n\n"u8;
}

/// <summary>Collects the events of a stream.</summary>
internal sealed class FrameList
{
    private readonly List<StreamFrame> _frames = [];

    public IReadOnlyList<StreamFrame> Frames => _frames;

    public int Count => _frames.Count;

    /// <summary>Adds a server-sent event.</summary>
    /// <param name="name">The event's name; null for data alone.</param>
    /// <param name="kind">Whether it is paced.</param>
    /// <param name="write">Writes its data.</param>
    /// <param name="lineEnd">Google ends lines with CRLF.</param>
    public void AddEvent(string? name, FrameKind kind, Action<Utf8JsonWriter> write, string lineEnd = "\n")
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        if (name is not null)
        {
            Append(buffer, $"event: {name}{lineEnd}");
        }

        buffer.Write("data: "u8);
        using (var json = new Utf8JsonWriter(buffer, JsonText.Compact))
        {
            write(json);
        }

        Append(buffer, lineEnd + lineEnd);
        _frames.Add(new StreamFrame(kind, buffer.WrittenSpan.ToArray()));
    }

    public void AddRaw(FrameKind kind, byte[] bytes) => _frames.Add(new StreamFrame(kind, bytes));

    private static void Append(ArrayBufferWriter<byte> buffer, string text) => buffer.Write(System.Text.Encoding.UTF8.GetBytes(text));
}
