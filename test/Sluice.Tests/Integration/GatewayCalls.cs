using System.Text.Json;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>A dialect as tests loop over it: where it is called, and how its errors look.</summary>
/// <param name="Name">Shown in the test's name.</param>
public sealed record TestedDialect(string Name)
{
    public static readonly TestedDialect Chat = new("chat");
    public static readonly TestedDialect Responses = new("responses");
    public static readonly TestedDialect Messages = new("messages");
    public static readonly TestedDialect Gemini = new("gemini");

    /// <summary>All four, for <c>MemberData</c>.</summary>
    public static TheoryData<string> Names => ["chat", "responses", "messages", "gemini"];

    public static TestedDialect Of(string name) => new(name);

    /// <summary>The model of a lane that speaks this dialect.</summary>
    public string ModelOf(Lane lane) => Name switch { "messages" => lane.Claude, "gemini" => lane.Gemini, _ => lane.Chat };

    public string PairOf(Lane lane) => Name switch { "messages" => lane.ClaudePair, "gemini" => lane.GeminiPair, _ => lane.ChatPair };

    public string Path(string model, bool stream = false) => Name switch
    {
        "chat" => "/v1/chat/completions",
        "responses" => "/v1/responses",
        "messages" => "/v1/messages",
        _ => $"/v1beta/models/{model}:{(stream ? "streamGenerateContent?alt=sse" : "generateContent")}",
    };

    /// <summary>A small good request.</summary>
    public string Body(string model, bool stream = false) => Name switch
    {
        "chat" => OpenAIChatWire.Request(model, stream),
        "responses" => OpenAIResponsesWire.Request(model, stream),
        "messages" => AnthropicWire.Request(model, stream),
        _ => GeminiWire.Request(),
    };

    /// <summary>The body of a good answer.</summary>
    public string Answer => Name switch
    {
        "chat" => OpenAIChatWire.Completion(),
        "responses" => OpenAIResponsesWire.Response(),
        "messages" => AnthropicWire.Message(),
        _ => GeminiWire.Response(),
    };

    /// <summary>The parts of a good stream.</summary>
    public IReadOnlyList<string> Stream => Name switch
    {
        "chat" => OpenAIChatWire.Stream(includeUsage: true),
        "responses" => OpenAIResponsesWire.Stream(),
        "messages" => AnthropicWire.Stream(),
        _ => GeminiWire.SseStream(),
    };

    /// <summary>A first event and one with the text <c>Hello</c>: what stands before a fault in the middle.</summary>
    public IReadOnlyList<string> StreamStart => Name switch
    {
        "chat" => [OpenAIChatWire.RoleDelta(), OpenAIChatWire.Delta("Hello")],
        "responses" => [OpenAIResponsesWire.Created(), OpenAIResponsesWire.TextDelta(4, "Hello")],
        "messages" => [AnthropicWire.MessageStart(), AnthropicWire.BlockStart(), AnthropicWire.TextDelta("Hello")],
        _ => [GeminiWire.SseChunk("Hello")],
    };

    /// <summary>The error's words; fails unless the body is an error as this dialect's vendor writes it.</summary>
    public string ErrorMessage(GatewayReply reply)
    {
        reply.Header("content-type").ShouldNotBeNull().ShouldStartWith("application/json");
        var error = ErrorOf(reply);
        return error.GetProperty("message").GetString().ShouldNotBeNull();
    }

    /// <summary>The dialect's machine-readable reason: <c>code</c> or else <c>type</c> for OpenAI, <c>type</c> for Anthropic, <c>status</c> for Google.</summary>
    public string ErrorReason(GatewayReply reply)
    {
        var error = ErrorOf(reply);
        return Name switch
        {
            "messages" => error.GetProperty("type").GetString()!,
            "gemini" => error.GetProperty("status").GetString()!,
            _ => error.GetProperty("code") is { ValueKind: JsonValueKind.String } code ? code.GetString()! : error.GetProperty("type").GetString()!,
        };
    }

    /// <summary>True when the event says in this dialect that the answer failed.</summary>
    public bool IsErrorEvent(SseEvent e) => Name switch
    {
        "chat" => !e.IsDone && e.Json.TryGetProperty("error", out _),
        "responses" => e.Json.GetProperty("type").GetString() is "error" or "response.failed",
        "messages" => e.Type == "error" && e.Json.GetProperty("type").GetString() == "error",
        _ => e.Json.TryGetProperty("error", out _),
    };

    /// <summary>True when the event is the good end of a stream.</summary>
    public bool IsCleanEnd(SseEvent e) => Name switch
    {
        "chat" => e.IsDone,
        "responses" => e.Json.GetProperty("type").GetString() is "response.completed",
        "messages" => e.Type == "message_stop",
        _ => e.Json.TryGetProperty("candidates", out var c) && c[0].TryGetProperty("finishReason", out _),
    };

    public override string ToString() => Name;

    private JsonElement ErrorOf(GatewayReply reply)
    {
        var root = reply.Json;
        if (Name == "gemini" && root.ValueKind == JsonValueKind.Array)
        {
            root = root[0];
        }

        if (Name == "messages")
        {
            root.GetProperty("type").GetString().ShouldBe("error");
        }

        var error = root.GetProperty("error");
        if (Name == "gemini")
        {
            error.GetProperty("code").GetInt32().ShouldBe(reply.Status);
        }

        return error;
    }
}

/// <summary>Questions that several test classes ask the gateway.</summary>
internal static class GatewayCalls
{
    /// <summary>Calls a model in a dialect.</summary>
    public static Task<GatewayReply> CallAsync(this GatewayClient client, TestedDialect dialect, string model, bool stream = false)
        => client.PostAsync(dialect.Path(model, stream), dialect.Body(model, stream), Headers(dialect));

    /// <summary>Opens a stream of a model in a dialect.</summary>
    public static Task<OpenReply> StreamAsync(this GatewayClient client, TestedDialect dialect, string model)
        => client.OpenAsync(dialect.Path(model, stream: true), dialect.Body(model, stream: true), Headers(dialect));

    /// <summary>Headers that every client of the dialect sends.</summary>
    public static (string, string)[] Headers(TestedDialect dialect)
        => dialect.Name == "messages" ? [("anthropic-version", "2023-06-01")] : [];

    /// <summary>Waits for the account of a call.</summary>
    public static Task<UsageItem> UsageAsync(this GatewayClient admin, string requestId, TimeSpan? within = null)
        => Eventually.ValueAsync($"a usage record of {requestId}", async () =>
        {
            var page = await admin.GetAsync("/api/admin/usage/records?limit=200");
            page.Status.ShouldBe(200, page.Text);
            return page.Json.GetProperty("data").EnumerateArray()
                .Where(r => r.GetProperty("request_id").GetString() == requestId)
                .Select(r => new UsageItem(r)).FirstOrDefault();
        }, within);

    /// <summary>Waits for the account of the only call of a model.</summary>
    public static Task<UsageItem> UsageOfModelAsync(this GatewayClient admin, string model, TimeSpan? within = null)
        => Eventually.ValueAsync($"a usage record of {model}", async () =>
        {
            var page = await admin.GetAsync($"/api/admin/usage/records?limit=200&model={Uri.EscapeDataString(model)}");
            page.Status.ShouldBe(200, page.Text);
            return page.Json.GetProperty("data").EnumerateArray().Select(r => new UsageItem(r)).FirstOrDefault();
        }, within);
}

/// <summary>A usage record as the admin API shows it.</summary>
public sealed class UsageItem(JsonElement json)
{
    public JsonElement Json => json;

    public string Status => json.GetProperty("status").GetString()!;

    public string Model => json.GetProperty("model").GetString()!;

    public string Provider => json.GetProperty("provider").GetString()!;

    /// <summary>Null where unpriced.</summary>
    public long? CostNanoUsd => json.GetProperty("cost_nano_usd") is { ValueKind: JsonValueKind.Number } cost ? cost.GetInt64() : null;

    public long Tokens(string bucket) => json.GetProperty("tokens").GetProperty(bucket).GetInt64();
}
