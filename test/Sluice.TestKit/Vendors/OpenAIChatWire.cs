namespace Sluice.TestKit.Vendors;

/// <summary>Answers of OpenAI's Chat Completions and its neighbours, as the API reference shows them (platform.openai.com, November 2026).</summary>
public static class OpenAIChatWire
{
    /// <summary>100 prompt tokens of which 40 cached, 20 completion tokens of which 5 reasoning.</summary>
    public const string Usage =
        """{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":40,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":5,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""";

    public static string Request(string model, bool stream = false)
        => $$"""{"model":"{{model}}","messages":[{"role":"user","content":"say hello"}]{{(stream ? ",\"stream\":true" : "")}}}""";

    public static string Completion(string text = "Hello there", string usage = Usage)
        => $$$"""{"id":"chatcmpl-1","object":"chat.completion","created":1790000000,"model":"gpt-real","choices":[{"index":0,"message":{"role":"assistant","content":"{{{text}}}","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{{{usage}}},"service_tier":"default","system_fingerprint":null}""";

    public static string LegacyCompletion()
        => """{"id":"cmpl-1","object":"text_completion","created":1790000000,"model":"gpt-real","choices":[{"text":"Hello there","index":0,"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}""";

    public static string Embeddings()
        => """{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AACAPwAAAEA="}],"model":"embed-real","usage":{"prompt_tokens":8,"total_tokens":8}}""";

    public static string Moderation()
        => """{"id":"modr-1","model":"omni-moderation-latest","results":[{"flagged":false,"categories":{"violence":false},"category_scores":{"violence":0.01},"category_applied_input_types":{"violence":["text"]}}]}""";

    public static string Delta(string text, bool withUsageMember = false)
        => $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-real","system_fingerprint":null,"choices":[{"index":0,"delta":{"content":"{{text}}"},"logprobs":null,"finish_reason":null}]{{(withUsageMember ? ",\"usage\":null" : "")}}}""" + "\n\n";

    public static string RoleDelta(bool withUsageMember = false)
        => $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-real","system_fingerprint":null,"choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}]{{(withUsageMember ? ",\"usage\":null" : "")}}}""" + "\n\n";

    public static string Finish(bool withUsageMember = false)
        => $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-real","system_fingerprint":null,"choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]{{(withUsageMember ? ",\"usage\":null" : "")}}}""" + "\n\n";

    public static string UsageChunk(string usage = Usage)
        => $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-real","system_fingerprint":null,"choices":[],"usage":{{usage}}}""" + "\n\n";

    public const string Done = "data: [DONE]\n\n";

    /// <summary>A whole stream; the usage chunk stands before the end where it was asked for.</summary>
    public static IReadOnlyList<string> Stream(bool includeUsage)
        => includeUsage
            ? [RoleDelta(true), Delta("Hello", true), Delta(" there", true), Finish(true), UsageChunk(), Done]
            : [RoleDelta(), Delta("Hello"), Delta(" there"), Finish(), Done];

    public static string Error(string message, string type, string? code = null)
        => $$$"""{"error":{"message":"{{{message}}}","type":"{{{type}}}","param":null,"code":{{{(code is null ? "null" : $"\"{code}\"")}}}}}""";
}
