using Sluice.Protocol;

namespace Sluice.Endpoints;

/// <summary>OpenAI's paths, under <c>/v1</c>.</summary>
internal static class OpenAIEndpoints
{
    public static IEndpointRouteBuilder MapOpenAI(this IEndpointRouteBuilder routes)
    {
        routes.MapOperation("/v1/chat/completions", Operation.Chat, "Chat completion");
        routes.MapOperation("/v1/responses", Operation.Responses, "Model response");
        routes.MapOperation("/v1/completions", Operation.Completions, "Text completion");
        routes.MapOperation("/v1/embeddings", Operation.Embeddings, "Embeddings");
        routes.MapOperation("/v1/moderations", Operation.Moderations, "Moderation");
        return routes;
    }
}
