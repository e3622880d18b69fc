using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Sluice.Simulator.Anthropic;
using Sluice.Simulator.Gemini;
using Sluice.Simulator.OpenAI;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator;

/// <summary>Maps the simulator's paths: OpenAI's, Anthropic's and Gemini's, as their own SDKs call them.</summary>
public static class SimulatorEndpoints
{
    /// <summary>Maps every path of the simulator. Each call makes a simulator with a memory of its own.</summary>
    /// <param name="endpoints">Where the paths go; needs routing.</param>
    /// <param name="options">How it behaves.</param>
    public static IEndpointConventionBuilder MapSimulator(this IEndpointRouteBuilder endpoints, SimulatorOptions options)
    {
        var simulation = new Simulation(options);
        var group = endpoints.MapGroup("");
        group.MapMethods("/", ["GET", "HEAD"], static http => Task.CompletedTask);
        MapOpenAI(group, simulation);
        MapAnthropic(group, simulation);
        MapGemini(group, simulation);
        return group;
    }

    private static void MapOpenAI(RouteGroupBuilder group, Simulation simulation)
    {
        Post(group, "/v1/chat/completions", simulation, OpenAIVendor.Instance, ChatCompletions.Handle);
    }

    private static void MapAnthropic(RouteGroupBuilder group, Simulation simulation)
    {
        Post(group, "/v1/messages", simulation, AnthropicVendor.Instance, Messages.Handle);
        Post(group, "/v1/messages/count_tokens", simulation, AnthropicVendor.Instance, Messages.CountTokens);
    }

    private static void MapGemini(RouteGroupBuilder group, Simulation simulation)
    {
        foreach (var version in (ReadOnlySpan<string>)["v1beta", "v1"])
        {
            group.MapPost($"/{version}/models/{{**target}}", http => GeminiMethods.ServeAsync(http, simulation));
        }
    }

    private static void Post(RouteGroupBuilder group, string path, Simulation simulation, Vendor vendor, Func<Call, Reply> handle) =>
        group.MapPost(path, http => SimulatedCall.ServeAsync(http, simulation, vendor, null, handle));
}
