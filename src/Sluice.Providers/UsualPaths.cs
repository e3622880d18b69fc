using Sluice.Protocol;

namespace Sluice.Providers;

/// <summary>Where each dialect's operations usually live; the vendors' own SDKs append exactly these.</summary>
internal static class UsualPaths
{
    public static readonly IReadOnlyList<OperationPath> OpenAI =
    [
        new(Operation.Chat, "/chat/completions"),
        new(Operation.Completions, "/completions"),
        new(Operation.Embeddings, "/embeddings"),
        new(Operation.Moderations, "/moderations"),
        new(Operation.Responses, "/responses"),
        new(Operation.Realtime, "/realtime"),
    ];

    /// <summary>What a vendor serves who keeps the answers of the Responses API.</summary>
    public static readonly IReadOnlyList<OperationPath> KeptResponses =
    [
        new(Operation.RetrieveResponse, "/responses/{id}"),
        new(Operation.DeleteResponse, "/responses/{id}"),
        new(Operation.CancelResponse, "/responses/{id}/cancel"),
        new(Operation.ResponseInputItems, "/responses/{id}/input_items"),
        new(Operation.ResponseInputTokens, "/responses/input_tokens"),
    ];

    public static readonly IReadOnlyList<OperationPath> Anthropic =
    [
        new(Operation.Messages, "/v1/messages"),
        new(Operation.CountTokens, "/v1/messages/count_tokens"),
    ];

    public static readonly IReadOnlyList<OperationPath> Gemini =
    [
        .. Operation.All
            .Where(operation => operation.ModelInPath && !IsPrediction(operation))
            .Select(operation => new OperationPath(operation, $"/v1beta/models/{{model}}:{operation.PathMethod}")),
    ];

    /// <summary>Vertex AI's general calls; Google's other API has served none since its last Imagen and Veo models went (2026-10-22).</summary>
    public static readonly IReadOnlyList<OperationPath> Predictions =
    [
        .. Operation.All.Where(IsPrediction).Select(operation => new OperationPath(operation, $"/v1beta/models/{{model}}:{operation.PathMethod}")),
    ];

    /// <summary>For base URLs that end with the version, as OpenAI's SDK takes them.</summary>
    public static readonly IReadOnlyList<OperationPath> UnderVersion = [.. OpenAI, .. Anthropic, .. Gemini];

    /// <summary>For base URLs without a version, as Anthropic's and Google's SDKs take them.</summary>
    public static readonly IReadOnlyList<OperationPath> UnderHost =
        [.. OpenAI.Select(row => row with { Path = "/v1" + row.Path }), .. Anthropic, .. Gemini];

    private static bool IsPrediction(Operation operation) => operation.GenAIName == Operation.Predict.GenAIName;
}
