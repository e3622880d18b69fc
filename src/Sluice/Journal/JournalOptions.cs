namespace Sluice.Journal;

/// <summary>Sizes of the journal.</summary>
internal sealed record JournalOptions
{
    /// <summary>The smallest segment: its header and a few blocks of records.</summary>
    public const int SmallestSegment = 8 * SegmentHeader.Block;

    private readonly int _segmentBytes = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes of one segment, 64 MiB unless told; a whole number of blocks of 4 KiB. Two or three are on the disk as long as
    /// the database keeps up.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Smaller than <see cref="SmallestSegment"/>, or not whole blocks.</exception>
    public int SegmentBytes
    {
        get => _segmentBytes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, SmallestSegment);
            ArgumentOutOfRangeException.ThrowIfNotEqual(value % SegmentHeader.Block, 0, nameof(SegmentBytes));
            _segmentBytes = value;
        }
    }

    /// <summary>
    /// Bytes appended and not yet durable, 16 MiB unless told. Beyond it new reservations and checkpoints are refused, so
    /// that a disk that hangs does not fill the memory; outcomes of calls in flight are still taken.
    /// </summary>
    public int MostUnflushedBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Longest payload of a record in bytes: 1 MiB, or a quarter of a segment where that is less.</summary>
    public int MostPayloadBytes => Math.Min(1024 * 1024, SegmentBytes / 4);
}
