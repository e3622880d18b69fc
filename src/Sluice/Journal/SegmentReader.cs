namespace Sluice.Journal;

/// <summary>
/// Walks the records of one segment. A record is the next one when it stands where the one before ended, or at the next
/// block, where a commit begins, with a valid checksum and the next number. When there is none, either the log ends here
/// (possibly within a commit that was cut off), or the segment is damaged: then a record further on proves that what is
/// missing was confirmed, and reading goes on there.
/// </summary>
/// <param name="file">The segment's file.</param>
/// <param name="name">The segment.</param>
/// <param name="window">Where to read into; longer than the longest record.</param>
internal sealed class SegmentReader(IJournalFile file, SegmentName name, byte[] window)
{
    private readonly uint _seed = JournalFrame.Seed(name.Generation);
    private readonly long _length = file.Length;
    private long _windowAt;
    private int _windowLength;
    private long _position = SegmentHeader.Block;

    /// <summary>Records read.</summary>
    public long Records { get; private set; }

    /// <summary>Number of the last record read; one below the segment's first when there is none.</summary>
    public long Last { get; private set; } = name.First - 1;

    /// <summary>Whether confirmed records stand where nothing can be read.</summary>
    public bool Damaged { get; private set; }

    /// <summary>Bytes of the records at the end that were cut off.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Reads the header; null when it is damaged.</summary>
    public SegmentHeader? ReadHeader()
        => _length >= SegmentHeader.Block && SegmentHeader.TryRead(Peek(0, SegmentHeader.Block), name, out var header) ? header : null;

    /// <summary>Reads the records.</summary>
    /// <param name="confirmed">Last record that must be here; null in the last segment, whose end nobody knows.</param>
    /// <param name="visit">Takes each record.</param>
    public void Read(long? confirmed, JournalVisitor visit)
    {
        var limit = confirmed ?? long.MaxValue;
        while (Last < limit && (MoveToNext() || MoveBeyondDamage(confirmed)))
        {
            var frame = Peek(_position, LengthAt(_position));
            Last = JournalFrame.SequenceOf(frame);
            Records++;
            _position += frame.Length;
            visit(JournalFrame.TypeOf(frame), Last, JournalFrame.PayloadOf(frame));
        }

        Damaged |= confirmed > Last;
        if (confirmed is null)
        {
            TornBytes = MeasureTorn();
        }
    }

    private bool MoveToNext()
    {
        if (IsFrame(_position, Last + 1, Last + 1))
        {
            return true;
        }

        var commit = SegmentHeader.Padded(_position);
        if (!IsFrame(commit, Last + 1, Last + 1))
        {
            return false;
        }

        _position = commit;
        return true;
    }

    private bool MoveBeyondDamage(long? confirmed)
    {
        if (confirmed is null && !LaterCommitExists())
        {
            return false;
        }

        for (var position = _position + 1; position < _length; position++)
        {
            if (IsFrame(position, Last + 2, confirmed ?? long.MaxValue))
            {
                _position = position;
                Damaged = true;
                return true;
            }
        }

        return false;
    }

    // A commit is written only after the one before it was durable.
    private bool LaterCommitExists()
    {
        for (var position = SegmentHeader.Padded(_position); position < _length; position += SegmentHeader.Block)
        {
            if (IsFrame(position, Last + 2, long.MaxValue) && JournalFrame.StartsCommit(Peek(position, LengthAt(position))))
            {
                return true;
            }
        }

        return false;
    }

    private long MeasureTorn()
    {
        long torn = 0;
        foreach (var position in (long[])[_position, SegmentHeader.Padded(_position)])
        {
            if (torn == 0 && LengthAt(position) is var length and > 0 && JournalFrame.SequenceOf(Peek(position, length)) == Last + 1)
            {
                torn = length;
            }
        }

        return torn;
    }

    private bool IsFrame(long position, long lowest, long highest)
    {
        var length = LengthAt(position);
        if (length == 0)
        {
            return false;
        }

        var sequence = JournalFrame.SequenceOf(Peek(position, JournalFrame.Overhead));
        return sequence >= lowest && sequence <= highest && JournalFrame.IsValid(Peek(position, length), _seed);
    }

    /// <summary>Length of the record that a length field here would announce; 0 when none can be here.</summary>
    private int LengthAt(long position)
    {
        if (position + JournalFrame.Overhead > _length)
        {
            return 0;
        }

        var length = JournalFrame.LengthOf(Peek(position, JournalFrame.Overhead));
        return length >= JournalFrame.Overhead && length <= window.Length && position + length <= _length ? length : 0;
    }

    private ReadOnlySpan<byte> Peek(long position, int count)
    {
        if (position < _windowAt || position + count > _windowAt + _windowLength)
        {
            _windowAt = position;
            _windowLength = file.Read(window.AsSpan(0, (int)Math.Min(window.Length, _length - position)), position);
            window.AsSpan(_windowLength).Clear();
        }

        return window.AsSpan((int)(position - _windowAt), count);
    }
}
