namespace Sluice.Protocol.Canonical;

/// <summary>
/// Usage as OpenAI counts it in both dialects: <see cref="Input"/> includes what was read from and written to the cache and
/// every kind of token, <see cref="Output"/> includes reasoning and every kind. A count of -1 is one that was not said.
/// </summary>
internal readonly ref struct InclusiveUsage
{
    public long Input { get; init; }
    public long Output { get; init; }
    public long Cached { get; init; }
    public long Written { get; init; }
    public long Reasoning { get; init; }
    public long AudioInput { get; init; }
    public long ImageInput { get; init; }
    public long AudioOutput { get; init; }
    public long ImageOutput { get; init; }

    /// <summary>True when a count made no sense.</summary>
    public bool Suspect { get; init; }

    /// <summary>Buckets that do not overlap: no part is larger than its whole.</summary>
    public TokenUsage ToBuckets()
    {
        var input = Math.Max(Input, 0);
        var output = Math.Max(Output, 0);
        var cached = Math.Clamp(Cached, 0, input);
        var written = Math.Clamp(Written, 0, input - cached);
        var plain = input - cached - written;
        var audioInput = Math.Clamp(AudioInput, 0, plain);
        var imageInput = Math.Clamp(ImageInput, 0, plain - audioInput);
        var audioOutput = Math.Clamp(AudioOutput, 0, output);
        var imageOutput = Math.Clamp(ImageOutput, 0, output - audioOutput);
        var text = output - audioOutput - imageOutput;
        return new TokenUsage(plain - audioInput - imageInput, cached, written, 0, text, Math.Clamp(Reasoning, 0, text))
        {
            AudioInput = audioInput,
            ImageInput = imageInput,
            AudioOutput = audioOutput,
            ImageOutput = imageOutput,
            Suspect = Suspect || Cached > input || Written > input,
        };
    }
}
