namespace Sluice.Protocol.Canonical;

/// <summary>How the next token is chosen. Null leaves it to the vendor.</summary>
public sealed record Sampling
{
    /// <summary>0 to 2; Anthropic takes up to 1.</summary>
    public double? Temperature { get; init; }

    /// <summary>0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>Only the likeliest so many tokens.</summary>
    public long? TopK { get; init; }

    /// <summary>-2 to 2.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>-2 to 2.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>An object of token ids and biases; empty when there is none.</summary>
    public RawJson LogitBias { get; init; }

    /// <summary>Asks for the same answer to the same request.</summary>
    public long? Seed { get; init; }

    /// <summary>How many answers; null for one.</summary>
    public int? Choices { get; init; }

    /// <summary>True when the answer is to carry the probabilities of its tokens.</summary>
    public bool? Logprobs { get; init; }

    /// <summary>How many of the likeliest tokens to report at each place; null for none.</summary>
    public int? TopLogprobs { get; init; }
}
