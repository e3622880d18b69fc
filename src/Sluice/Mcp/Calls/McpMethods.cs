using System.Text;
using System.Text.Json;
using Sluice.Mcp.Catalog;
using Sluice.Mcp.Servers;
using Sluice.Mcp.Sessions;
using Sluice.Mcp.Wire;

namespace Sluice.Mcp.Calls;

/// <summary>All methods but <c>tools/call</c> and <c>subscriptions/listen</c>: answered from memory, or by one server. They are free.</summary>
internal sealed class McpMethods(McpServers servers, McpSessions sessions)
{
    /// <summary>Many clients read the first page alone, so that pages are large.</summary>
    private const int PageEntries = 500;

    /// <summary>Begins every cursor, so that another text is known to be none.</summary>
    private const string CursorMark = "after:";

    private const int PageBytes = 4 * 1024 * 1024;

    /// <summary>How long a client of the sessionless revision may keep a list, in milliseconds.</summary>
    private const int ListLifetime = 10_000;

    /// <summary>Answers the request.</summary>
    public async Task RunAsync(McpRequest request)
    {
        var answer = await AnswerAsync(request);
        if (answer.Refusal is { } refusal)
        {
            await McpAnswer.RefuseAsync(request.Http, refusal, request.Id);
        }
        else
        {
            await McpAnswer.WriteAsync(request.Http, answer.Message!);
        }
    }

    private async ValueTask<Answer> AnswerAsync(McpRequest request)
    {
        switch (request.Message.Method)
        {
            case "initialize" when !request.Sessionless:
                return Initialize(request);
            case "ping" when !request.Sessionless:
                return Answer.Of(request, "{}"u8.ToArray());
            case "logging/setLevel" when !request.Sessionless:
                return SetLevel(request);
            case "server/discover" when request.Sessionless:
                return Answer.Of(request, Discovery());
            case "tools/list":
                return await ListAsync(request, "tools", static catalog => catalog.Tools, named: true);
            case "prompts/list":
                return await ListAsync(request, "prompts", static catalog => catalog.Prompts, named: true);
            case "resources/list":
                return await ListAsync(request, "resources", static catalog => catalog.Resources, named: false);
            case "resources/templates/list":
                return await ListAsync(request, "resourceTemplates", static catalog => catalog.Templates, named: false);
            case "prompts/get":
                return await GetPromptAsync(request);
            case "resources/read":
                return await ReadResourceAsync(request);
            default:
                return McpErrors.MethodUnknown(status: request.Sessionless);
        }
    }

    private Answer Initialize(McpRequest request)
    {
        var asked = request.Message.Text("protocolVersion");
        var version = ProtocolVersion.WithSessions.Contains(asked) ? asked! : ProtocolVersion.Latest;
        if (sessions.Begin(request.Caller.KeyId) is not { } session)
        {
            return McpErrors.TooManySessions();
        }

        session.Changes = new ChangeSubscription(servers, CatalogParts.All);
        request.Http.Response.Headers["Mcp-Session-Id"] = session.Id;
        return Answer.Of(request, RpcWriter.Object(json =>
        {
            json.WriteString("protocolVersion", version);
            WriteCapabilities(json);
            json.WriteStartObject("serverInfo");
            Implementation.Write(json);
            json.WriteEndObject();
        }));
    }

    private static Answer SetLevel(McpRequest request)
    {
        var rank = LogLevels.RankOf(request.Message.Text("level"));
        if (rank < 0)
        {
            return McpErrors.InvalidParams("params.level must be one of debug, info, notice, warning, error, critical, alert, emergency.");
        }

        request.Session!.LogLevel = rank;
        return Answer.Of(request, "{}"u8.ToArray());
    }

    private static byte[] Discovery() => RpcWriter.Object(json =>
    {
        json.WriteString("resultType", "complete");
        json.WriteStartArray("supportedVersions");
        json.WriteStringValue(ProtocolVersion.Sessionless);
        json.WriteEndArray();
        WriteCapabilities(json);
        WriteLifetime(json);
        json.WriteStartObject("_meta");
        json.WriteStartObject(MetaKey.ServerInfo);
        Implementation.Write(json);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private async ValueTask<Answer> ListAsync(McpRequest request, string member, Func<ServerCatalog, CatalogEntry[]> list, bool named)
    {
        if (!TryReadCursor(request.Message, out var after))
        {
            return McpErrors.InvalidParams("params.cursor is none that this list has given.");
        }

        await servers.ListedAsync(request.Http.RequestAborted);
        var offered = servers.Offered(request.Caller, list, named).DistinctBy(entry => entry.Shown).SkipWhile(entry => after is not null && string.CompareOrdinal(entry.Shown, after) <= 0);
        var page = new List<CatalogEntry>();
        string? next = null;
        var bytes = 0;
        foreach (var entry in offered)
        {
            bytes += entry.Json.Length;
            if (page.Count == PageEntries || (bytes > PageBytes && page.Count > 0))
            {
                next = Convert.ToBase64String(Encoding.UTF8.GetBytes(CursorMark + page[^1].Shown));
                break;
            }

            page.Add(entry);
        }

        return Answer.Of(request, RpcWriter.Object(json =>
        {
            if (request.Sessionless)
            {
                json.WriteString("resultType", "complete");
                WriteLifetime(json);
            }

            json.WriteStartArray(member);
            page.ForEach(entry => json.WriteRawValue(entry.Json, skipInputValidation: true));
            json.WriteEndArray();
            if (next is not null)
            {
                json.WriteString("nextCursor", next);
            }
        }));
    }

    private async ValueTask<Answer> GetPromptAsync(McpRequest request)
    {
        if (request.Message.Text("name") is not { } name)
        {
            return McpErrors.InvalidParams("params.name must be the prompt's name.");
        }

        await servers.ListedAsync(request.Http.RequestAborted);
        return servers.FindPrompt(request.Caller, name) is var (server, prompt)
            ? await ForwardAsync(request, server, prompt.Name)
            : McpErrors.PromptUnknown(name);
    }

    private async ValueTask<Answer> ReadResourceAsync(McpRequest request)
    {
        if (request.Message.Text("uri") is not { } uri)
        {
            return McpErrors.InvalidParams("params.uri must be the resource's address.");
        }

        await servers.ListedAsync(request.Http.RequestAborted);
        return servers.FindResource(request.Caller, uri) is { } server
            ? await ForwardAsync(request, server, uri)
            : McpErrors.ResourceUnknown(uri);
    }

    private static async ValueTask<Answer> ForwardAsync(McpRequest request, McpServer server, string target)
    {
        var call = new OutgoingCall(request.Message.Method) { Target = target, Params = request.Message.Content };
        var reply = await server.RequestAsync(call, request.Http.RequestAborted);
        return reply switch
        {
            { Answer: { Kind: RpcKind.Result } result } => Answer.Of(request, McpAnswer.ResultFor(request, result)),
            { Answer: { } error } => new Answer(McpAnswer.ErrorOf(request, server, error), null),
            _ => new McpRefusal(RpcCode.Gateway, McpErrors.Of(reply.Failure!, server.Config.Name), InBand: true),
        };
    }

    private static bool TryReadCursor(RpcMessage message, out string? after)
    {
        after = null;
        if (message.Member("cursor").ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return true;
        }

        var text = message.Text("cursor");
        var bytes = new byte[text?.Length ?? 0];
        if (string.IsNullOrEmpty(text) || !Convert.TryFromBase64String(text, bytes, out var length))
        {
            return false;
        }

        var read = Encoding.UTF8.GetString(bytes, 0, length);
        after = read.StartsWith(CursorMark, StringComparison.Ordinal) ? read[CursorMark.Length..] : null;
        return after is not null;
    }

    private static void WriteCapabilities(Utf8JsonWriter json)
    {
        json.WriteStartObject("capabilities");
        foreach (var list in new[] { "tools", "prompts", "resources" })
        {
            json.WriteStartObject(list);
            json.WriteBoolean("listChanged", true);
            json.WriteEndObject();
        }

        json.WriteStartObject("logging");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteLifetime(Utf8JsonWriter json)
    {
        json.WriteNumber("ttlMs", ListLifetime);
        json.WriteString("cacheScope", "private");
    }

    /// <summary>A message to answer with, or a refusal.</summary>
    private readonly record struct Answer(byte[]? Message, McpRefusal? Refusal)
    {
        public static implicit operator Answer(McpRefusal refusal) => new(null, refusal);

        public static Answer Of(McpRequest request, byte[] result) => new(RpcWriter.Result(request.Id, result), null);
    }
}
