using System.Buffers.Binary;

namespace Sluice.Journal;

/// <summary>
/// The first block of a segment. It is durable before the segment gets its name, and nothing is written to it afterwards.
/// </summary>
/// <param name="Name">The segment, which the header repeats.</param>
/// <param name="ConfirmedBefore">
/// Last record that was confirmed when the segment began. What earlier segments hold beyond it was refused to its callers
/// or stands here again, so replay leaves it out.
/// </param>
internal readonly record struct SegmentHeader(SegmentName Name, long ConfirmedBefore)
{
    /// <summary>
    /// The unit of writing. A commit fills whole blocks: no confirmed byte is ever rewritten, on disks with sectors of 512
    /// bytes and of 4 KiB.
    /// </summary>
    public const int Block = 4096;

    /// <summary>"sluicej1", little-endian; the digit is the version of the format.</summary>
    private const ulong Magic = 0x316A_6563_6975_6C73;

    private const int Fields = 32;

    /// <summary>Writes the header at the start of a block of zeros.</summary>
    public void Write(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(block, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(block[8..], Name.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], Name.First);
        BinaryPrimitives.WriteInt64LittleEndian(block[24..], ConfirmedBefore);
        BinaryPrimitives.WriteUInt32LittleEndian(block[Fields..], JournalFrame.Crc32C(block[..Fields], uint.MaxValue));
    }

    /// <summary>Reads the header of a segment; false when it is damaged or another's.</summary>
    public static bool TryRead(ReadOnlySpan<byte> block, SegmentName name, out SegmentHeader header)
    {
        header = new SegmentHeader(name, BinaryPrimitives.ReadInt64LittleEndian(block[24..]));
        return BinaryPrimitives.ReadUInt64LittleEndian(block) == Magic
            && BinaryPrimitives.ReadInt64LittleEndian(block[8..]) == name.Generation
            && BinaryPrimitives.ReadInt64LittleEndian(block[16..]) == name.First
            && BinaryPrimitives.ReadUInt32LittleEndian(block[Fields..]) == JournalFrame.Crc32C(block[..Fields], uint.MaxValue);
    }

    /// <summary>Rounds up to whole blocks.</summary>
    public static long Padded(long bytes) => (bytes + Block - 1) / Block * Block;
}
