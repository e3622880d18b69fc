using System.Globalization;
using Sluice.Chaos.Load;
using Sluice.TestKit.Gateway;

namespace Sluice.Chaos.Gateway;

/// <summary>A key of a scenario.</summary>
/// <param name="Name">Its name in ledger records.</param>
/// <param name="BudgetNanoUsd">What may be spent with it, ever; null for no budget.</param>
internal sealed record ScenarioKey(string Name, long? BudgetNanoUsd = null)
{
    /// <summary>What clients send.</summary>
    public string Text => $"sk-chaos-{Name}-0123456789abcdef";
}

/// <summary>The configuration that scenarios run with, and its prices.</summary>
internal static class GatewaySetup
{
    /// <summary>1 USD per million input tokens.</summary>
    public const long NanoUsdPerInputToken = 1_000;

    /// <summary>10 USD per million output tokens.</summary>
    public const long NanoUsdPerOutputToken = 10_000;

    private const decimal NanoUsdPerUsd = 1_000_000_000m;

    /// <summary>What a call of that many tokens costs, in nano-USD.</summary>
    public static long Cost(long inputTokens, long outputTokens)
        => (inputTokens * NanoUsdPerInputToken) + (outputTokens * NanoUsdPerOutputToken);

    /// <summary>The text of <c>sluice.yaml</c>.</summary>
    /// <param name="oracle">The oracle's <c>base_url</c>.</param>
    /// <param name="keys">The clients' keys.</param>
    /// <param name="server">Settings under <c>server</c>, each as NAME=VALUE.</param>
    public static string Config(string oracle, IEnumerable<ScenarioKey> keys, IEnumerable<string> server)
    {
        var config = new SluiceConfigBuilder()
            .Provider("oracle", "openai", oracle)
            .Model(CallPlan.Model, SluiceConfigBuilder.Target("oracle", CallPlan.Model, price: "input: 1, output: 10"));
        foreach (var key in keys)
        {
            config.Key(key.Name, key.Text, budget: Budget(key));
        }

        foreach (var setting in server)
        {
            var parts = setting.Split('=', 2);
            config.Server(parts[0], parts[1]);
        }

        return config.ToYaml();
    }

    private static string Budget(ScenarioKey key) => key.BudgetNanoUsd is { } nano
        ? string.Create(CultureInfo.InvariantCulture, $"usd: {nano / NanoUsdPerUsd}, per: total")
        : "";
}
