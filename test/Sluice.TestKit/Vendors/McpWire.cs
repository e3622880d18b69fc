using System.Globalization;
using System.Text.Json;
using Sluice.TestKit.Upstream;

namespace Sluice.TestKit.Vendors;

/// <summary>Messages of the Model Context Protocol (revision 2025-11-25, schema.ts), and a server that is well but for what a test makes of it.</summary>
public static class McpWire
{
    /// <summary>What a client sends first.</summary>
    public const string Initialize = """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}""";

    public static string Call(string tool, string arguments = "{}", string id = "1", string meta = "{}")
        => $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}},"_meta":{{{meta}}}}}""";

    /// <summary>A lane that shakes hands and lists tools of these names; a call is answered with its arguments as text.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="tools">Names of tools without arguments.</param>
    /// <param name="script">What is answered otherwise, by method; null leaves a request to the usual answer.</param>
    public static UpstreamLane ServeMcp(this UpstreamLane lane, IReadOnlyList<string> tools, Func<string, RecordedRequest, UpstreamAnswer?>? script = null)
        => lane.Always(request =>
        {
            if (request.Method != "POST")
            {
                return UpstreamAnswer.Json("{}", 405);
            }

            var message = request.Json;
            var method = message.TryGetProperty("method", out var named) ? named.GetString()! : "";
            if (script?.Invoke(method, request) is { } answer)
            {
                return answer;
            }

            return method switch
            {
                "initialize" => Result(request, """{"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true}},"serverInfo":{"name":"scripted","version":"1"}}""").With("mcp-session-id", "session-1"),
                "tools/list" => Result(request, $$$"""{"tools":[{{{string.Join(',', tools.Select(Tool))}}}]}"""),
                "tools/call" => Result(request, $$$"""{"content":[{"type":"text","text":{{{JsonSerializer.Serialize(Arguments(message))}}}}]}"""),
                _ => UpstreamAnswer.Bytes([], "text/plain", 202),
            };
        });

    /// <summary>A good answer to a request.</summary>
    public static UpstreamAnswer Result(RecordedRequest request, string result) => UpstreamAnswer.Json(Answer(request, result));

    /// <summary>The message of a good answer.</summary>
    public static string Answer(RecordedRequest request, string result) => $$$"""{"jsonrpc":"2.0","id":{{{IdOf(request)}}},"result":{{{result}}}}""";

    public static UpstreamAnswer Error(RecordedRequest request, int code, string message)
        => UpstreamAnswer.Json($$$"""{"jsonrpc":"2.0","id":{{{IdOf(request)}}},"error":{"code":{{{code.ToString(CultureInfo.InvariantCulture)}}},"message":{{{JsonSerializer.Serialize(message)}}}}}""");

    /// <summary>A message as an event of a stream.</summary>
    public static string Event(string message) => $"event: message\ndata: {message}\n\n";

    public static string IdOf(RecordedRequest request) => request.Json.GetProperty("id").GetRawText();

    private static string Tool(string name) => $$$"""{"name":"{{{name}}}","inputSchema":{"type":"object"}}""";

    private static string Arguments(JsonElement message)
        => message.GetProperty("params").TryGetProperty("arguments", out var arguments) ? arguments.GetRawText() : "";
}
