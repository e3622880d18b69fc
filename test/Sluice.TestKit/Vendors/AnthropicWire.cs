namespace Sluice.TestKit.Vendors;

/// <summary>Answers of Anthropic's Messages API, as its documentation shows them (platform.claude.com, November 2026).</summary>
public static class AnthropicWire
{
    /// <summary>60 uncached input, 40 read from cache, 10 written for five minutes and 3 for an hour, 20 output.</summary>
    public const string Usage =
        """{"input_tokens":60,"cache_creation_input_tokens":13,"cache_read_input_tokens":40,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":3},"output_tokens":20,"service_tier":"standard"}""";

    private const string StartUsage =
        """{"input_tokens":60,"cache_creation_input_tokens":13,"cache_read_input_tokens":40,"cache_creation":{"ephemeral_5m_input_tokens":10,"ephemeral_1h_input_tokens":3},"output_tokens":1,"service_tier":"standard"}""";

    public static string Request(string model, bool stream = false)
        => $$"""{"model":"{{model}}","max_tokens":64,"messages":[{"role":"user","content":"say hello"}]{{(stream ? ",\"stream\":true" : "")}}}""";

    public static string Message()
        => $$"""{"id":"msg_1","type":"message","role":"assistant","model":"claude-real","content":[{"type":"text","text":"Hello there"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{{Usage}}}""";

    public static string MessageStart()
        => Event("message_start", $$""","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-real","content":[],"stop_reason":null,"stop_sequence":null,"usage":{{StartUsage}}}""");

    public static string BlockStart() => Event("content_block_start", ""","index":0,"content_block":{"type":"text","text":""}""");

    public static string TextDelta(string text) => Event("content_block_delta", $$""","index":0,"delta":{"type":"text_delta","text":"{{text}}"}""");

    public static string Ping() => Event("ping", "");

    /// <summary>The last usage is cumulative: 20 output tokens in all.</summary>
    public static IReadOnlyList<string> Stream() =>
    [
        MessageStart(),
        BlockStart(),
        Ping(),
        TextDelta("Hello"),
        TextDelta(" there"),
        Event("content_block_stop", ""","index":0"""),
        Event("message_delta", ""","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":20}"""),
        Event("message_stop", ""),
    ];

    public static string Error(string type, string message)
        => $$"""{"type":"error","error":{"type":"{{type}}","message":"{{message}}"},"request_id":"req_vendor"}""";

    public static string ErrorEvent(string type, string message)
        => $"event: error\ndata: {Error(type, message)}\n\n";

    private static string Event(string type, string members) => $"event: {type}\ndata: {{\"type\":\"{type}\"{members}}}\n\n";
}
