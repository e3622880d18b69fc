using System.Buffers;
using Sluice.Hosting;

namespace Sluice.Tests.Hosting;

public sealed class BlockMemoryPoolTests
{
    private const int BlockBytes = 16 * 1024;

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(BlockBytes)]
    public void Rent_AnySizeUpToABlock_GivesAWholeBlock(int size)
    {
        using var factory = new BlockMemoryPool.Factory();
        using var block = factory.Create().Rent(size);

        block.Memory.Length.ShouldBe(BlockBytes);
    }

    [Fact]
    public void Rent_MoreThanABlock_IsRefused()
    {
        using var pool = new BlockMemoryPool();

        Should.Throw<ArgumentOutOfRangeException>(() => pool.Rent(BlockBytes + 1));
        pool.MaxBufferSize.ShouldBe(BlockBytes);
    }

    [Fact]
    public void Rent_AfterAReturn_GivesTheSameBlock_ButNeverOneThatIsInUse()
    {
        using var pool = new BlockMemoryPool();
        var first = pool.Rent();
        var second = pool.Rent();
        second.ShouldNotBeSameAs(first);

        first.Dispose();

        pool.Rent().ShouldBeSameAs(first);
        pool.Rent().ShouldNotBeSameAs(second);
    }

    [Fact]
    public async Task RentAndReturn_FromManyTasks_NeverSharesABlock()
    {
        using var pool = new BlockMemoryPool();
        var shared = 0;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                using IMemoryOwner<byte> block = pool.Rent();
                block.Memory.Span[0] = (byte)worker;
                Thread.Yield();
                if (block.Memory.Span[0] != worker)
                {
                    Interlocked.Increment(ref shared);
                }
            }
        })));

        shared.ShouldBe(0);
    }

    [Fact]
    public void Create_Twice_GivesTheOnePool()
    {
        using var factory = new BlockMemoryPool.Factory();

        factory.Create().ShouldBeSameAs(factory.Create());
    }
}
