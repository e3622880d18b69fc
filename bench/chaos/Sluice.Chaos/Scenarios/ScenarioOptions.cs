namespace Sluice.Chaos.Scenarios;

/// <summary>What the scenarios have in common.</summary>
internal sealed record ScenarioOptions
{
    /// <summary>The same seed gives the same calls and the same moments; what the machine makes of them differs.</summary>
    public int Seed { get; init; } = Environment.TickCount;

    /// <summary>Clients at the same time.</summary>
    public int Clients { get; init; } = 200;

    /// <summary>Settings under <c>server</c>, each as NAME=VALUE.</summary>
    public IReadOnlyList<string> Server { get; init; } = [];

    /// <summary>Told of progress; null in tests.</summary>
    public TextWriter? Progress { get; init; }
}
