using Sluice.Routing;

namespace Sluice.Tests.Routing;

public sealed class WeightedTurnTests
{
    private const int Turns = 10_000;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2, 3)]
    [InlineData(90, 9, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1_000_000, 3_000_000)]
    [InlineData(7, 11, 13, 17, 19, 23)]
    public void Pick_ManyTurns_SharesByWeightWithinOnePercent(params int[] weights)
    {
        var counts = new int[weights.Length];
        for (uint turn = 1; turn <= Turns; turn++)
        {
            counts[Pick(weights, turn)]++;
        }

        var total = weights.Sum(weight => (double)weight);
        for (var i = 0; i < weights.Length; i++)
        {
            (counts[i] / (double)Turns).ShouldBe(weights[i] / total, 0.01);
        }
    }

    [Fact]
    public void Pick_AFewTurns_SharesAlready()
    {
        var counts = new int[2];
        for (uint turn = 1; turn <= 20; turn++)
        {
            counts[Pick([1, 1], turn)]++;
        }

        counts[0].ShouldBeInRange(8, 12);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(-5, -1, 0)]
    public void Pick_NoWeightAtAll_TakesTurns(params int[] weights)
    {
        var counts = new int[weights.Length];
        for (uint turn = 0; turn < 9; turn++)
        {
            counts[Pick(weights, turn)]++;
        }

        counts.ShouldBe([3, 3, 3]);
    }

    [Fact]
    public void Pick_AnyTurnAndHugeWeights_IsInRange()
    {
        foreach (var turn in (uint[])[0, 1, uint.MaxValue - 1, uint.MaxValue, 1u << 31])
        {
            Pick([int.MaxValue, int.MaxValue, int.MaxValue], turn).ShouldBeInRange(0, 2);
        }
    }

    private static int Pick(int[] weights, uint turn) => WeightedTurn.Pick<int>(weights, static weight => weight, turn);
}
