using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>What the gateway must know of a request body; everything else stays the bytes that came.</summary>
public struct RequestPeek
{
    /// <summary>The raw <c>model</c> token with its quotes; not found where the model stands in the path.</summary>
    public JsonSlice Model { get; set; }

    /// <summary>True when the model token contains a backslash escape and must be unescaped before it is compared.</summary>
    public bool ModelEscaped { get; set; }

    /// <summary>The model that is meant where the body names none; empty when one is named or must be.</summary>
    public string ImpliedModel { get; set; }

    /// <summary>True when the body asks for a stream (<c>"stream": true</c>).</summary>
    public bool Stream { get; set; }

    /// <summary>The raw value of <c>stream_options</c>.</summary>
    public JsonSlice StreamOptions { get; set; }

    /// <summary>True when <c>stream_options.include_usage</c> is true.</summary>
    public bool IncludeUsage { get; set; }

    /// <summary>The raw value of <c>stream_options.include_usage</c>, when present.</summary>
    public JsonSlice IncludeUsageValue { get; set; }

    /// <summary>The raw value of the member that bounds the output (<c>max_completion_tokens</c> before <c>max_tokens</c>, <c>max_output_tokens</c>, <c>generationConfig.maxOutputTokens</c>).</summary>
    public JsonSlice MaxTokens { get; set; }

    /// <summary>The bound itself, in tokens; -1 when absent or null.</summary>
    public long MaxTokensValue { get; set; }

    /// <summary>
    /// A second member that bounds the output (<c>max_tokens</c> beside <c>max_completion_tokens</c>): vendors disagree
    /// about which one counts.
    /// </summary>
    public JsonSlice OtherMaxTokens { get; set; }

    /// <summary>The second bound, in tokens; -1 when absent or null.</summary>
    public long OtherMaxTokensValue { get; set; }

    /// <summary>The raw value of Gemini's <c>generationConfig</c>.</summary>
    public JsonSlice GenerationConfig { get; set; }

    /// <summary>How many answers are asked for (<c>n</c>, <c>candidateCount</c>); 1 when absent.</summary>
    public int Choices { get; set; }

    /// <summary>The raw value that holds the system text where it stands apart from the messages; not found where there is none.</summary>
    public JsonSlice System { get; set; }

    /// <summary>The raw value that holds the messages, or the one message; not found where the operation is no conversation.</summary>
    public JsonSlice Conversation { get; set; }

    /// <summary>Where the document's opening brace stands; leading white space is allowed.</summary>
    public int ObjectStart { get; set; }

    /// <summary>True when the document has no member at all, so that a splice after the brace needs no comma.</summary>
    public bool IsEmptyObject { get; set; }
}
