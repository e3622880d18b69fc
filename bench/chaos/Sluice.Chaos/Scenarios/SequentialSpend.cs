using Sluice.Chaos.Gateway;
using Sluice.Chaos.Load;
using Sluice.Pricing;

namespace Sluice.Chaos.Scenarios;

/// <summary>Equal calls one after the other on a budget of their own: as many must be served as fit, and not one more or less.</summary>
/// <param name="calls">About how many shall fit.</param>
internal sealed class SequentialSpend(int calls)
{
    private const int InputTokens = 50;
    private const int OutputTokens = 60;
    private const int MaxTokens = 100;

    /// <summary>
    /// The most that a call of the harness can cost: a token for each byte of its body, what vendors add around a prompt, and
    /// all of its <c>max_tokens</c>.
    /// </summary>
    public static long Bound => GatewaySetup.Cost(Plan(0).ToBody().Length + (int)CallBound.CallOverhead, MaxTokens);

    private static long Cost => GatewaySetup.Cost(InputTokens, OutputTokens);

    public ScenarioKey Key { get; } = new("sequential", Bound + ((calls - 1) * Cost) + (Cost / 2));

    /// <summary>A call fits while what is spent and its bound stay within the budget.</summary>
    public int Fitting => (int)((Key.BudgetNanoUsd!.Value - Bound) / Cost) + 1;

    public int Served { get; private set; }

    public async Task RunAsync(RunLog log, Uri address)
    {
        using var client = new ChaosClient(address);
        while (Served < 2 * Fitting && await client.CallAsync(log.Add(Plan(log.NextNumber()), Key.Name), Key.Text) == CallOutcome.Ended)
        {
            Served++;
        }
    }

    private static CallPlan Plan(long number) => new(number, InputTokens, OutputTokens, MaxTokens, 0, 0, false);
}
