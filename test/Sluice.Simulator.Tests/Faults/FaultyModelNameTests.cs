using Sluice.Simulator.Faults;

namespace Sluice.Simulator.Tests.Faults;

public sealed class FaultyModelNameTests
{
    [Theory]
    [InlineData("gpt-4.1", "gpt-4.1")]
    [InlineData("gemini-2.5-flash", "gemini-2.5-flash")]
    [InlineData("vendor/model.v2", "vendor/model.v2")]
    [InlineData("sim-small", "sim-small")]
    [InlineData("gpt-4.1.stall", "gpt-4.1")]
    [InlineData("sim-429", "sim-small")]
    [InlineData("sim-large.slow-tokens=50.cut", "sim-large")]
    [InlineData("x.cut.unheard-of", "x.cut.unheard-of")]
    [InlineData("x.stall=3", "x.stall=3")]
    [InlineData("x.slow-tokens=fast", "x.slow-tokens=fast")]
    [InlineData(".cut", ".cut")]
    [InlineData("", "")]
    public void Parse_Name_LeavesTheModel(string asked, string model) => FaultyModelName.Parse(asked).Model.ShouldBe(model);

    [Fact]
    public void Parse_SeveralFaults_HasThemAll()
    {
        var faults = FaultyModelName.Parse("x.slow-first-token=5.slow-tokens=50.no-usage.error-mid.tokens=9").Faults;

        faults.FirstTokenDelay.ShouldBe(TimeSpan.FromMilliseconds(5));
        faults.TokenDelay.ShouldBe(TimeSpan.FromMilliseconds(50));
        faults.Usage.ShouldBe(UsageFault.Missing);
        faults.Delivery.ShouldBe(DeliveryFault.ErrorMid);
        faults.TextTokens.ShouldBe(9);
    }

    [Fact]
    public void ParseHeader_SeveralFaults_IgnoresWhatIsNone() =>
        FaultyModelName.ParseHeader("429-after=3, nonsense ,wrong-usage").ShouldBe(new FaultPlan
        {
            Failure = FailureFault.RateLimited,
            RetryAfter = TimeSpan.FromSeconds(3),
            Usage = UsageFault.Wrong,
        });
}
