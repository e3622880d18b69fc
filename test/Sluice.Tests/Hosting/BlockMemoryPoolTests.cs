using System.Buffers;
using Sluice.Hosting;

namespace Sluice.Tests.Hosting;

public sealed class BlockMemoryPoolTests
{
    [Theory]
    [InlineData(-1, BlockMemoryPool.SmallBytes)]
    [InlineData(1, BlockMemoryPool.SmallBytes)]
    [InlineData(BlockMemoryPool.SmallBytes, BlockMemoryPool.SmallBytes)]
    [InlineData(BlockMemoryPool.SmallBytes + 1, BlockMemoryPool.LargeBytes)]
    [InlineData(BlockMemoryPool.LargeBytes, BlockMemoryPool.LargeBytes)]
    public void Rent_AnySizeUpToABlock_GivesTheSmallerBlockThatHoldsIt(int size, int expected)
    {
        using var factory = new BlockMemoryPool.Factory();
        using var block = factory.Create().Rent(size);

        block.Memory.Length.ShouldBe(expected);
    }

    [Fact]
    public void Rent_MoreThanABlock_IsRefused()
    {
        using var pool = new BlockMemoryPool();

        Should.Throw<ArgumentOutOfRangeException>(() => pool.Rent(BlockMemoryPool.LargeBytes + 1));
        pool.MaxBufferSize.ShouldBe(BlockMemoryPool.LargeBytes);
    }

    [Fact]
    public void Rent_AfterABlockThatWasFilled_GivesALargeOne_OnceForEach()
    {
        using var pool = new BlockMemoryPool();

        Return(pool.Rent(), filled: true);
        var second = pool.Rent();
        second.Memory.Length.ShouldBe(BlockMemoryPool.LargeBytes);
        Return(second, filled: true);
        var third = pool.Rent();
        third.Memory.Length.ShouldBe(BlockMemoryPool.LargeBytes);
        Return(third, filled: false);

        pool.Rent().Memory.Length.ShouldBe(BlockMemoryPool.SmallBytes);
    }

    [Fact]
    public void Rent_ABlockThatWasFilledBefore_CountsAsUnusedAgain()
    {
        using var pool = new BlockMemoryPool();
        var first = pool.Rent();
        Return(first, filled: true);
        pool.Rent().Dispose();

        var again = pool.Rent();
        again.ShouldBeSameAs(first);
        Return(again, filled: false);

        pool.Rent().Memory.Length.ShouldBe(BlockMemoryPool.SmallBytes);
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
                block.Memory.Span[^1] = (byte)(i % 3);
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

    private static void Return(IMemoryOwner<byte> block, bool filled)
    {
        block.Memory.Span[^1] = filled ? (byte)'}' : (byte)0;
        block.Dispose();
    }
}
