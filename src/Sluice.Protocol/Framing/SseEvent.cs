namespace Sluice.Protocol.Framing;

/// <summary>Whether an event was short enough to be gathered.</summary>
public enum SsePart : byte
{
    /// <summary>The whole event.</summary>
    Whole,

    /// <summary>The beginning of an event over the limits: its name and the data so far.</summary>
    First,

    /// <summary>More of the data line that <see cref="First"/> began.</summary>
    Next,

    /// <summary>The event is complete; no data.</summary>
    Last,
}

/// <summary>One server-sent event, or a part of a very long one. Its bytes are valid until the scanner is called again.</summary>
public readonly ref struct SseEvent
{
    internal SseEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool hasData, SsePart part = SsePart.Whole)
    {
        Name = name;
        Data = data;
        HasData = hasData;
        Part = part;
    }

    /// <summary><see cref="SsePart.Whole"/> unless the event is over the scanner's limits.</summary>
    public SsePart Part { get; }

    /// <summary>The value of the <c>event</c> field; empty when there is none.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value of the <c>data</c> field; several lines are joined by line feeds.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>True when the event has a <c>data</c> line, even an empty one.</summary>
    public bool HasData { get; }
}
