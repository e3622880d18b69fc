using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Simulator.Anthropic;
using Sluice.Simulator.Gemini;
using Sluice.Simulator.OpenAI;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator;

/// <summary>The lists of models. Three vendors share <c>/v1/models</c>: the caller's headers say whose shape it wants.</summary>
internal static class ModelLists
{
    public static Task ServeAsync(HttpContext http, Simulation simulation)
    {
        var id = http.GetRouteValue("id") as string;
        (Vendor Vendor, Func<Call, Reply> List, Func<Call, string, Reply> Get) shape =
            http.Request.Path.StartsWithSegments("/v1beta") || http.Request.Headers.ContainsKey("x-goog-api-key")
                ? (GeminiVendor.Instance, GeminiModels.List, GeminiModels.Get)
            : http.Request.Headers.ContainsKey("anthropic-version")
                ? (AnthropicVendor.Instance, AnthropicModels.List, AnthropicModels.Get)
            : (OpenAIVendor.Instance, OpenAIModels.List, OpenAIModels.Get);
        return SimulatedCall.ServeBodilessAsync(http, simulation, shape.Vendor, call => id is null ? shape.List(call) : shape.Get(call, id));
    }
}
