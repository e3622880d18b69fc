namespace Sluice.TestKit.Vendors;

/// <summary>Answers of the Gemini API, as its documentation shows them (ai.google.dev, November 2026).</summary>
public static class GeminiWire
{
    /// <summary>100 prompt tokens of which 40 cached, 15 candidate tokens and 5 of thoughts beside them.</summary>
    public const string Usage =
        """{"promptTokenCount":100,"candidatesTokenCount":15,"totalTokenCount":120,"cachedContentTokenCount":40,"thoughtsTokenCount":5}""";

    private const string FirstUsage = """{"promptTokenCount":100,"candidatesTokenCount":1,"totalTokenCount":101,"cachedContentTokenCount":40}""";

    public static string Request(string text = "say hello")
        => $$"""{"contents":[{"role":"user","parts":[{"text":"{{text}}"}]}]}""";

    public static string Response() => Chunk("Hello there", true, Usage);

    public static string Chunk(string text, bool last, string usage)
        => $$"""{"candidates":[{"content":{"role":"model","parts":[{"text":"{{text}}"}]},{{(last ? "\"finishReason\":\"STOP\"," : "")}}"index":0}],"usageMetadata":{{usage}},"modelVersion":"gemini-real","responseId":"r1"}""";

    /// <summary>Google ends its lines with CR LF.</summary>
    public static string SseChunk(string text, bool last = false) => $"data: {Chunk(text, last, last ? Usage : FirstUsage)}\r\n\r\n";

    public static IReadOnlyList<string> SseStream() => [SseChunk("Hello"), SseChunk(" there", last: true)];

    public static IReadOnlyList<string> ArrayStream()
        => ["[" + Chunk("Hello", false, FirstUsage), "\n,\r\n" + Chunk(" there", true, Usage), "\n]"];

    public static string Error(int code, string status, string message, string details = "")
        => $$$"""{"error":{"code":{{{code}}},"message":"{{{message}}}","status":"{{{status}}}"{{{(details.Length > 0 ? $",\"details\":[{details}]" : "")}}}}}""";

    /// <summary>How Google says when to come back.</summary>
    public static string RetryInfo(string delay) => $$"""{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{{delay}}"}""";
}
