using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Faults;

namespace Sluice.Simulator.Wire;

/// <summary>The way of every call: identify, authenticate, parse, fail if a fault says so, answer, deliver.</summary>
internal static class SimulatedCall
{
    private static readonly JsonDocumentOptions ParseOptions = new() { MaxDepth = 128 };

    /// <summary>Serves a call that has a JSON body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="simulation">The simulator.</param>
    /// <param name="vendor">Whose words failures use.</param>
    /// <param name="pathModel">The model where the path names it; null where the body does.</param>
    /// <param name="handle">Makes the answer.</param>
    public static async Task ServeAsync(HttpContext http, Simulation simulation, Vendor vendor, string? pathModel, Func<Call, Reply> handle)
    {
        var requestId = Begin(http, simulation, vendor);
        var delivery = new Delivery(http, simulation.Options, vendor, requestId);
        if (CallerCredential.Find(http.Request) is not { } credential)
        {
            await delivery.SendErrorAsync(vendor.MissingCredential);
            return;
        }

        var (read, problem) = await ReadAsync(http.Request);
        using var body = read;
        if (body is null)
        {
            await delivery.SendErrorAsync(vendor.UnreadableBody(problem));
            return;
        }

        var asked = pathModel ?? body.RootElement.Text("model") ?? "";
        var (model, faults) = Parse(http, asked);
        if (Failure(http, simulation, vendor, credential, asked, model, faults) is { } failure)
        {
            await delivery.SendErrorAsync(failure);
            return;
        }

        var reply = handle(new Call
        {
            Http = http,
            Simulation = simulation,
            Vendor = vendor,
            RequestId = requestId,
            UnixSeconds = simulation.Options.Time.GetUtcNow().ToUnixTimeSeconds(),
            Body = body.RootElement,
            AskedModel = asked,
            Model = model,
            Faults = faults,
            Seed = RequestSeed.Of(simulation.Options.Seed, asked, body.RootElement),
        });
        await delivery.SendAsync(reply, faults);
    }

    /// <summary>Serves a call that becomes a WebSocket; whom a fault refuses gets an HTTP status instead.</summary>
    /// <param name="http">The request.</param>
    /// <param name="simulation">The simulator.</param>
    /// <param name="vendor">Whose words failures use.</param>
    /// <param name="asked">The model; null where the request names none.</param>
    /// <param name="talk">Accepts the socket and serves it to its end.</param>
    public static async Task ServeSocketAsync(HttpContext http, Simulation simulation, Vendor vendor, string? asked, Func<Call, Task> talk)
    {
        var requestId = Begin(http, simulation, vendor);
        var delivery = new Delivery(http, simulation.Options, vendor, requestId);
        var credential = CallerCredential.Find(http.Request);
        var (model, faults) = Parse(http, asked ?? "");
        var failure = credential is null ? vendor.MissingCredential
            : asked is null or "" ? OpenAI.OpenAIRefusal.MissingModel
            : Failure(http, simulation, vendor, credential, asked, model, faults);
        if (failure is null && !http.WebSockets.IsWebSocketRequest)
        {
            failure = OpenAI.OpenAIRefusal.Refuse("You must use a WebSocket connection to access this endpoint.", null);
        }

        if (failure is not null)
        {
            await delivery.SendErrorAsync(failure);
            return;
        }

        await talk(new Call
        {
            Http = http,
            Simulation = simulation,
            Vendor = vendor,
            RequestId = requestId,
            UnixSeconds = simulation.Options.Time.GetUtcNow().ToUnixTimeSeconds(),
            AskedModel = asked!,
            Model = model,
            Faults = faults,
            Seed = StableHash.Of((ulong)simulation.Options.Seed, asked!),
        });
    }

    /// <summary>Serves a call without a body: lists and stored objects.</summary>
    public static async Task ServeBodilessAsync(HttpContext http, Simulation simulation, Vendor vendor, Func<Call, Reply> handle)
    {
        var requestId = Begin(http, simulation, vendor);
        var delivery = new Delivery(http, simulation.Options, vendor, requestId);
        if (CallerCredential.Find(http.Request) is null)
        {
            await delivery.SendErrorAsync(vendor.MissingCredential);
            return;
        }

        var reply = handle(new Call
        {
            Http = http,
            Simulation = simulation,
            Vendor = vendor,
            RequestId = requestId,
            UnixSeconds = simulation.Options.Time.GetUtcNow().ToUnixTimeSeconds(),
        });
        await delivery.SendAsync(reply, FaultPlan.None);
    }

    private static string Begin(HttpContext http, Simulation simulation, Vendor vendor)
    {
        var requestId = vendor.NewRequestId(simulation.RequestIds);
        if (vendor.RequestIdHeader.Length > 0)
        {
            http.Response.Headers[vendor.RequestIdHeader] = requestId;
        }

        vendor.AddHeaders(http.Response, simulation.Options.Time.GetUtcNow());
        return requestId;
    }

    private static (string Model, FaultPlan Faults) Parse(HttpContext http, string asked)
    {
        var (model, faults) = FaultyModelName.Parse(asked);
        return (model, http.Request.Headers["x-sim-fault"].ToString() is { Length: > 0 } header ? FaultyModelName.ParseHeader(header) : faults);
    }

    private static VendorError? Failure(
        HttpContext http, Simulation simulation, Vendor vendor, string credential, string asked, string model, FaultPlan faults)
        => FailureOf(faults, $"{CallerOf(http, credential)} {asked}", simulation) is var failure and not FailureFault.None ? vendor.Failure(failure, faults.RetryAfter)
        : model.StartsWith("unknown", StringComparison.Ordinal) ? vendor.UnknownModel(asked)
        : null;

    private static FailureFault FailureOf(FaultPlan faults, string caller, Simulation simulation) =>
        faults.FailFirst > 0 && simulation.FirstCalls.IsAmongFirst(caller, faults.FailFirst) ? FailureFault.ServerError : faults.Failure;

    private static string CallerOf(HttpContext http, string credential) =>
        http.Request.Headers["x-sim-key"].ToString() is { Length: > 0 } key ? key : credential;

    /// <summary>Reads the body; where it cannot be used, the words say why.</summary>
    private static async Task<(JsonDocument? Body, string Problem)> ReadAsync(HttpRequest request)
    {
        using var bytes = new MemoryStream((int)Math.Min(request.ContentLength ?? 4_096, 1 << 20));
        await request.Body.CopyToAsync(bytes, request.HttpContext.RequestAborted);
        var json = bytes.ToArray();
        if (!Utf8.IsValid(json))
        {
            return (null, "it is not valid UTF-8");
        }

        try
        {
            var body = JsonDocument.Parse(json, ParseOptions);
            var problem = !body.RootElement.IsObject() ? "it is not an object"
                : SurrogateEscapes.HaveLone(json) ? "no low surrogate in string"
                : "";
            if (problem.Length == 0)
            {
                return (body, "");
            }

            body.Dispose();
            return (null, problem);
        }
        catch (JsonException wrong)
        {
            return (null, wrong.Message);
        }
    }
}
