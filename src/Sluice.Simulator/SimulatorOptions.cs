namespace Sluice.Simulator;

/// <summary>How the simulator behaves where a request does not say.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Decides every text, id, vector and signature together with the request. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Wait before the first byte of an answer's body. Default none; <c>slow-first-token</c> overrides it.</summary>
    public TimeSpan FirstTokenDelay { get; init; }

    /// <summary>Wait between two pieces of a streamed answer. Default none; <c>slow-tokens</c> overrides it.</summary>
    public TimeSpan TokenDelay { get; init; }

    /// <summary>How many stored responses (<c>/v1/responses/{id}</c>) are kept; the oldest go first. Default 1,000.</summary>
    public int StoredResponses { get; init; } = 1_000;

    /// <summary>How many prompt prefixes the prompt cache remembers; the least recently used go first. Default 4,096.</summary>
    public int CachedPrefixes { get; init; } = 4_096;

    /// <summary>The clock of <c>created</c> times, cache lives and delays. Default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
