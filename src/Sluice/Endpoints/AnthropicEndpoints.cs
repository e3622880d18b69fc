using Sluice.Protocol;

namespace Sluice.Endpoints;

/// <summary>Anthropic's paths, under <c>/v1</c>.</summary>
internal static class AnthropicEndpoints
{
    public static IEndpointRouteBuilder MapAnthropic(this IEndpointRouteBuilder routes)
    {
        routes.MapOperation("/v1/messages", Operation.Messages, "Message");
        routes.MapOperation("/v1/messages/count_tokens", Operation.CountTokens, "Count the tokens of a message");
        return routes;
    }
}
