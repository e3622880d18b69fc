using Sluice.Protocol.Json;

namespace Sluice.Protocol.AnthropicMessages;

/// <summary>Request members of the Messages API (@anthropic-ai/sdk 1.11.0 typings, wire.md §2.2 and §2.5).</summary>
internal static class RequestShapes
{
    private static readonly RequestMember[] Prompt =
    [
        new("model", JsonKinds.String) { Role = MemberRole.Model, Required = true },
        new("messages", JsonKinds.Array) { Role = MemberRole.Conversation, Required = true },
        new("system", JsonKinds.String | JsonKinds.Array | JsonKinds.Null) { Role = MemberRole.System },
        new("tools", JsonKinds.Array | JsonKinds.Null),
        new("tool_choice", JsonKinds.Object | JsonKinds.Null),
        new("thinking", JsonKinds.Object | JsonKinds.Null),
    ];

    public static readonly RequestShape Messages = new(
    [
        .. Prompt,
        new("max_tokens", JsonKinds.Number) { Role = MemberRole.MaxTokens },
        new("stream", JsonKinds.Boolean | JsonKinds.Null) { Role = MemberRole.Stream },
        new("stop_sequences", JsonKinds.Array | JsonKinds.Null),
        new("temperature", JsonKinds.Number | JsonKinds.Null),
        new("top_p", JsonKinds.Number | JsonKinds.Null),
        new("top_k", JsonKinds.Number | JsonKinds.Null),
        new("metadata", JsonKinds.Object | JsonKinds.Null),
        new("output_config", JsonKinds.Object | JsonKinds.Null),
    ]);

    public static readonly RequestShape CountTokens = new(Prompt);
}
