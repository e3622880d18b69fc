using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary>Finds model and method in <c>models/{model}:{method}</c>. A model's name may have slashes and colons.</summary>
internal static class GeminiMethods
{
    public static Task ServeAsync(HttpContext http, Simulation simulation)
    {
        var target = http.GetRouteValue("target") as string ?? "";
        var colon = target.LastIndexOf(':');
        var (model, method) = colon < 0 ? (target, "") : (target[..colon], target[(colon + 1)..]);
        var sse = http.Request.Query["alt"] == "sse";
        (Vendor Vendor, Func<Call, Reply> Handle) served = method switch
        {
            "generateContent" => (GeminiVendor.Instance, GenerateContent.Handle),
            "streamGenerateContent" when sse => (GeminiVendor.Instance, GenerateContent.HandleSse),
            "streamGenerateContent" => (GeminiVendor.InArray, GenerateContent.HandleArray),
            "countTokens" => (GeminiVendor.Instance, GenerateContent.CountTokens),
            "embedContent" => (GeminiVendor.Instance, EmbedContent.Handle),
            "batchEmbedContents" => (GeminiVendor.Instance, EmbedContent.HandleBatch),
            "predict" => (GeminiVendor.Instance, Predictions.Handle),
            "predictLongRunning" => (GeminiVendor.Instance, Predictions.HandleLongRunning),
            "fetchPredictOperation" => (GeminiVendor.Instance, Predictions.HandleFetch),
            _ => (GeminiVendor.Instance, call => new ErrorReply(GeminiVendor.UnknownMethod(target))),
        };
        return SimulatedCall.ServeAsync(http, simulation, served.Vendor, model, served.Handle);
    }
}
