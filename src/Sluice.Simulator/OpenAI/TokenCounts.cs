using Sluice.Simulator.Faults;

namespace Sluice.Simulator.OpenAI;

/// <summary>A call's counts as OpenAI reports them: cached tokens are a part of the input, reasoning a part of the output.</summary>
internal readonly record struct TokenCounts(int Input, int Cached, int Output, int Reasoning)
{
    /// <summary>The counts as a fault wants them reported; null for none at all.</summary>
    public TokenCounts? Reported(UsageFault fault) => fault switch
    {
        UsageFault.Missing => null,
        UsageFault.Wrong => new TokenCounts(Input * 10, Cached * 10, Output * 10, Reasoning * 10),
        _ => this,
    };
}
