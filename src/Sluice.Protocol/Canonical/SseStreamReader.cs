using System.Buffers;
using System.Text.Json;
using Sluice.Protocol.Framing;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>
/// A stream reader over server-sent events: gathers each event, however it is cut and however long it is, and turns broken
/// JSON into a <see cref="StreamFailure"/>. After a failure or the end nothing more is read.
/// </summary>
internal abstract class SseStreamReader : IStreamReader
{
    /// <summary>The most bytes of one event; pictures come whole in one.</summary>
    public const int MaxEvent = 64 * 1024 * 1024;

    private readonly SseScanner _scanner = new();
    private readonly ArrayBufferWriter<byte> _name = new(64);
    private ArrayBufferWriter<byte> _data = new(1024);

    /// <summary>True once nothing more is read.</summary>
    protected bool Ended { get; set; }

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<byte> bytes, ICollection<StreamEvent> events)
    {
        while (!Ended && _scanner.TryRead(ref bytes, out var found))
        {
            Gather(found, events);
        }
    }

    /// <inheritdoc/>
    public void Complete(ICollection<StreamEvent> events)
    {
        if (!Ended && _scanner.TryReadLast(out var found))
        {
            Gather(found, events);
        }

        if (!Ended)
        {
            Ended = true;
            OnEnd(events);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _scanner.Reset();

    /// <summary>Reads one event.</summary>
    /// <param name="name">The value of its <c>event</c> field; empty when there is none.</param>
    /// <param name="data">Its data, overwritten by the next event.</param>
    /// <param name="events">Takes what it says.</param>
    protected abstract void OnEvent(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data, ICollection<StreamEvent> events);

    /// <summary>The body has ended and nothing before said so; for dialects in which that is the end mark.</summary>
    protected virtual void OnEnd(ICollection<StreamEvent> events)
    {
    }

    /// <summary>Ends the stream with a failure of the upstream.</summary>
    protected void Fail(GatewayError error, ICollection<StreamEvent> events)
    {
        Ended = true;
        events.Add(new StreamFailure(error));
    }

    private void Gather(SseEvent found, ICollection<StreamEvent> events)
    {
        if (found.Part is SsePart.Whole or SsePart.First)
        {
            _name.ResetWrittenCount();
            _data.ResetWrittenCount();
            _name.Write(found.Name);
        }

        _data.Write(found.Data);
        if (_data.WrittenCount > MaxEvent)
        {
            _data = new ArrayBufferWriter<byte>();
            Fail(UpstreamErrors.Broken("an event is too long"), events);
        }
        else if (found.Part is SsePart.Whole or SsePart.Last && _data.WrittenCount > 0)
        {
            ReadEvent(events);
        }
    }

    private void ReadEvent(ICollection<StreamEvent> events)
    {
        try
        {
            OnEvent(_name.WrittenSpan, _data.WrittenMemory, events);
        }
        catch (JsonException)
        {
            Fail(UpstreamErrors.Broken("an event is not JSON"), events);
        }
        catch (WireFormatException broken)
        {
            Fail(UpstreamErrors.Broken(broken.Message), events);
        }
    }
}
