using System.Buffers.Binary;
using System.Numerics;

namespace Sluice.Journal;

/// <summary>
/// One record in a segment: <c>[length u32][crc32c u32][sequence u64][type u8][payload]</c>, little-endian. The length counts
/// type and payload. The checksum covers sequence, type and payload and is seeded with the segment's generation, so that
/// what a recycled file held before is never read as new. The type's highest bit marks the first record of a commit:
/// when such a record is on the disk, everything before it was durable.
/// </summary>
internal static class JournalFrame
{
    /// <summary>Bytes of a record beside its payload.</summary>
    public const int Overhead = Header + 1;

    private const int Header = 16;
    private const int ChecksumAt = 4;
    private const int SequenceAt = 8;
    private const byte CommitStart = 0x80;

    /// <summary>The checksum's start value for a segment; different for any two generations below 2^32.</summary>
    public static uint Seed(long generation) => BitOperations.Crc32C(uint.MaxValue, (ulong)generation);

    /// <summary>Writes a record without its checksum, which <see cref="Seal"/> adds when its segment is known.</summary>
    public static void Write(Span<byte> target, JournalRecordType type, long sequence, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)payload.Length + 1);
        BinaryPrimitives.WriteInt64LittleEndian(target[SequenceAt..], sequence);
        target[Header] = (byte)type;
        payload.CopyTo(target[Overhead..]);
    }

    /// <summary>Bytes of the record that begins here, as its length field says.</summary>
    public static int LengthOf(ReadOnlySpan<byte> frame) => Header + (int)BinaryPrimitives.ReadUInt32LittleEndian(frame);

    /// <summary>The sequence number that stands here, which means something only in a valid record.</summary>
    public static long SequenceOf(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt64LittleEndian(frame[SequenceAt..]);

    /// <summary>Seals the records of one commit, which lie one behind the other.</summary>
    public static void Seal(Span<byte> frames, uint seed)
    {
        frames[Header] |= CommitStart;
        while (!frames.IsEmpty)
        {
            var frame = frames[..LengthOf(frames)];
            BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumAt..], Checksum(frame, seed));
            frames = frames[frame.Length..];
        }
    }

    /// <summary>Whether the bytes, of which there are as many as the length field says, are a record of the segment.</summary>
    public static bool IsValid(ReadOnlySpan<byte> frame, uint seed) => BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumAt..]) == Checksum(frame, seed);

    public static bool StartsCommit(ReadOnlySpan<byte> frame) => (frame[Header] & CommitStart) != 0;

    public static JournalRecordType TypeOf(ReadOnlySpan<byte> frame) => (JournalRecordType)(frame[Header] & ~CommitStart);

    public static ReadOnlySpan<byte> PayloadOf(ReadOnlySpan<byte> frame) => frame[Overhead..];

    /// <summary>Continues a CRC-32C over the data, without the final inversion.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data, uint crc)
    {
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var one in data)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return crc;
    }

    private static uint Checksum(ReadOnlySpan<byte> frame, uint seed) => ~Crc32C(frame[SequenceAt..], seed);
}
