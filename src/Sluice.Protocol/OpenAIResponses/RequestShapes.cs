using Sluice.Protocol.Json;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Request members of the Responses API (openai 6.49.0 typings, wire.md §1.2).</summary>
internal static class RequestShapes
{
    public static readonly RequestShape Responses = new(
    [
        new("model", JsonKinds.String) { Role = MemberRole.Model, Required = true },
        new("input", JsonKinds.String | JsonKinds.Array | JsonKinds.Null) { Role = MemberRole.Conversation },
        new("instructions", JsonKinds.String | JsonKinds.Null) { Role = MemberRole.System },
        new("stream", JsonKinds.Boolean | JsonKinds.Null) { Role = MemberRole.Stream },
        new("stream_options", JsonKinds.Object | JsonKinds.Null) { Role = MemberRole.StreamOptions },
        new("max_output_tokens", JsonKinds.Number | JsonKinds.Null) { Role = MemberRole.MaxTokens },
        new("max_tool_calls", JsonKinds.Number | JsonKinds.Null),
        new("temperature", JsonKinds.Number | JsonKinds.Null),
        new("top_p", JsonKinds.Number | JsonKinds.Null),
        new("top_logprobs", JsonKinds.Number | JsonKinds.Null),
        new("tools", JsonKinds.Array | JsonKinds.Null),
        new("tool_choice", JsonKinds.String | JsonKinds.Object | JsonKinds.Null),
        new("include", JsonKinds.Array | JsonKinds.Null),
        new("reasoning", JsonKinds.Object | JsonKinds.Null),
        new("text", JsonKinds.Object | JsonKinds.Null),
        new("metadata", JsonKinds.Object | JsonKinds.Null),
        new("previous_response_id", JsonKinds.String | JsonKinds.Null),
        new("parallel_tool_calls", JsonKinds.Boolean | JsonKinds.Null),
        new("background", JsonKinds.Boolean | JsonKinds.Null),
        new("store", JsonKinds.Boolean | JsonKinds.Null),
    ]);
}
