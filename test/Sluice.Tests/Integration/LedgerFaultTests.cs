using Sluice.Chaos.Scenarios;

namespace Sluice.Tests.Integration;

/// <summary>Short forms of bench/chaos: the ledger of a service that is killed or stopped under load says what the oracle saw.</summary>
public sealed class LedgerFaultTests
{
    [Theory]
    [InlineData("Kill", 5)]
    [InlineData("Terminate", 2)]
    public async Task Ledger_ServiceFallsUnderLoad_HasOneOutcomeForEachDispatch(string fault, int rounds)
    {
        // Other tests share the machine: how soon the service answers again is for bench/chaos/run.sh.
        var report = await new FaultLoop(new ScenarioOptions { Clients = 40 }, Enum.Parse<Fault>(fault), rounds) { ChecksRecoveryTime = false }.RunAsync();

        report.Violations.ShouldBeEmpty(report.ToString());
    }
}
