using Sluice.Simulator.Answers;
using Sluice.Simulator.Faults;
using Sluice.Simulator.OpenAI;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator;

/// <summary>What one simulator remembers between calls, all of it bounded.</summary>
internal sealed class Simulation(SimulatorOptions options)
{
    public SimulatorOptions Options { get; } = options;

    public SeededIdSource RequestIds { get; } = new(options.Seed);

    public Signatures Signatures { get; } = new(options.Seed);

    public PromptCache PromptCache { get; } = new(options.CachedPrefixes, options.Time);

    public FirstCallCounter FirstCalls { get; } = new();

    public ResponseStore Responses { get; } = new(options.StoredResponses);
}
