using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>Reads the request members that bound the answer or ask for usage. The slices are known to be valid JSON.</summary>
internal static class RequestOptions
{
    /// <summary>Notes a bound of the output; one that was noted before as the first becomes the other.</summary>
    public static void ReadMaxTokens(ReadOnlySpan<byte> body, JsonSlice slice, bool isFirst, ref RequestPeek peek)
    {
        var value = ReadBound(slice.Of(body));
        if (isFirst)
        {
            (peek.OtherMaxTokens, peek.OtherMaxTokensValue) = (peek.MaxTokens, peek.MaxTokensValue);
            (peek.MaxTokens, peek.MaxTokensValue) = (slice, value);
        }
        else
        {
            (peek.OtherMaxTokens, peek.OtherMaxTokensValue) = (slice, value);
        }
    }

    public static void ReadChoices(ReadOnlySpan<byte> value, ref RequestPeek peek) =>
        peek.Choices = (int)Math.Clamp(ReadBound(value), 1, int.MaxValue);

    /// <summary><c>stream_options</c> of the OpenAI dialects; null leaves everything as it is.</summary>
    public static GatewayError? ReadStreamOptions(ReadOnlySpan<byte> body, JsonSlice options, ref RequestPeek peek)
    {
        var members = new JsonMembers(options.Of(body), stackalloc ulong[JsonMembers.StackWords]);
        while (members.Next())
        {
            if (!JsonText.Equals(members.Name, "include_usage"u8))
            {
                continue;
            }

            if (peek.IncludeUsageValue.Found)
            {
                return PeekErrors.Duplicate("stream_options.include_usage"u8);
            }

            const JsonKinds Kinds = JsonKinds.Boolean | JsonKinds.Null;
            var kind = JsonKindsExtensions.StartingWith(members.Value[0]);
            if ((kind & Kinds) == 0)
            {
                return PeekErrors.Wrong("stream_options.include_usage", Kinds, kind);
            }

            peek.IncludeUsageValue = new JsonSlice(options.Offset + members.Slice.Offset, members.Slice.Length);
            peek.IncludeUsage = members.Value[0] == (byte)'t';
        }

        return null;
    }

    /// <summary>
    /// Gemini's <c>generationConfig</c>. Google's JSON takes a whole number in quotes for a number (protobuf JSON mapping).
    /// </summary>
    public static GatewayError? ReadGenerationConfig(ReadOnlySpan<byte> body, JsonSlice config, ref RequestPeek peek)
    {
        const JsonKinds Kinds = JsonKinds.Number | JsonKinds.String | JsonKinds.Null;
        peek.GenerationConfig = config;
        var members = new JsonMembers(config.Of(body), stackalloc ulong[JsonMembers.StackWords]);
        var hasChoices = false;
        while (members.Next())
        {
            var isBound = JsonText.Equals(members.Name, "maxOutputTokens"u8) || JsonText.Equals(members.Name, "max_output_tokens"u8);
            var isChoices = !isBound
                && (JsonText.Equals(members.Name, "candidateCount"u8) || JsonText.Equals(members.Name, "candidate_count"u8));
            if (!isBound && !isChoices)
            {
                continue;
            }

            if (isBound ? peek.MaxTokens.Found : hasChoices)
            {
                return PeekErrors.Duplicate(isBound ? "generationConfig.maxOutputTokens"u8 : "generationConfig.candidateCount"u8);
            }

            var kind = JsonKindsExtensions.StartingWith(members.Value[0]);
            if ((kind & Kinds) == 0)
            {
                return PeekErrors.Wrong(isBound ? "generationConfig.maxOutputTokens" : "generationConfig.candidateCount", Kinds, kind);
            }

            if (isBound)
            {
                ReadMaxTokens(body, new JsonSlice(config.Offset + members.Slice.Offset, members.Slice.Length), isFirst: true, ref peek);
            }
            else
            {
                hasChoices = true;
                ReadChoices(members.Value, ref peek);
            }
        }

        return null;
    }

    /// <summary>A bound as a whole number; -1 when there is none, or none that makes sense.</summary>
    private static long ReadBound(ReadOnlySpan<byte> token)
    {
        var digits = token[0] == (byte)'"' ? JsonText.Contents(token) : token;
        return JsonNumber.TryReadWhole(digits, out var value) ? Math.Max(value, -1) : -1;
    }
}
