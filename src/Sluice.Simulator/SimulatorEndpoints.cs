using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sluice.Simulator.Anthropic;
using Sluice.Simulator.Gemini;
using Sluice.Simulator.OpenAI;
using Sluice.Simulator.Vertex;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator;

/// <summary>Maps the simulator's paths: OpenAI's, Anthropic's, Gemini's and Vertex AI's, as their own SDKs call them.</summary>
public static class SimulatorEndpoints
{
    /// <summary>Maps every path of the simulator. Each call makes a simulator with a memory of its own. Realtime needs WebSockets to be in use.</summary>
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
        MapVertex(group, simulation);
        return group;
    }

    private static void MapOpenAI(RouteGroupBuilder group, Simulation simulation)
    {
        var vendor = OpenAIVendor.Instance;
        Post(group, "/v1/chat/completions", simulation, vendor, ChatCompletions.Handle);
        Post(group, "/v1/completions", simulation, vendor, Completions.Handle);
        Post(group, "/v1/embeddings", simulation, vendor, Embeddings.Handle);
        Post(group, "/v1/moderations", simulation, vendor, Moderations.Handle);
        Post(group, "/v1/responses", simulation, vendor, Responses.Handle);
        Post(group, "/v1/responses/input_tokens", simulation, vendor, Responses.CountInput);
        group.MapGet("/v1/realtime", http => SimulatedCall.ServeSocketAsync(http, simulation, vendor, http.Request.Query["model"], Realtime.ServeAsync));
        Stored(group, "GET", "/v1/responses/{id}", simulation, Responses.Get);
        Stored(group, "DELETE", "/v1/responses/{id}", simulation, Responses.Delete);
        Stored(group, "POST", "/v1/responses/{id}/cancel", simulation, Responses.Cancel);
        Stored(group, "GET", "/v1/responses/{id}/input_items", simulation, Responses.InputItems);
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
            group.MapGet($"/{version}/models", http => ModelLists.ServeAsync(http, simulation));
            group.MapGet($"/{version}/models/{{**id}}", http => ModelLists.ServeAsync(http, simulation));
        }
    }

    private static void MapVertex(RouteGroupBuilder group, Simulation simulation)
    {
        foreach (var version in (ReadOnlySpan<string>)["v1", "v1beta1"])
        {
            foreach (var place in (ReadOnlySpan<string>)["/projects/{project}/locations/{location}", ""])
            {
                group.MapPost($"/{version}{place}/publishers/google/models/{{**target}}", http => GeminiMethods.ServeAsync(http, simulation));
            }

            group.MapPost($"/{version}/projects/{{project}}/locations/{{location}}/publishers/anthropic/models/{{**target}}", http => VertexCalls.ServeAnthropicAsync(http, simulation));
        }

        foreach (var path in (ReadOnlySpan<string>)["/oauth2.googleapis.com/token", "/token"])
        {
            group.MapPost(path, (RequestDelegate)TokenServer.ServeAsync);
        }
    }

    private static void Post(RouteGroupBuilder group, string path, Simulation simulation, Vendor vendor, Func<Call, Reply> handle) =>
        group.MapPost(path, http => SimulatedCall.ServeAsync(http, simulation, vendor, null, handle));

    private static void Stored(RouteGroupBuilder group, string method, string path, Simulation simulation, Func<Call, string, Reply> handle) =>
        group.MapMethods(path, [method], http => SimulatedCall.ServeBodilessAsync(
            http, simulation, OpenAIVendor.Instance, call => handle(call, http.GetRouteValue("id") as string ?? "")));
}
