namespace Sluice.Protocol.Framing;

/// <summary>One complete server-sent event. Its bytes are valid until the scanner is called again.</summary>
public readonly ref struct SseEvent
{
    internal SseEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, bool hasData)
    {
        Name = name;
        Data = data;
        HasData = hasData;
    }

    /// <summary>The value of the <c>event</c> field; empty when there is none.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value of the <c>data</c> field; several lines are joined by line feeds.</summary>
    public ReadOnlySpan<byte> Data { get; }

    /// <summary>True when the event has a <c>data</c> line, even an empty one.</summary>
    public bool HasData { get; }
}
