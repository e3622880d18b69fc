using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIChat;

/// <summary>Request members of Chat Completions and its relatives (openai 6.49.0 typings, wire.md §1.1 and §1.3).</summary>
internal static class RequestShapes
{
    private static readonly RequestMember Model = new("model", JsonKinds.String) { Role = MemberRole.Model, Required = true };
    private static readonly RequestMember Input = new("input", JsonKinds.String | JsonKinds.Array) { Required = true };

    private static readonly RequestMember[] Sampling =
    [
        new("stream", JsonKinds.Boolean | JsonKinds.Null) { Role = MemberRole.Stream },
        new("stream_options", JsonKinds.Object | JsonKinds.Null) { Role = MemberRole.StreamOptions },
        new("max_tokens", JsonKinds.Number | JsonKinds.Null) { Role = MemberRole.MaxTokens },
        new("n", JsonKinds.Number | JsonKinds.Null) { Role = MemberRole.Choices },
        new("temperature", JsonKinds.Number | JsonKinds.Null),
        new("top_p", JsonKinds.Number | JsonKinds.Null),
        new("presence_penalty", JsonKinds.Number | JsonKinds.Null),
        new("frequency_penalty", JsonKinds.Number | JsonKinds.Null),
        new("seed", JsonKinds.Number | JsonKinds.Null),
        new("stop", JsonKinds.String | JsonKinds.Array | JsonKinds.Null),
        new("logit_bias", JsonKinds.Object | JsonKinds.Null),
    ];

    public static readonly RequestShape Chat = new(
    [
        Model,
        new("messages", JsonKinds.Array) { Role = MemberRole.Conversation, Required = true },
        .. Sampling,
        new("max_completion_tokens", JsonKinds.Number | JsonKinds.Null) { Role = MemberRole.PreferredMaxTokens },
        new("tools", JsonKinds.Array | JsonKinds.Null),
        new("tool_choice", JsonKinds.String | JsonKinds.Object | JsonKinds.Null),
        new("response_format", JsonKinds.Object | JsonKinds.Null),
        new("metadata", JsonKinds.Object | JsonKinds.Null),
        new("modalities", JsonKinds.Array | JsonKinds.Null),
        new("parallel_tool_calls", JsonKinds.Boolean | JsonKinds.Null),
        new("store", JsonKinds.Boolean | JsonKinds.Null),
        new("logprobs", JsonKinds.Boolean | JsonKinds.Null),
        new("top_logprobs", JsonKinds.Number | JsonKinds.Null),
    ]);

    public static readonly RequestShape Completions = new(
    [
        Model,
        new("prompt", JsonKinds.String | JsonKinds.Array | JsonKinds.Null),
        .. Sampling,
        new("best_of", JsonKinds.Number | JsonKinds.Null),
        new("echo", JsonKinds.Boolean | JsonKinds.Null),
        new("suffix", JsonKinds.String | JsonKinds.Null),
    ]);

    public static readonly RequestShape Embeddings = new([Model, Input, new("dimensions", JsonKinds.Number | JsonKinds.Null), new("encoding_format", JsonKinds.String | JsonKinds.Null)]);

    // The model may be left out: the vendor's own default is meant (Operation.ImpliedModel).
    public static readonly RequestShape Moderations = new([Model with { Required = false }, Input]);
}
