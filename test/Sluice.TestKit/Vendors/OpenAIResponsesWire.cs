namespace Sluice.TestKit.Vendors;

/// <summary>Answers of OpenAI's Responses API, as the API reference shows them (platform.openai.com, November 2026).</summary>
public static class OpenAIResponsesWire
{
    /// <summary>100 input tokens of which 40 cached, 20 output tokens of which 5 reasoning.</summary>
    public const string Usage =
        """{"input_tokens":100,"input_tokens_details":{"cached_tokens":40},"output_tokens":20,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":120}""";

    private const string Item =
        """{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello there","annotations":[]}]}""";

    public static string Request(string model, bool stream = false)
        => $$"""{"model":"{{model}}","input":"say hello"{{(stream ? ",\"stream\":true" : "")}}}""";

    public static string Response(string status = "completed")
        => $$"""{"id":"resp_1","object":"response","created_at":1790000000,"status":"{{status}}","error":null,"incomplete_details":null,"model":"gpt-real","output":[{{Item}}],"parallel_tool_calls":true,"tool_choice":"auto","tools":[],"usage":{{Usage}}}""";

    public static IReadOnlyList<string> Stream() =>
    [
        Event("response.created", 0, $",\"response\":{Opening()}"),
        Event("response.in_progress", 1, $",\"response\":{Opening()}"),
        Event("response.output_item.added", 2, ""","output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}"""),
        Event("response.content_part.added", 3, ""","item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}"""),
        TextDelta(4, "Hello"),
        TextDelta(5, " there"),
        Event("response.output_text.done", 6, ""","item_id":"msg_1","output_index":0,"content_index":0,"text":"Hello there","logprobs":[]"""),
        Event("response.content_part.done", 7, ""","item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hello there","annotations":[]}"""),
        Event("response.output_item.done", 8, $",\"output_index\":0,\"item\":{Item}"),
        Event("response.completed", 9, $",\"response\":{Response()}"),
    ];

    public static string Created() => Event("response.created", 0, $",\"response\":{Opening()}");

    public static string TextDelta(int number, string text)
        => Event("response.output_text.delta", number, $$""","item_id":"msg_1","output_index":0,"content_index":0,"delta":"{{text}}","logprobs":[]""");

    private static string Event(string type, int number, string members)
        => $"event: {type}\ndata: {{\"type\":\"{type}\",\"sequence_number\":{number}{members}}}\n\n";

    private static string Opening()
        => """{"id":"resp_1","object":"response","created_at":1790000000,"status":"in_progress","error":null,"incomplete_details":null,"model":"gpt-real","output":[],"parallel_tool_calls":true,"tool_choice":"auto","tools":[],"usage":null}""";
}
