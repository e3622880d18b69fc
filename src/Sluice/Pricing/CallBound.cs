using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers;

namespace Sluice.Pricing;

/// <summary>The most that a call can use and cost, known before it is sent: what a budget reserves. Never negative; saturates.</summary>
/// <param name="InputTokens">No vendor counts more for this body.</param>
/// <param name="OutputTokens">Of all answers together.</param>
/// <param name="NanoUsd">Null when something that the call may use has no price.</param>
/// <param name="OutputBounded">
/// False when neither the request nor the catalogue bounds the output: <paramref name="OutputTokens"/> is then a guess, and a
/// budget can only hold when the bound is put into the request (<see cref="MaxTokensEdit"/>).
/// </param>
internal readonly record struct CallBound(long InputTokens, long OutputTokens, long? NanoUsd, bool OutputBounded)
{
    /// <summary>What vendors add around a prompt on their own side.</summary>
    public const long CallOverhead = 64;

    /// <summary>What vendors add to tell the model of its tools; Anthropic's longest is 804.</summary>
    public const long ToolOverhead = 2_048;

    /// <summary>The most that a vendor counts for one image: gpt-4o-mini at high detail has 48,169.</summary>
    public const long ImageTokens = 50_000;

    /// <summary>What is assumed of each file, stored conversation or server tool where the model's context window is not known.</summary>
    public const long OutsideTokens = 200_000;

    /// <summary>What is assumed of an answer that nothing bounds.</summary>
    public const long UnboundedOutput = 131_072;

    /// <summary>What is assumed of a vendor's own searches for one call.</summary>
    public const long MostSearches = 32;

    /// <summary>Refuses what no vendor would serve; null when the request can be bounded.</summary>
    /// <remarks>
    /// Refused: more than <see cref="PricingErrors.MostChoices"/> answers. Bounded without refusal: a bound of the output that
    /// is negative, zero or absent is taken as none (some servers mean "no limit" by -1), one that overflows as the largest
    /// number, a number of answers below 1 as 1; the vendor judges them.
    /// </remarks>
    public static GatewayError? Refuse(in RequestPeek peek) =>
        peek.Choices > PricingErrors.MostChoices ? PricingErrors.TooManyChoices(peek.Choices) : null;

    /// <summary>Bounds a call.</summary>
    /// <param name="peek">What the request asks for.</param>
    /// <param name="body">The body that was peeked at.</param>
    /// <param name="operation">What is asked.</param>
    /// <param name="model">What the catalogue knows of the model; null when it does not.</param>
    /// <param name="price">What it costs.</param>
    public static CallBound Of(in RequestPeek peek, ReadOnlySpan<byte> body, Operation operation, ModelInfo? model, PriceList price)
    {
        if (!operation.Metered)
        {
            return new CallBound(0, 0, 0, true);
        }

        var content = RequestContent.Read(body, operation);
        var context = model?.ContextTokens ?? price.ContextTokens;
        var input = InputOf(body.Length, in content, context);
        var (output, bounded) = OutputOf(in peek, body, operation, in content, context, model?.MaxOutputTokens ?? price.MaxOutputTokens);
        return new CallBound(input, output, Cost(price, operation, in content, input, output), bounded);
    }

    /// <summary>True when a call used more than its bound: the upstream's count, or the bound, is wrong.</summary>
    public bool IsExceededBy(in TokenUsage used) => used.TotalInput > InputTokens || used.TotalOutput > OutputTokens;

    /// <summary>
    /// A token of any vocabulary in use stands for a byte at least, and the JSON around a message is longer than what a
    /// vendor adds to one, so the body's bytes bound the text.
    /// </summary>
    private static long InputOf(int bytes, in RequestContent content, long? context)
    {
        var tokens = bytes - content.ImageBytes + (content.Images * ImageTokens) + CallOverhead + (content.HasTools ? ToolOverhead : 0);
        if (context is { } window)
        {
            // The vendor refuses what is over its window.
            return content.OutsideReferences > 0 ? window : Math.Min(tokens, window);
        }

        return tokens + (content.OutsideReferences * OutsideTokens);
    }

    private static (long Tokens, bool Bounded) OutputOf(
        in RequestPeek peek, ReadOnlySpan<byte> body, Operation operation, in RequestContent content, long? context, long? most)
    {
        if (!operation.AnswersInTokens)
        {
            return (0, true);
        }

        // Zero and less are no bounds: some servers take them for "as much as you like".
        var asked = Math.Max(peek.MaxTokensValue, peek.OtherMaxTokensValue) is var said and > 0 ? said : (long?)null;
        var each = Math.Min(asked ?? long.MaxValue, most ?? long.MaxValue);
        var bounded = asked is not null || most is not null;
        if (!bounded)
        {
            each = context ?? UnboundedOutput;
        }

        long answers = peek.Choices;
        if (operation == Operation.Completions)
        {
            answers = CompletionsAnswers.Most(body, answers);
        }

        var tokens = (Int128)each * answers + (content.HasPrediction ? body.Length : 0);
        return (tokens > long.MaxValue ? long.MaxValue : (long)tokens, bounded);
    }

    private static long? Cost(PriceList price, Operation operation, in RequestContent content, long input, long output)
    {
        var rates = price.DearestRates(input, mayBePriority: !content.PinsTier, content.MayBeFast);
        var marksCache = content.MarksCache || operation.Dialect != Dialect.AnthropicMessages;
        var isOpen = content.OutsideReferences > 0;
        var inputRate = Dearest(
            rates.Dearest(PriceBucket.Input, PriceBucket.CacheRead),
            marksCache ? rates[PriceBucket.CacheWrite5m] : null,
            marksCache && content.MarksCacheHour ? rates[PriceBucket.CacheWrite1h] : null,
            content.HasAudio || isOpen ? rates[PriceBucket.AudioInput] : null,
            content.Images > 0 || isOpen ? rates[PriceBucket.ImageInput] : null);
        var outputRate = rates.Dearest(PriceBucket.Output, PriceBucket.Reasoning, PriceBucket.AudioOutput, PriceBucket.ImageOutput);
        if (inputRate is null || (outputRate is null && output > 0))
        {
            return null;
        }

        var searches = content.HasServerTools ? MostSearches : 0;
        var sum = ((Int128)input * inputRate.Value) + ((Int128)output * outputRate.GetValueOrDefault())
            + ((Int128)searches * rates[PriceBucket.WebSearch].GetValueOrDefault()) + rates[PriceBucket.Request].GetValueOrDefault();

        // Rounded up: a bound must not be below what it bounds.
        var nano = (sum + 999_999) / 1_000_000;
        return nano > long.MaxValue ? long.MaxValue : (long)nano;
    }

    private static long? Dearest(params ReadOnlySpan<long?> rates)
    {
        long? dearest = null;
        foreach (var rate in rates)
        {
            dearest = rate is not null && !(rate <= dearest) ? rate : dearest;
        }

        return dearest;
    }
}
