using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Hosting;

/// <summary>
/// Blocks for the server's pipes in two sizes. Every connection holds one while it waits for bytes, so the first is small;
/// after one that came back full the next is large, so that a prompt of 32 KB takes three reads instead of nine.
/// bench/README.md has what that brought.
/// </summary>
internal sealed class BlockMemoryPool : MemoryPool<byte>
{
    internal const int SmallBytes = 4 * 1024;
    internal const int LargeBytes = 16 * 1024;

    /// <summary>Blocks of each size that are kept for reuse; more are given to the garbage collector.</summary>
    private const int MaxSmallKept = 4096;
    private const int MaxLargeKept = 1024;

    // A pipe gives a block back and rents the next one on the same thread: the thread that waits for sockets.
    [ThreadStatic]
    private static bool LastWasFull;

    private readonly Shelf _small = new(SmallBytes, MaxSmallKept);
    private readonly Shelf _large = new(LargeBytes, MaxLargeKept);

    public override int MaxBufferSize => LargeBytes;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, LargeBytes);
        var large = LastWasFull || minBufferSize > SmallBytes;
        LastWasFull = false;
        return (large ? _large : _small).Take();
    }

    protected override void Dispose(bool disposing)
    {
        _small.Clear();
        _large.Clear();
    }

    /// <summary>The free blocks of one size.</summary>
    private sealed class Shelf(int blockBytes, int maxKept)
    {
        private readonly ConcurrentQueue<Block> _free = new();
        private int _kept;

        public Block Take()
        {
            if (!_free.TryDequeue(out var block))
            {
                return new Block(this, blockBytes);
            }

            Interlocked.Decrement(ref _kept);
            block.MarkUnused();
            return block;
        }

        public void PutBack(Block block)
        {
            if (Volatile.Read(ref _kept) < maxKept)
            {
                Interlocked.Increment(ref _kept);
                _free.Enqueue(block);
            }
        }

        public void Clear() => _free.Clear();
    }

    private sealed class Block : IMemoryOwner<byte>
    {
        private readonly Shelf _shelf;

        // Pinned: sockets read into it and write from it.
        private readonly byte[] _bytes;

        public Block(Shelf shelf, int size)
        {
            _shelf = shelf;
            _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
            MarkUnused();
        }

        public Memory<byte> Memory => _bytes;

        /// <summary>Nobody tells a pool how much of a block was used, so its last byte does: HTTP and JSON hold no zero bytes.</summary>
        public void MarkUnused() => _bytes[^1] = 0;

        public void Dispose()
        {
            LastWasFull = _bytes[^1] != 0;
            _shelf.PutBack(this);
        }
    }

    /// <summary>Gives the server one shared pool.</summary>
    internal sealed class Factory : IMemoryPoolFactory<byte>, IDisposable
    {
        private readonly BlockMemoryPool _pool = new();

        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => _pool;

        public void Dispose() => _pool.Dispose();
    }
}
