using Sluice.Journal;

namespace Sluice.Chaos.Simulation;

/// <summary>
/// A folder in memory that forgets what was not synced. Names that were created, changed or removed without a sync of the
/// folder are, after a power cut, each for itself old or new. Counts its operations, so that one of them can go wrong.
/// </summary>
internal sealed class SimulatedDisk(Random random) : IJournalDisk
{
    private readonly List<Action<Dictionary<string, SimulatedFile>>> _changes = [];
    private Dictionary<string, SimulatedFile> _names = [];
    private Dictionary<string, SimulatedFile> _durable = [];
    private long _faultAt = long.MaxValue;
    private DiskFault _fault;

    /// <summary>Operations so far.</summary>
    public long Operations { get; private set; }

    /// <summary>Whether the planned fault has happened.</summary>
    public bool FaultFired => Operations >= _faultAt;

    /// <summary>The control: syncs that do nothing.</summary>
    public bool IgnoresSync { get; init; }

    /// <summary>Bytes that may be allocated.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Writes or syncs of a file after a sync of it has failed, or of one that had an error before.</summary>
    public int TouchesAfterFailure { get; private set; }

    public IReadOnlyDictionary<string, SimulatedFile> Files => _names;

    /// <summary>Plans what goes wrong, a number of operations from now on.</summary>
    public void Plan(DiskFault fault, long operations)
    {
        _fault = fault;
        _faultAt = Operations + operations;
    }

    /// <summary>Leaves what the machine finds when it starts again.</summary>
    public void LosePower()
    {
        _faultAt = long.MaxValue;
        foreach (var change in _changes)
        {
            if (random.Next(2) == 0)
            {
                change(_durable);
            }
        }

        _changes.Clear();
        _names = new Dictionary<string, SimulatedFile>(_durable);
        foreach (var file in _names.Values)
        {
            file.LosePower(random);
        }
    }

    public IReadOnlyList<string> List()
    {
        Operate();
        return [.. _names.Keys];
    }

    public IJournalFile Create(string name, long size)
    {
        if (_names.Values.Sum(one => (long)one.Data.Length) + size > Capacity)
        {
            throw new IOException("ENOSPC");
        }

        var file = new SimulatedFile((int)size);
        Operate(() => Change(names => names.TryAdd(name, file)));
        return new Handle(this, file);
    }

    public IJournalFile Open(string name)
    {
        Operate();
        return new Handle(this, Find(name));
    }

    public void Rename(string from, string to)
    {
        var file = Find(from);
        Operate(() => Change(names =>
        {
            // Nothing to rename when the file's own creation was lost.
            if (names.Remove(from))
            {
                names[to] = file;
            }
        }));
    }

    public void Delete(string name) => Operate(() => Change(names => names.Remove(name)));

    public void SyncDirectory() => Operate(() =>
    {
        if (!IgnoresSync)
        {
            _changes.Clear();
            _durable = new Dictionary<string, SimulatedFile>(_names);
        }
    });

    public void Dispose()
    {
    }

    private SimulatedFile Find(string name) => _names.TryGetValue(name, out var file) ? file : throw new FileNotFoundException(name);

    private void Change(Action<Dictionary<string, SimulatedFile>> change)
    {
        change(_names);
        _changes.Add(change);
    }

    private void Operate(Action? effect = null, SimulatedFile? file = null)
    {
        Operations++;
        if (Operations < _faultAt || (Operations > _faultAt && _fault == DiskFault.ErrorOnce))
        {
            effect?.Invoke();
            return;
        }

        if (_fault == DiskFault.PowerCut)
        {
            if (Operations == _faultAt && random.Next(2) == 0)
            {
                effect?.Invoke();
            }

            throw new PowerCutException();
        }

        file?.Fail();
        throw new IOException("EIO");
    }

    private sealed class Handle(SimulatedDisk disk, SimulatedFile file) : IJournalFile
    {
        public long Length => file.Data.Length;

        public int Read(Span<byte> target, long offset)
        {
            disk.Operate();
            var count = Math.Min(target.Length, file.Data.Length - (int)offset);
            file.Data.AsSpan((int)offset, count).CopyTo(target);
            return count;
        }

        public void Write(ReadOnlySpan<byte> data, long offset)
        {
            CheckHealth();
            var copy = data.ToArray();
            disk.Operate(() => file.Write(copy, (int)offset), file);
        }

        public void Sync()
        {
            CheckHealth();
            disk.Operate(
                () =>
                {
                    if (!disk.IgnoresSync)
                    {
                        file.Sync();
                    }
                },
                file);
        }

        public void Dispose()
        {
        }

        private void CheckHealth() => disk.TouchesAfterFailure += file.HasFailed ? 1 : 0;
    }
}
