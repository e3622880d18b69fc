using Sluice.Pricing;
using Sluice.Protocol.OpenAIRealtime;
using Sluice.Providers;

namespace Sluice.Realtime;

/// <summary>
/// The most that the next response of a session can use: a response reads the whole conversation, and that is what both
/// sides have said so far. Only grows; the model's context window is above it.
/// </summary>
internal sealed class ConversationBound
{
    /// <summary>What a vendor adds of its own: default instructions, special tokens, tools.</summary>
    private const long Overhead = CallBound.CallOverhead + CallBound.ToolOverhead;

    /// <summary>
    /// Characters of base64 that stand for a token of audio at least: 100 ms of a caller's audio are a token
    /// (https://developers.openai.com/api/docs/guides/realtime-costs), which is 800 bytes of G.711, the narrowest format.
    /// </summary>
    private const int AudioCharacters = 1_000;

    /// <summary>What is assumed of a response's length where the catalogue does not know the model: the largest that OpenAI states.</summary>
    private const long UnknownOutput = 32_000;

    private long _tokens = Overhead;

    /// <summary>Tokens that the next response reads at most, without regard to the model.</summary>
    public long Tokens => _tokens;

    /// <summary>What of them both sides have said.</summary>
    public long Said => _tokens - Overhead;

    /// <summary>Takes an event of the client in.</summary>
    public void Add(in RealtimeEvent read, ReadOnlySpan<byte> message)
    {
        if (read.Kind == RealtimeEventKind.AudioAppend)
        {
            _tokens += (message.Length / AudioCharacters) + 1;
            return;
        }

        // No vocabulary has a token of less than a byte. What stands elsewhere, an image or a vendor's own tools, is assumed.
        _tokens += message.Length;
        _tokens += message.Count("input_image"u8) * CallBound.ImageTokens;
        if (message.IndexOf("\"mcp\""u8) >= 0 || message.IndexOf("\"prompt\""u8) >= 0)
        {
            _tokens += CallBound.OutsideTokens;
        }
    }

    /// <summary>Takes in what a response has said.</summary>
    public void AddOutput(long tokens) => _tokens += Math.Max(0, tokens);

    /// <summary>The most that the next response costs, in nano-USD; null where a kind of token that it must use has no price.</summary>
    /// <param name="model">What the catalogue knows of the model; null when it does not.</param>
    /// <param name="price">What it costs.</param>
    /// <param name="headroom">Tokens of the conversation to come that are to be covered as well.</param>
    public long? Cost(ModelInfo? model, PriceList price, long headroom)
    {
        var input = Math.Min(_tokens + headroom, model?.ContextTokens ?? price.ContextTokens ?? long.MaxValue);
        var output = model?.MaxOutputTokens ?? price.MaxOutputTokens ?? UnknownOutput;
        var rates = price.DearestRates(input, mayBePriority: false, mayBeFast: false);
        var inputRate = rates.Dearest(PriceBucket.Input, PriceBucket.CacheRead, PriceBucket.AudioInput, PriceBucket.ImageInput);
        var outputRate = rates.Dearest(PriceBucket.Output, PriceBucket.Reasoning, PriceBucket.AudioOutput);
        if (inputRate is null || outputRate is null)
        {
            return null;
        }

        // Rounded up: a bound must not be below what it bounds.
        var sum = ((Int128)input * inputRate.Value) + ((Int128)output * outputRate.Value) + rates[PriceBucket.Request].GetValueOrDefault();
        var nano = (sum + 999_999) / 1_000_000;
        return nano > long.MaxValue ? long.MaxValue : (long)nano;
    }
}
