using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Simulator.Anthropic;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Vertex;

/// <summary>Claude on Vertex AI: the Messages API, but that the model stands in the path and the version in the body.</summary>
internal static class VertexCalls
{
    private const string CountTokens = "count-tokens";

    public static Task ServeAnthropicAsync(HttpContext http, Simulation simulation)
    {
        var target = http.GetRouteValue("target") as string ?? "";
        var colon = target.LastIndexOf(':');
        var (model, method) = colon < 0 ? (target, "") : (target[..colon], target[(colon + 1)..]);
        return method is not ("rawPredict" or "streamRawPredict")
            ? SimulatedCall.ServeAsync(http, simulation, AnthropicVendor.Instance, model, _ => new ErrorReply(new VendorError(404, "not_found_error", $"Method not found: {target}")))
            : model == CountTokens
                ? SimulatedCall.ServeAsync(http, simulation, AnthropicVendor.Instance, null, call => Check(call, hasModel: true) ?? Messages.CountTokens(call))
                : SimulatedCall.ServeAsync(http, simulation, AnthropicVendor.Instance, model, call => Check(call, hasModel: false) ?? Messages.Handle(call));
    }

    private static ErrorReply? Check(Call call, bool hasModel)
    {
        var refused = call.Body.Text("anthropic_version") is null ? "anthropic_version: Field required"
            : call.Body.Get("model").IsPresent() != hasModel ? hasModel ? "model: Field required" : "model: Extra inputs are not permitted"
            : call.Http.Request.Query.ContainsKey("beta") ? "Unknown name \"beta\": Cannot bind query parameter."
            : null;
        return refused is null ? null : new ErrorReply(AnthropicVendor.Refuse(refused));
    }
}
