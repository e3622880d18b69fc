using System.Numerics;

namespace Sluice.Protocol.Canonical;

/// <summary>
/// Everything a request or an answer can ask for or hold, as the rows of the loss tables. A dialect's
/// <see cref="FieldNames"/> says how each is spelled there, or that there is no place for it.
/// </summary>
public enum CanonicalField
{
    Temperature,
    TopP,
    TopK,
    PresencePenalty,
    FrequencyPenalty,
    LogitBias,
    Seed,
    Choices,
    Logprobs,
    TopLogprobs,
    MaxOutputTokens,
    Stop,
    JsonObjectOutput,
    JsonSchemaOutput,
    Verbosity,
    ReasoningEffort,
    ReasoningBudget,
    ReasoningDisplay,
    FunctionTools,
    StrictTools,
    CustomTools,
    WebSearchTool,
    WebFetchTool,
    CodeExecutionTool,
    OtherServerTools,
    ToolChoice,
    AllowedTools,
    ParallelToolCalls,
    ImageOutput,
    AudioOutput,
    CacheMarks,
    CacheKey,
    AutomaticCache,
    ServiceTier,
    Metadata,
    UserId,
    Store,
    PreviousResponse,
    Conversation,
    Background,
    MessageName,
    ImageData,
    ImageUrl,
    DocumentData,
    DocumentUrl,
    DocumentContext,
    DocumentCitations,
    AudioInput,
    VideoInput,
    FileIds,
    MediaDetail,
    Refusals,
    ReasoningText,
    Signatures,
    Citations,
    Grounding,
    ServerToolCalls,
    ToolResultMedia,
    ToolResultErrors,
    StopText,
}

/// <summary>A set of <see cref="CanonicalField"/>s.</summary>
/// <param name="Bits">One bit for each field.</param>
public readonly record struct FieldSet(ulong Bits)
{
    /// <summary>The set of these fields.</summary>
    public static FieldSet Of(params ReadOnlySpan<CanonicalField> fields)
    {
        var set = default(FieldSet);
        foreach (var field in fields)
        {
            set = set.With(field);
        }

        return set;
    }

    /// <summary>True when the field is in the set.</summary>
    public bool Contains(CanonicalField field) => (Bits & (1UL << (int)field)) != 0;

    /// <summary>This set and one field more.</summary>
    public FieldSet With(CanonicalField field) => new(Bits | (1UL << (int)field));

    /// <summary>This set and one field more when the condition holds.</summary>
    public FieldSet With(CanonicalField field, bool when) => when ? With(field) : this;

    /// <summary>What is in this set and not in the other.</summary>
    public FieldSet Except(FieldSet other) => new(Bits & ~other.Bits);

    /// <summary>The fields, in the order of the enumeration.</summary>
    public IEnumerable<CanonicalField> Fields
    {
        get
        {
            for (var rest = Bits; rest != 0; rest &= rest - 1)
            {
                yield return (CanonicalField)BitOperations.TrailingZeroCount(rest);
            }
        }
    }
}
