using Sluice.Protocol.Json;

namespace Sluice.Protocol.Framing;

/// <summary>The <c>type</c> member that repeats the event's name inside its data.</summary>
internal static class EventType
{
    /// <summary>The type between its quotes; empty when the data has none.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> data)
    {
        var at = JsonKeySearch.FindValue(data, "\"type\""u8);
        if (at < 0 || data[at] != (byte)'"')
        {
            return default;
        }

        var contents = data[(at + 1)..];
        var end = contents.IndexOf((byte)'"');
        return end < 0 ? default : contents[..end];
    }
}
