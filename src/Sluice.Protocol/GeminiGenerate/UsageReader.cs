using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// The <c>usageMetadata</c> object (@google/genai 2.32.0 <c>GenerateContentResponseUsageMetadata</c>).
/// <c>promptTokenCount</c> includes cached content; thoughts and tool prompts stand beside candidates and prompt. Audio and
/// images are told apart in lists of modalities; video is billed as text.
/// </summary>
internal static class UsageReader
{
    private static readonly CountTable Counts = new(
        "promptTokenCount",
        "candidatesTokenCount",
        "thoughtsTokenCount",
        "cachedContentTokenCount",
        "toolUsePromptTokenCount");

    /// <summary>False when the value holds no count that is known.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, out TokenUsage usage)
    {
        Span<long> counts = stackalloc long[CountTable.Room];
        var sane = Counts.Read(json, counts);
        var prompt = Math.Max(counts[0], 0);
        var thoughts = Math.Max(counts[2], 0);
        var cached = Math.Clamp(counts[3], 0, prompt);
        var input = prompt - cached + Math.Max(counts[4], 0);
        usage = new TokenUsage(input, cached, 0, 0, Math.Max(counts[1], 0) + thoughts, thoughts)
        {
            Tier = TierOf(json),
            Suspect = !sane || counts[3] > prompt,
        };

        // Nearly every chunk of a stream carries its usage, and few are about anything but text.
        if (json.IndexOf("\"AUDIO\""u8) >= 0 || json.IndexOf("\"IMAGE\""u8) >= 0)
        {
            SplitModalities(json, ref usage);
        }

        return counts[0] >= 0 || counts[1] >= 0;
    }

    private static ServiceTier TierOf(ReadOnlySpan<byte> json) =>
        ServiceTiers.Find(json, "\"serviceTier\""u8) is var tier and not ServiceTier.Standard ? tier : ServiceTiers.Find(json, "\"trafficType\""u8);

    private static void SplitModalities(ReadOnlySpan<byte> json, ref TokenUsage usage)
    {
        var input = new Modalities();
        var cached = new Modalities();
        var output = new Modalities();
        var members = new JsonMembers(json, stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("promptTokensDetails"u8) || members.Name.SequenceEqual("toolUsePromptTokensDetails"u8))
            {
                input.Add(members.Value);
            }
            else if (members.Name.SequenceEqual("cacheTokensDetails"u8))
            {
                cached.Add(members.Value);
            }
            else if (members.Name.SequenceEqual("candidatesTokensDetails"u8))
            {
                output.Add(members.Value);
            }
        }

        var text = usage.Output - usage.Reasoning;
        var audioInput = Math.Clamp(input.Audio - cached.Audio, 0, usage.Input);
        var imageInput = Math.Clamp(input.Image - cached.Image, 0, usage.Input - audioInput);
        var audioOutput = Math.Clamp(output.Audio, 0, text);
        var imageOutput = Math.Clamp(output.Image, 0, text - audioOutput);
        usage = usage with
        {
            Input = usage.Input - audioInput - imageInput,
            AudioInput = audioInput,
            ImageInput = imageInput,
            Output = usage.Output - audioOutput - imageOutput,
            AudioOutput = audioOutput,
            ImageOutput = imageOutput,
            Suspect = usage.Suspect || !input.Sane || !cached.Sane || !output.Sane,
        };
    }

    /// <summary>The sums of a list such as <c>[{"modality":"AUDIO","tokenCount":7}]</c>.</summary>
    private struct Modalities()
    {
        public long Audio;
        public long Image;
        public bool Sane = true;

        public void Add(ReadOnlySpan<byte> list)
        {
            if (list[0] != (byte)'[')
            {
                return;
            }

            var scanner = new JsonScanner(list, stackalloc ulong[JsonMembers.StackWords], JsonMembers.MaxDepth);
            var at = scanner.SkipWhiteSpace(1);
            while (at < list.Length && list[at] == (byte)'{')
            {
                var end = scanner.SkipValue(at, 1);
                if (end < 0)
                {
                    return;
                }

                AddElement(list[at..end]);
                at = scanner.SkipWhiteSpace(end);
                if (at >= list.Length || list[at] != (byte)',')
                {
                    return;
                }

                at = scanner.SkipWhiteSpace(at + 1);
            }
        }

        private void AddElement(ReadOnlySpan<byte> element)
        {
            long count = 0;
            var (isAudio, isImage) = (false, false);
            var members = new JsonMembers(element, stackalloc ulong[JsonMembers.StackWords]);
            while (members.Next())
            {
                if (members.Name.SequenceEqual("tokenCount"u8))
                {
                    count = JsonNumber.TryReadWhole(members.Value, out var said) ? Math.Max(CountTable.Clamp(said, ref Sane), 0) : 0;
                }
                else if (members.Name.SequenceEqual("modality"u8))
                {
                    isAudio = members.Value.SequenceEqual("\"AUDIO\""u8);
                    isImage = members.Value.SequenceEqual("\"IMAGE\""u8);
                }
            }

            Audio = Math.Min(Audio + (isAudio ? count : 0), TokenUsage.LargestCount);
            Image = Math.Min(Image + (isImage ? count : 0), TokenUsage.LargestCount);
        }
    }
}
