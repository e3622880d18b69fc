using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Sluice.Mcp.Wire;

/// <summary>What a JSON-RPC message is by its members.</summary>
internal enum RpcKind
{
    Request,
    Notification,
    Result,
    Error,
}

/// <summary>One JSON-RPC message. Its parts stay the bytes that came: nothing is read that need not be, and nothing is lost.</summary>
internal sealed class RpcMessage
{
    /// <summary>Deepest nesting of a message.</summary>
    private const int MaxDepth = 128;

    /// <summary>Longest id as it is written.</summary>
    private const int LongestId = 256;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };
    private static readonly JsonDocumentOptions Lenient = new() { MaxDepth = MaxDepth };

    private RpcMessage(RpcKind kind, string? id, string method, JsonElement content)
    {
        Kind = kind;
        Id = id;
        Method = method;
        Content = content;
    }

    public RpcKind Kind { get; }

    /// <summary>The id as it is written, quotes included; null for a notification, and for an error that names none.</summary>
    public string? Id { get; }

    /// <summary>Empty for answers.</summary>
    public string Method { get; }

    /// <summary><c>params</c>, <c>result</c> or <c>error</c>; undefined where a message has none.</summary>
    public JsonElement Content { get; }

    /// <summary>The bytes of <see cref="Content"/> as they came.</summary>
    public ReadOnlySpan<byte> Raw => Content.ValueKind == JsonValueKind.Undefined ? [] : JsonMarshal.GetRawUtf8Value(Content);

    /// <summary>The <c>_meta</c> of the content; undefined where there is none.</summary>
    public JsonElement Meta => Member("_meta") is { ValueKind: JsonValueKind.Object } meta ? meta : default;

    /// <summary>Reads a client's message: a member that stands twice anywhere is refused, since two readers could each believe another.</summary>
    public static RpcMessage? ReadStrictly(ReadOnlySpan<byte> json, out RpcProblem problem) => Read(json, Strict, out problem);

    /// <summary>Reads a server's message; null when it is none.</summary>
    public static RpcMessage? Read(ReadOnlySpan<byte> json) => Read(json, Lenient, out _);

    /// <summary>A member of the content; undefined where there is none.</summary>
    public JsonElement Member(string name)
        => Content.ValueKind == JsonValueKind.Object && Content.TryGetProperty(name, out var member) ? member : default;

    /// <summary>A member of the content that is a text; null otherwise.</summary>
    public string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    private static RpcMessage? Read(ReadOnlySpan<byte> json, JsonDocumentOptions options, out RpcProblem problem)
    {
        problem = RpcProblem.NotJson;
        if (!Utf8.IsValid(json))
        {
            return null;
        }

        JsonElement root;
        try
        {
            root = JsonElement.Parse(json, options);
        }
        catch (JsonException)
        {
            return null;
        }

        problem = root.ValueKind == JsonValueKind.Array ? RpcProblem.Batch : RpcProblem.NotAMessage;
        return root.ValueKind == JsonValueKind.Object ? Of(root) : null;
    }

    private static RpcMessage? Of(JsonElement root)
    {
        if (!root.TryGetProperty("jsonrpc", out var version) || version.ValueKind != JsonValueKind.String || !version.ValueEquals("2.0"u8))
        {
            return null;
        }

        string? id = null;
        if (root.TryGetProperty("id", out var given) && given.ValueKind != JsonValueKind.Null)
        {
            id = given.ValueKind is JsonValueKind.String or JsonValueKind.Number && JsonMarshal.GetRawUtf8Value(given).Length <= LongestId ? given.GetRawText() : null;
            if (id is null)
            {
                return null;
            }
        }

        if (root.TryGetProperty("method", out var method))
        {
            var hasParams = root.TryGetProperty("params", out var parameters);
            return method.ValueKind != JsonValueKind.String || (hasParams && parameters.ValueKind != JsonValueKind.Object)
                ? null
                : new RpcMessage(id is null ? RpcKind.Notification : RpcKind.Request, id, method.GetString()!, parameters);
        }

        if (root.TryGetProperty("result", out var result))
        {
            return id is null || result.ValueKind != JsonValueKind.Object ? null : new RpcMessage(RpcKind.Result, id, "", result);
        }

        return root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
            ? new RpcMessage(RpcKind.Error, id, "", error)
            : null;
    }
}

/// <summary>Why bytes are no message.</summary>
internal enum RpcProblem
{
    NotJson,
    Batch,
    NotAMessage,
}
