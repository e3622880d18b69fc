using System.Globalization;
using System.Text;

namespace Sluice.Benchmarks;

/// <summary>Bodies of the kinds that a gateway sees, the same on every run.</summary>
internal static class Payloads
{
    // One line of the load test's prompts: an escape about every 40 bytes.
    private const string Line = "The quick brown fox jumps over the lazy dog. She said \\\"hello\\\" twice.\\n";

    /// <summary>A chat request of about this many bytes.</summary>
    public static byte[] ChatRequest(int bytes, string text = Line, bool stream = false)
    {
        const string Head = """{"model":"mock-1k","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":""" + "\"";
        var tail = "\"}],\"temperature\":0.7,\"max_tokens\":256" + (stream ? ",\"stream\":true}" : "}");
        var body = new StringBuilder(Head);
        var lines = (bytes - Head.Length - tail.Length) / Encoding.UTF8.GetByteCount(text);
        body.Insert(body.Length, text, lines);

        return Encoding.UTF8.GetBytes(body.Append(tail).ToString());
    }

    /// <summary>A chat request whose prompt is Chinese.</summary>
    public static byte[] ChineseRequest(int bytes) => ChatRequest(bytes, "敏捷的棕色狐狸跳过了懒狗。她说了两次你好。\\n");

    /// <summary>A request with this many members at the top.</summary>
    public static byte[] ManyNames(int names)
    {
        var body = new StringBuilder("{");
        for (var i = 0; i < names; i++)
        {
            body.Append(CultureInfo.InvariantCulture, $"\"k{i}\":0,");
        }

        return Encoding.UTF8.GetBytes(body.Append("\"model\":\"m\"}").ToString());
    }

    /// <summary>A Chat Completions stream of this many content chunks, with usage at its end.</summary>
    public static byte[] ChatStream(int chunks)
    {
        var stream = new StringBuilder();
        for (var i = 0; i < chunks; i++)
        {
            stream.Append(CultureInfo.InvariantCulture, $$"""data: {"id":"chatcmpl-9a8b7c6d5e4f","object":"chat.completion.chunk","created":1763700000,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{"content":" token{{i}}"},"logprobs":null,"finish_reason":null}],"usage":null}""");
            stream.Append("\n\n");
        }

        stream.Append("""data: {"id":"chatcmpl-9a8b7c6d5e4f","object":"chat.completion.chunk","created":1763700000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}""").Append("\n\n");
        stream.Append("""data: {"id":"chatcmpl-9a8b7c6d5e4f","object":"chat.completion.chunk","created":1763700000,"model":"gpt-4o-mini-2024-07-18","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":200,"total_tokens":220,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}""").Append("\n\n");
        stream.Append("data: [DONE]\n\n");
        return Encoding.UTF8.GetBytes(stream.ToString());
    }

    /// <summary>A Messages stream of this many text deltas.</summary>
    public static byte[] AnthropicStream(int deltas)
    {
        var stream = new StringBuilder();
        stream.Append("""event: message_start""").Append('\n').Append("""data: {"type":"message_start","message":{"id":"msg_01","type":"message","role":"assistant","content":[],"model":"claude-sonnet-4-5","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}}}""").Append("\n\n");
        for (var i = 0; i < deltas; i++)
        {
            stream.Append("event: content_block_delta\n");
            stream.Append(CultureInfo.InvariantCulture, $$$"""data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" token{{{i}}}"}}""").Append("\n\n");
        }

        stream.Append("""event: message_delta""").Append('\n').Append("""data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":200}}""").Append("\n\n");
        stream.Append("""event: message_stop""").Append('\n').Append("""data: {"type":"message_stop"}""").Append("\n\n");
        return Encoding.UTF8.GetBytes(stream.ToString());
    }

    /// <summary>A Gemini stream of this many chunks, each with its usage.</summary>
    public static byte[] GeminiStream(int chunks)
    {
        var stream = new StringBuilder();
        for (var i = 0; i < chunks; i++)
        {
            var finish = i == chunks - 1 ? ",\"finishReason\": \"STOP\"" : "";
            stream.Append(CultureInfo.InvariantCulture, $$$"""data: {"candidates": [{"content": {"parts": [{"text": " token{{{i}}}"}],"role": "model"}{{{finish}}},"index": 0}],"usageMetadata": {"promptTokenCount": 20,"candidatesTokenCount": {{{i}}},"totalTokenCount": {{{i + 20}}},"promptTokensDetails": [{"modality": "TEXT","tokenCount": 20}]},"modelVersion": "gemini-2.5-flash","responseId": "abc"}""");
            stream.Append("\r\n\r\n");
        }

        return Encoding.UTF8.GetBytes(stream.ToString());
    }

    /// <summary>A Chat Completions answer of about 1 KB.</summary>
    public static byte[] ChatResponse() => Encoding.UTF8.GetBytes(
        """{"id":"chatcmpl-9a8b7c6d5e4f","object":"chat.completion","created":1763700000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":" """
        + string.Concat(Enumerable.Repeat(Line, 8))
        + """ ","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":150,"total_tokens":170,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}},"service_tier":"default","system_fingerprint":"fp_44709d6fcb"}""");

    /// <summary>An answer with 1536 numbers.</summary>
    public static byte[] EmbeddingResponse() => Encoding.UTF8.GetBytes(
        """{"object":"list","data":[{"object":"embedding","index":0,"embedding":["""
        + string.Join(',', Enumerable.Range(0, 1536).Select(i => Math.Sin(i).ToString("R", CultureInfo.InvariantCulture)))
        + """]}],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}""");
}
