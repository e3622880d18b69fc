using Sluice.Protocol;

namespace Sluice.Endpoints;

/// <summary>OpenAI's paths, under <c>/v1</c>.</summary>
internal static class OpenAIEndpoints
{
    public static IEndpointRouteBuilder MapOpenAI(this IEndpointRouteBuilder routes)
    {
        routes.MapOperation("/v1/chat/completions", Operation.Chat, "Chat completion");
        routes.MapOperation("/v1/responses", Operation.Responses, "Model response");
        routes.MapOperation("/v1/responses/input_tokens", Operation.ResponseInputTokens, "Count the tokens of a response's input");
        routes.MapKept("/v1/responses/{id}", Operation.RetrieveResponse, "A response that is kept");
        routes.MapKept("/v1/responses/{id}", Operation.DeleteResponse, "Forget a response");
        routes.MapKept("/v1/responses/{id}/cancel", Operation.CancelResponse, "Cancel a response in the background");
        routes.MapKept("/v1/responses/{id}/input_items", Operation.ResponseInputItems, "What a response was made of");
        routes.MapOperation("/v1/completions", Operation.Completions, "Text completion");
        routes.MapOperation("/v1/embeddings", Operation.Embeddings, "Embeddings");
        routes.MapOperation("/v1/moderations", Operation.Moderations, "Moderation");
        return routes;
    }
}
