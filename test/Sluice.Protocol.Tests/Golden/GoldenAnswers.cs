using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Golden;

/// <summary>What a tap must know once an answer has gone through it.</summary>
public sealed record Learnt(
    TokenUsage Usage, bool HasUsage, bool Ended, int Events, long OutputTextBytes, bool HasError, string ErrorCode, bool AtEventBoundary)
{
    public static Learnt From(ResponseTap tap) => new(
        tap.Usage, tap.HasUsage, tap.Ended, tap.Events, tap.OutputTextBytes, tap.HasError, tap.ErrorCode, tap.AtEventBoundary);
}

/// <summary>An answer of a vendor (Golden/README.md names the sources) and what must be read out of it.</summary>
public sealed record GoldenAnswer(string File, Operation Operation, ResponseFraming Framing, Learnt Expected)
{
    public byte[] Bytes { get; } = Load(File);

    public override string ToString() => File;

    public static byte[] Load(string file)
    {
        using var stream = typeof(GoldenAnswer).Assembly.GetManifestResourceStream(file).ShouldNotBeNull();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

public static class GoldenAnswers
{
    private static readonly TokenUsage Messages = new(25, 2000, 200, 100, 15, 6);
    private static readonly TokenUsage Responses = new(21, 16, 0, 0, 11, 4);
    private static readonly TokenUsage AgentOfResponses = new(40, 64, 16, 0, 70, 32);
    private static readonly TokenUsage Gemini = new(50, 100, 0, 0, 29, 20);

    public static IReadOnlyList<GoldenAnswer> All { get; } =
    [
        Sse("chat.sse", Operation.Chat, new TokenUsage(63, 1024, 30, 0, 46, 20), events: 6, text: 25),
        Sse("chat-tools.sse", Operation.Chat, null, events: 5, text: 33),
        Sse("chat-openrouter.sse", Operation.Chat, null, events: 2, text: 2, error: "502"),
        Sse("chat-crlf-nospace.sse", Operation.Chat, new TokenUsage(5, 0, 0, 0, 2, 0), events: 5, text: 3),
        Sse("chat-cr-multiline.sse", Operation.Chat, new TokenUsage(3, 0, 0, 0, 4, 0), events: 3, text: 1),
        Sse("completions.sse", Operation.Completions, new TokenUsage(5, 0, 0, 0, 7, 0), events: 4, text: 7),
        Sse("responses.sse", Operation.Responses, Responses, events: 9, text: 9),
        Sse("responses-incomplete.sse", Operation.Responses, Responses, events: 9, text: 9),
        Sse("responses-failed.sse", Operation.Responses, null, events: 7, text: 9, error: "server_error"),
        Sse("responses-error.sse", Operation.Responses, null, events: 3, text: 0, error: "rate_limit_exceeded", ended: false),
        Sse("responses-agent.sse", Operation.Responses, AgentOfResponses, events: 39, text: 110),
        Sse("messages.sse", Operation.Messages, Messages, events: 14, text: 32),
        Sse("messages-data-only.sse", Operation.Messages, Messages, events: 14, text: 32),
        Sse("messages-error.sse", Operation.Messages, new TokenUsage(25, 2000, 200, 100, 1, 0), events: 4, text: 12, error: "overloaded_error", ended: false),
        Sse("gemini.sse", Operation.StreamGenerateContent, Gemini, events: 3, text: 6),
        Sse("gemini-blocked.sse", Operation.StreamGenerateContent, new TokenUsage(7, 0, 0, 0, 0, 0), events: 1, text: 0),
        Sse("gemini-error.sse", Operation.StreamGenerateContent, new TokenUsage(20, 0, 0, 0, 4, 0), events: 2, text: 3, error: "UNAVAILABLE", ended: false),
        Body("gemini-array.json", Operation.StreamGenerateContent, ResponseFraming.JsonArray, Gemini, events: 3, text: 14),
        Body("gemini-array-error.json", Operation.StreamGenerateContent, ResponseFraming.JsonArray, new TokenUsage(20, 0, 0, 0, 4, 0), events: 2, text: 3, error: "UNAVAILABLE"),
        Body("gemini.json", Operation.GenerateContent, ResponseFraming.Json, Gemini, events: 1, text: 1),
        Body("gemini-embedding.json", Operation.EmbedContent, ResponseFraming.Json, null, events: 1, text: 0),
        Body("chat.json", Operation.Chat, ResponseFraming.Json, new TokenUsage(19, 0, 0, 0, 10, 0), events: 1, text: 38),
        Body("embeddings.json", Operation.Embeddings, ResponseFraming.Json, new TokenUsage(8, 0, 0, 0, 0, 0), events: 1, text: 0),
        Body("responses.json", Operation.Responses, ResponseFraming.Json, Responses, events: 1, text: 9),
        Body("responses-agent.json", Operation.Responses, ResponseFraming.Json, AgentOfResponses, events: 1, text: 102),
        Body("responses-failed.json", Operation.Responses, ResponseFraming.Json, null, events: 1, text: 0, error: "server_error"),
        Body("messages.json", Operation.Messages, ResponseFraming.Json, new TokenUsage(12, 0, 50, 0, 6, 0), events: 1, text: 6),
        Body("messages-error.json", Operation.Messages, ResponseFraming.Json, null, events: 1, text: 0, error: "overloaded_error"),
    ];

    public static TheoryData<GoldenAnswer> Data => new(All);

    private static GoldenAnswer Sse(string file, Operation operation, TokenUsage? usage, int events, long text, string? error = null, bool ended = true) =>
        new(file, operation, ResponseFraming.Sse, new Learnt(usage ?? default, usage is not null, ended, events, text, error is not null, error ?? "", true));

    private static GoldenAnswer Body(string file, Operation operation, ResponseFraming framing, TokenUsage? usage, int events, long text, string? error = null) =>
        new(file, operation, framing, new Learnt(usage ?? default, usage is not null, true, events, text, error is not null, error ?? "", false));
}
