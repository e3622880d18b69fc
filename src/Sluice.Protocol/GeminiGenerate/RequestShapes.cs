using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// Request members of <c>generateContent</c> and its relatives (@google/genai 2.32.0 typings, wire.md §3.2 and §3.3).
/// Google reads both spellings of a name, and one object where a list of one is meant (its own samples do that).
/// </summary>
internal static class RequestShapes
{
    private static readonly RequestMember Contents = new("contents", JsonKinds.Array | JsonKinds.Object) { Role = MemberRole.Conversation, Required = true };

    public static readonly RequestShape GenerateContent = new(
    [
        Contents,
        new("generationConfig", JsonKinds.Object | JsonKinds.Null) { Alias = "generation_config", Role = MemberRole.GenerationConfig },
        new("systemInstruction", JsonKinds.Object | JsonKinds.Null) { Alias = "system_instruction", Role = MemberRole.System },
        new("tools", JsonKinds.Array | JsonKinds.Object | JsonKinds.Null),
        new("toolConfig", JsonKinds.Object | JsonKinds.Null) { Alias = "tool_config" },
        new("safetySettings", JsonKinds.Array | JsonKinds.Object | JsonKinds.Null) { Alias = "safety_settings" },
        new("cachedContent", JsonKinds.String | JsonKinds.Null) { Alias = "cached_content" },
        new("labels", JsonKinds.Object | JsonKinds.Null),
    ]);

    public static readonly RequestShape CountTokens = new(
    [
        Contents with { OrElse = "generateContentRequest" },
        new("generateContentRequest", JsonKinds.Object) { Alias = "generate_content_request" },
    ]);

    public static readonly RequestShape EmbedContent = new(
    [
        new("content", JsonKinds.Object) { Required = true },
        new("taskType", JsonKinds.String | JsonKinds.Number | JsonKinds.Null) { Alias = "task_type" },
        new("outputDimensionality", JsonKinds.Number | JsonKinds.String | JsonKinds.Null) { Alias = "output_dimensionality" },
    ]);

    public static readonly RequestShape BatchEmbedContents = new([new("requests", JsonKinds.Array) { Required = true }]);

    /// <summary>Vertex AI's general call: embeddings, Imagen, and Veo as a long-running operation (wire.md §3.7 and §3.8).</summary>
    public static readonly RequestShape Predict = new(
    [
        new("instances", JsonKinds.Array) { Required = true },
        new("parameters", JsonKinds.Object | JsonKinds.Null),
        new("labels", JsonKinds.Object | JsonKinds.Null),
    ]);

    public static readonly RequestShape FetchPredictOperation = new([new("operationName", JsonKinds.String) { Alias = "operation_name", Required = true }]);
}
