using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Sluice.Auth;
using Sluice.Pipeline;
using Sluice.Protocol;
using Sluice.Routing;
using Sluice.Telemetry;

namespace Sluice.Endpoints;

/// <summary>
/// The lists of models. <c>/v1/models</c> is a superset that the SDKs of OpenAI and Anthropic both read;
/// <c>/v1beta/models</c> is Google's.
/// </summary>
internal static class ModelListEndpoints
{
    private const int MostPerPage = 1000;
    private const string JsonTag = "models";

    public static IEndpointRouteBuilder MapModelLists(this IEndpointRouteBuilder routes)
    {
        var callers = routes.ServiceProvider.GetRequiredService<ICallerRegistry>();
        var runtime = routes.ServiceProvider.GetRequiredService<GatewayRuntime>();
        Map("/v1/models", "Models that this key may use", http => ListAsync(http, callers, runtime));
        Map("/v1/models/{**id}", "One model", http => OneAsync(http, callers, runtime));
        Map("/v1beta/models", "Models that this key may use, in Google's form", http => GoogleListAsync(http, callers, runtime));
        Map("/v1beta/models/{**id}", "One model, in Google's form", http => GoogleOneAsync(http, callers, runtime));
        return routes;

        void Map(string path, string summary, RequestDelegate handler)
            => routes.MapGet(path, handler).WithAccess(Access.Pipeline).WithTags(JsonTag).WithSummary(summary);
    }

    private static async Task ListAsync(HttpContext http, ICallerRegistry callers, GatewayRuntime runtime)
    {
        if (await IdentifyAsync(http, callers) is not { } caller)
        {
            return;
        }

        // Anthropic's paging; without it the whole list is one page.
        var all = Visible(caller, runtime);
        var query = http.Request.Query;
        var from = After(all, query["after_id"]);
        var to = query["before_id"] is { Count: > 0 } before ? all.FindIndex(route => route.Name == before) : all.Count;
        to = to < 0 ? all.Count : to;
        var limit = int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, MostPerPage) : int.MaxValue;
        var backward = query.ContainsKey("before_id");
        var count = Math.Min(limit, Math.Max(0, to - from));
        var page = all.GetRange(backward ? Math.Max(from, to - count) : from, count);
        var more = backward ? to - count > from : from + count < to;
        await WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            page.ForEach(route => WriteModel(json, route));
            json.WriteEndArray();
            json.WriteBoolean("has_more", more);
            WriteId(json, "first_id", page.Count > 0 ? page[0].Name : null);
            WriteId(json, "last_id", page.Count > 0 ? page[^1].Name : null);
            json.WriteEndObject();
        });
    }

    private static async Task OneAsync(HttpContext http, ICallerRegistry callers, GatewayRuntime runtime)
    {
        if (await IdentifyAsync(http, callers) is { } caller && await FindAsync(http, caller, runtime) is { } route)
        {
            await WriteAsync(http, json => WriteModel(json, route));
        }
    }

    private static async Task GoogleListAsync(HttpContext http, ICallerRegistry callers, GatewayRuntime runtime)
    {
        if (await IdentifyAsync(http, callers) is not { } caller)
        {
            return;
        }

        var all = Visible(caller, runtime);
        var from = After(all, http.Request.Query["pageToken"]);
        var size = int.TryParse(http.Request.Query["pageSize"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked > 0
            ? Math.Min(asked, MostPerPage)
            : MostPerPage;
        var page = all.GetRange(from, Math.Min(size, all.Count - from));
        await WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("models");
            page.ForEach(route => WriteGoogleModel(json, route));
            json.WriteEndArray();
            if (from + page.Count < all.Count)
            {
                json.WriteString("nextPageToken", page[^1].Name);
            }

            json.WriteEndObject();
        });
    }

    private static async Task GoogleOneAsync(HttpContext http, ICallerRegistry callers, GatewayRuntime runtime)
    {
        if (await IdentifyAsync(http, callers) is { } caller && await FindAsync(http, caller, runtime) is { } route)
        {
            await WriteAsync(http, json => WriteGoogleModel(json, route));
        }
    }

    private static async ValueTask<Caller?> IdentifyAsync(HttpContext http, ICallerRegistry callers)
    {
        var error = CredentialExtractor.Extract(http.Request, allowQuery: true, out var credential);
        var caller = error is null && !credential.IsEmpty ? callers.Find(credential.Text) : null;
        if (caller is not { MayInfer: true })
        {
            error ??= credential.IsEmpty ? CredentialExtractor.Missing : caller is null ? CredentialExtractor.Unknown : CredentialExtractor.NotForModels;
            await DialectAnswer.WriteErrorAsync(http, DialectAnswer.Of(http.Request), error);
            return null;
        }

        return caller;
    }

    private static async ValueTask<ModelRoute?> FindAsync(HttpContext http, Caller caller, GatewayRuntime runtime)
    {
        var id = PathText.Unescape((string?)http.Request.RouteValues["id"] ?? "");
        var route = runtime.Current.Routes.Find(id);
        if (route is { IsRetired: false } && caller.Models.Allows(route.Name))
        {
            return route;
        }

        if (GeminiEndpoints.IsCall(id))
        {
            await DialectAnswer.WriteMethodNotAllowedAsync(http, [HttpMethods.Post]);
        }
        else
        {
            var error = route is { IsRetired: true } && caller.Models.Allows(route.Name) ? PipelineErrors.ModelRetired(route) : PipelineErrors.ModelUnknown(id);
            await DialectAnswer.WriteErrorAsync(http, DialectAnswer.Of(http.Request), error);
        }

        return null;
    }

    private static List<ModelRoute> Visible(Caller caller, GatewayRuntime runtime)
        => [.. runtime.Current.Routes.Offered.Where(route => caller.Models.Allows(route.Name))];

    /// <summary>The index after the model of that name; 0 where it is unknown or none is named.</summary>
    private static int After(List<ModelRoute> all, string? name)
        => string.IsNullOrEmpty(name) ? 0 : all.FindIndex(route => route.Name == name) + 1;

    private static void WriteModel(Utf8JsonWriter json, ModelRoute route)
    {
        var released = new DateTimeOffset((route.Info?.Released ?? DateOnly.FromDateTime(DateTime.UnixEpoch)).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        json.WriteStartObject();
        json.WriteString("id", route.Name);
        json.WriteString("object", "model");
        json.WriteString("type", "model");
        json.WriteString("display_name", route.Info?.DisplayName ?? route.Name);
        json.WriteNumber("created", released.ToUnixTimeSeconds());
        json.WriteString("created_at", released.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteString("owned_by", route.Targets.Length > 0 ? route.Targets[0].Provider.Name : "sluice");
        if (route.Info?.Retires is { } retires)
        {
            json.WriteString("shutdown_date", retires.ToString("O", CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
    }

    private static void WriteGoogleModel(Utf8JsonWriter json, ModelRoute route)
    {
        json.WriteStartObject();
        json.WriteString("name", $"models/{route.Name}");
        json.WriteString("baseModelId", route.Name);
        json.WriteString("version", "001");
        json.WriteString("displayName", route.Info?.DisplayName ?? route.Name);
        json.WriteNumber("inputTokenLimit", route.Info?.ContextTokens ?? 0);
        json.WriteNumber("outputTokenLimit", route.Info?.MaxOutputTokens ?? 0);
        json.WriteStartArray("supportedGenerationMethods");
        foreach (var operation in Operation.All)
        {
            if (operation.ModelInPath && route.Targets.Any(target => target.Serves(operation)))
            {
                json.WriteStringValue(operation.PathMethod);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteId(Utf8JsonWriter json, string name, string? id)
    {
        if (id is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, id);
        }
    }

    private static async Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(body))
        {
            write(json);
        }

        http.Response.Headers[RequestId.Header] = RequestId.Next();
        await DialectAnswer.WriteJsonAsync(http, body.WrittenMemory);
    }
}
