using System.Numerics;

namespace Sluice.Chaos.Simulation;

/// <summary>
/// A file that knows which of its sectors are durable. What was not synced is, after a power cut, each sector for itself:
/// old, new, or new with flipped bits.
/// </summary>
internal sealed class SimulatedFile
{
    public const int Sector = 512;

    private readonly byte[] _durable;
    private readonly ulong[] _dirty;

    public SimulatedFile(int size)
    {
        Data = new byte[size];
        _durable = new byte[size];
        _dirty = new ulong[((size / Sector) + 63) / 64];
    }

    /// <summary>What a reader sees.</summary>
    public byte[] Data { get; private set; }

    /// <summary>A file whose size was never synced may be empty after a power cut.</summary>
    public bool SizeIsDurable { get; private set; }

    /// <summary>A sync has failed: nothing written since the last good one will ever be durable.</summary>
    public bool HasFailed { get; private set; }

    public void Write(ReadOnlySpan<byte> data, int offset)
    {
        data.CopyTo(Data.AsSpan(offset));
        for (var sector = offset / Sector; sector <= (offset + data.Length - 1) / Sector; sector++)
        {
            _dirty[sector / 64] |= 1UL << (sector % 64);
        }
    }

    public void Sync()
    {
        SizeIsDurable = true;
        ForEachDirty(at => Data.AsSpan(at, Sector).CopyTo(_durable.AsSpan(at)));
        Array.Clear(_dirty);
    }

    public void Fail() => HasFailed = true;

    /// <summary>Leaves what the machine finds when it starts again.</summary>
    public void LosePower(Random random)
    {
        if (!SizeIsDurable && random.Next(2) == 0)
        {
            Data = [];
            Array.Clear(_dirty);
            return;
        }

        // Some cuts keep nearly everything, some nearly nothing.
        var kept = random.Next(0, 101);
        ForEachDirty(at =>
        {
            if (HasFailed || random.Next(100) >= kept)
            {
                return;
            }

            Data.AsSpan(at, Sector).CopyTo(_durable.AsSpan(at));
            if (random.Next(8) == 0)
            {
                _durable[at + random.Next(Sector)] ^= (byte)(1 << random.Next(8));
            }
        });
        ForEachDirty(at => _durable.AsSpan(at, Sector).CopyTo(Data.AsSpan(at)));
        Array.Clear(_dirty);
        SizeIsDurable = true;
        HasFailed = false;
    }

    /// <summary>Damages what is durable, as an ageing disk does.</summary>
    public void Corrupt(int offset)
    {
        Data[offset] ^= 0x10;
        _durable[offset] ^= 0x10;
    }

    private void ForEachDirty(Action<int> visit)
    {
        for (var word = 0; word < _dirty.Length; word++)
        {
            for (var bits = _dirty[word]; bits != 0; bits &= bits - 1)
            {
                visit(((word * 64) + BitOperations.TrailingZeroCount(bits)) * Sector);
            }
        }
    }
}
