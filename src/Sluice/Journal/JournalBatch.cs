namespace Sluice.Journal;

/// <summary>Records that become durable together, with those who wait for them.</summary>
internal sealed class JournalBatch
{
    private const int UsualBytes = 64 * 1024;
    private const int UsualCount = 512;

    /// <summary>What grew beyond this while the disk was slow is given back afterwards.</summary>
    private const int MostKeptBytes = 1024 * 1024;

    private byte[] _frames = new byte[UsualBytes];
    private JournalWaiter?[] _waiters = new JournalWaiter?[UsualCount];

    /// <summary>Number of the first record; the others follow without a gap.</summary>
    public long First { get; private set; }

    public int Count { get; private set; }

    public int Bytes { get; private set; }

    /// <summary>Records that somebody waits for.</summary>
    public int Waiting { get; private set; }

    public void Add(JournalRecordType type, long sequence, ReadOnlySpan<byte> payload, JournalWaiter? waiter)
    {
        var length = JournalFrame.Overhead + payload.Length;
        if (Bytes + length > _frames.Length)
        {
            Array.Resize(ref _frames, Math.Max(_frames.Length * 2, Bytes + length));
        }

        if (Count == _waiters.Length)
        {
            Array.Resize(ref _waiters, Count * 2);
        }

        if (Count == 0)
        {
            First = sequence;
        }

        JournalFrame.Write(_frames.AsSpan(Bytes, length), type, sequence, payload);
        _waiters[Count++] = waiter;
        Bytes += length;
        Waiting += waiter is null ? 0 : 1;
    }

    /// <summary>The next records from an offset on, up to a count and a size; at least one.</summary>
    public ReadOnlySpan<byte> Take(int offset, int mostRecords, int mostBytes, out int count)
    {
        var end = offset;
        for (count = 0; count < mostRecords && end < Bytes; count++)
        {
            var length = JournalFrame.LengthOf(_frames.AsSpan(end));
            if (count > 0 && end + length - offset > mostBytes)
            {
                break;
            }

            end += length;
        }

        return _frames.AsSpan(offset, end - offset);
    }

    /// <summary>The waiters of some records; null where nobody waits.</summary>
    public ReadOnlySpan<JournalWaiter?> Waiters(int start, int count) => _waiters.AsSpan(start, count);

    public void Clear()
    {
        Array.Clear(_waiters, 0, Count);
        if (_frames.Length > MostKeptBytes)
        {
            _frames = new byte[UsualBytes];
            _waiters = new JournalWaiter?[UsualCount];
        }

        Count = Bytes = Waiting = 0;
    }
}
