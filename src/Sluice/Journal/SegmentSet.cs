namespace Sluice.Journal;

/// <summary>
/// The segments on the disk: the active one that is written, those before it, and the reserve that comes next. A file on
/// which an operation has failed is never written or synced again: the same records go to the next one. Used by one thread.
/// </summary>
internal sealed partial class SegmentSet : IDisposable
{
    /// <summary>The reserve, and one more that saves allocating the next.</summary>
    private const int MostSpares = 2;

    /// <summary>Zeros written at a time while a file is prepared: about a millisecond of a slow disk.</summary>
    private const int FillBytes = 1024 * 1024;

    private static readonly byte[] Zeros = new byte[FillBytes];

    private readonly IJournalDisk _disk;
    private readonly int _segmentBytes;
    private readonly ILogger _logger;
    private readonly Queue<SealedSegment> _sealed;
    private readonly List<SealedSegment> _empty;
    private readonly Queue<string> _spares = new();
    private byte[] _block = new byte[64 * 1024];
    private Unfinished? _unfinished;
    private Active? _active;
    private long _generation;

    public SegmentSet(IJournalDisk disk, JournalOptions options, JournalReplay found, ILogger logger)
    {
        _disk = disk;
        _segmentBytes = options.SegmentBytes;
        _logger = logger;
        _sealed = new Queue<SealedSegment>(found.Segments);
        _empty = found.Empty;
        _generation = found.Generation;
        foreach (var spare in found.Spares)
        {
            AdoptSpare(spare);
        }
    }

    /// <summary>Whether the next segment is allocated, so that running out of space now would not be noticed yet.</summary>
    public bool HasReserve => _spares.Count > 0 || _unfinished is not null;

    /// <summary>Whether a file is being filled and <see cref="Prepare"/> has more to do.</summary>
    public bool IsPreparing => _unfinished is not null;

    /// <summary>Whether the active segment is more than half full, so that the reserve should be ready soon.</summary>
    public bool IsHalfFull => _active is { } active && active.Position > _segmentBytes / 2;

    /// <summary>Files that are allocated or hold records.</summary>
    public int Count => _sealed.Count + _empty.Count + _spares.Count + (_unfinished is null ? 0 : 1) + (_active is null ? 0 : 1);

    /// <summary>Makes the records of one commit durable, in the next segment when this one fails or is full.</summary>
    /// <param name="frames">Unsealed records, one behind the other; fewer bytes than a segment holds.</param>
    /// <param name="first">Number of the first.</param>
    /// <param name="last">Number of the last.</param>
    /// <param name="confirmed">Last record confirmed before them.</param>
    /// <returns>False: they are not durable, and there is no active segment.</returns>
    public bool TryWrite(ReadOnlySpan<byte> frames, long first, long last, long confirmed)
    {
        if (HasRoom(frames.Length) && TryWriteActive(frames, last))
        {
            return true;
        }

        return TryActivate(first, confirmed) && TryWriteActive(frames, last);
    }

    /// <summary>Begins a new segment, after which the one before is written no more.</summary>
    /// <param name="first">Number of the record that is written next.</param>
    /// <param name="confirmed">Last record confirmed so far.</param>
    public bool TryActivate(long first, long confirmed)
    {
        Seal(suspect: false);
        return TryActivateNext(first, confirmed) || TryActivateNext(first, confirmed);
    }

    /// <summary>Takes one step towards a reserve that is ready: allocates the file, or fills a piece of it.</summary>
    /// <returns>False when the disk refused.</returns>
    public bool Prepare()
    {
        if (_unfinished is null && _spares.Count > 0)
        {
            return true;
        }

        try
        {
            _unfinished ??= Allocate();
            Fill(_unfinished);
            return true;
        }
        catch (Exception e) when (IsDiskFailure(e))
        {
            Log.NotAllocated(_logger, e);
            Discard();
            return false;
        }
    }

    /// <summary>Gives back the segments whose records all lie below the number, oldest first.</summary>
    public void ReleaseBelow(long sequence)
    {
        while (_sealed.TryPeek(out var oldest) && oldest.Last < sequence && TryRelease(oldest))
        {
            _sealed.Dequeue();
        }
    }

    /// <summary>Gives back segments that held nothing at start; for after the first activation.</summary>
    public void ReleaseEmpty()
    {
        _empty.RemoveAll(TryRelease);
        if (_empty.Count > 0)
        {
            Log.NotReleased(_logger, _empty[0].Name.ToString(), null);
        }
    }

    public void Dispose()
    {
        _active?.File.Dispose();
        _unfinished?.File.Dispose();
    }

    /// <summary>Whether the exception is the disk's answer rather than a bug.</summary>
    public static bool IsDiskFailure(Exception exception) => exception is IOException or UnauthorizedAccessException;

    private bool HasRoom(int bytes) => _active is { } active && active.Position + SegmentHeader.Padded(bytes) <= _segmentBytes;

    private bool TryWriteActive(ReadOnlySpan<byte> frames, long last)
    {
        var active = _active!;
        try
        {
            var padded = (int)SegmentHeader.Padded(frames.Length);
            var block = Block(padded);
            frames.CopyTo(block);
            block[frames.Length..].Clear();
            JournalFrame.Seal(block[..frames.Length], active.Seed);
            active.File.Write(block, active.Position);
            active.File.Sync();
            active.Position += padded;
            active.Last = last;
            return true;
        }
        catch (Exception e) when (IsDiskFailure(e))
        {
            Log.SegmentFailed(_logger, active.Name.ToString(), e);
            Seal(suspect: true);
            return false;
        }
    }

    private Span<byte> Block(int bytes)
    {
        if (_block.Length < bytes)
        {
            _block = new byte[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)bytes)];
        }

        return _block.AsSpan(0, bytes);
    }

    private void Seal(bool suspect)
    {
        if (_active is { } active)
        {
            active.File.Dispose();
            _sealed.Enqueue(new SealedSegment(active.Name, active.Last, suspect));
            _active = null;
        }
    }

    // The order matters: the header is durable before the name, and the name before the first record.
    private bool TryActivateNext(long first, long confirmed)
    {
        string? source = null;
        IJournalFile? file = null;
        var name = new SegmentName(first, ++_generation);
        try
        {
            (source, file) = TakeNext();
            var block = Block(SegmentHeader.Block);
            block.Clear();
            new SegmentHeader(name, confirmed).Write(block);
            file.Write(block, 0);
            file.Sync();
            _disk.Rename(source, name.ToString());
            _disk.SyncDirectory();
            _active = new Active(name, file);
            return true;
        }
        catch (Exception e) when (IsDiskFailure(e))
        {
            Log.NotActivated(_logger, name.ToString(), e);
            file?.Dispose();
            if (source is not null)
            {
                DeleteQuietly(source);
                DeleteQuietly(name.ToString());
            }

            return false;
        }
    }

    /// <summary>The next file: a spare, the one that is being filled, or a new one, which is slower to write at first.</summary>
    private (string Name, IJournalFile File) TakeNext()
    {
        if (_spares.TryDequeue(out var spare))
        {
            return (spare, _disk.Open(spare));
        }

        var unfinished = _unfinished ?? Allocate();
        _unfinished = null;
        return (unfinished.Name, unfinished.File);
    }

    private Unfinished Allocate()
    {
        var name = SegmentName.UnfinishedFile(++_generation);
        return new Unfinished(name, _disk.Create(name, _segmentBytes));
    }

    // Blocks that were written once need no change of the file's metadata later: an append is then one write of data.
    private void Fill(Unfinished unfinished)
    {
        var bytes = (int)Math.Min(FillBytes, _segmentBytes - unfinished.Filled);
        unfinished.File.Write(Zeros.AsSpan(0, bytes), unfinished.Filled);
        unfinished.File.Sync();
        unfinished.Filled += bytes;
        if (unfinished.Filled < _segmentBytes)
        {
            return;
        }

        var name = SegmentName.SpareFile(++_generation);
        _disk.Rename(unfinished.Name, name);
        _disk.SyncDirectory();
        unfinished.File.Dispose();
        _unfinished = null;
        _spares.Enqueue(name);
    }

    private void Discard()
    {
        if (_unfinished is { } unfinished)
        {
            _unfinished = null;
            unfinished.File.Dispose();
            DeleteQuietly(unfinished.Name);
        }
    }

    private void AdoptSpare(string file)
    {
        try
        {
            using var opened = _disk.Open(file);
            if (_spares.Count < MostSpares && opened.Length == _segmentBytes)
            {
                _spares.Enqueue(file);
                return;
            }
        }
        catch (Exception e) when (IsDiskFailure(e))
        {
            Log.NotReleased(_logger, file, e);
        }

        DeleteQuietly(file);
    }

    // One at a time, so that after a crash no segment is gone that is younger than one that is still there.
    private bool TryRelease(SealedSegment segment)
    {
        var name = segment.Name.ToString();
        try
        {
            if (segment.Name.Quarantined)
            {
                _disk.Rename(name, segment.Name.Kept);
            }
            else if (segment.Suspect || _spares.Count >= MostSpares)
            {
                _disk.Delete(name);
            }
            else
            {
                var spare = SegmentName.SpareFile(++_generation);
                _disk.Rename(name, spare);
                AdoptSpare(spare);
            }
        }
        catch (Exception e) when (IsDiskFailure(e))
        {
            Log.NotReleased(_logger, name, e);
            return false;
        }

        try
        {
            _disk.SyncDirectory();
        }
        catch (Exception e) when (IsDiskFailure(e))
        {
            // It may be there again after a crash, to be replayed once more, which changes nothing.
            Log.NotReleased(_logger, name, e);
        }

        return true;
    }

    private void DeleteQuietly(string name)
    {
        try
        {
            _disk.Delete(name);
        }
        catch (Exception e) when (IsDiskFailure(e))
        {
            Log.NotReleased(_logger, name, e);
        }
    }

    private sealed class Active(SegmentName name, IJournalFile file)
    {
        public SegmentName Name => name;

        public IJournalFile File => file;

        public uint Seed { get; } = JournalFrame.Seed(name.Generation);

        public long Position { get; set; } = SegmentHeader.Block;

        public long Last { get; set; } = name.First - 1;
    }

    private sealed class Unfinished(string name, IJournalFile file)
    {
        public string Name => name;

        public IJournalFile File => file;

        public long Filled { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(4202, LogLevel.Error, "The journal's segment {Segment} cannot be written and is given up; its unconfirmed records go to the next")]
        public static partial void SegmentFailed(ILogger logger, string segment, Exception exception);

        [LoggerMessage(4203, LogLevel.Error, "The journal cannot begin segment {Segment}")]
        public static partial void NotActivated(ILogger logger, string segment, Exception exception);

        [LoggerMessage(4204, LogLevel.Error, "The journal cannot allocate its reserve")]
        public static partial void NotAllocated(ILogger logger, Exception exception);

        [LoggerMessage(4205, LogLevel.Warning, "The journal's file {File} cannot be given back")]
        public static partial void NotReleased(ILogger logger, string file, Exception? exception);
    }
}
