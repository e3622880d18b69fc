using System.Buffers.Binary;

namespace Sluice.StoredResponses;

/// <summary>What is kept of an answer, as the client sent and saw it.</summary>
/// <param name="Input">The items of its own request, a JSON array; those of earlier answers stand with them.</param>
/// <param name="Response">The <c>response</c> object, whole.</param>
/// <param name="Events">The events by which it was streamed while the client could come back for them; empty for most.</param>
internal sealed record ResponseContent(ReadOnlyMemory<byte> Input, ReadOnlyMemory<byte> Response, ReadOnlyMemory<byte> Events)
{
    private const int Head = 2 * sizeof(int);

    public int Bytes => Input.Length + Response.Length + Events.Length;

    /// <summary>The bytes that are sealed and stored.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[Head + Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Input.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(sizeof(int)), Response.Length);
        Input.CopyTo(bytes.AsMemory(Head));
        Response.CopyTo(bytes.AsMemory(Head + Input.Length));
        Events.CopyTo(bytes.AsMemory(Head + Input.Length + Response.Length));
        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; null when it is something else.</summary>
    public static ResponseContent? Decode(byte[] bytes)
    {
        if (bytes.Length < Head)
        {
            return null;
        }

        long input = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        long response = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(sizeof(int)));
        if (input < 0 || response < 0 || Head + input + response > bytes.Length)
        {
            return null;
        }

        var rest = bytes.AsMemory(Head);
        return new ResponseContent(rest[..(int)input], rest.Slice((int)input, (int)response), rest[(int)(input + response)..]);
    }
}
