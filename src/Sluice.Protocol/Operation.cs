namespace Sluice.Protocol;

/// <summary>
/// One thing a client can ask of a model, as a row of data: which dialect it belongs to, where its model name stands
/// and how its answer is framed. A provider that lacks an operation simply has no row for it.
/// </summary>
/// <param name="Name">The name in traces, metrics and records, such as <c>chat</c>.</param>
/// <param name="Dialect">The wire format of request, answer and errors.</param>
/// <param name="GenAIName">
/// The value of <c>gen_ai.operation.name</c> in telemetry (OpenTelemetry GenAI semantic conventions).
/// </param>
public sealed record Operation(string Name, Dialect Dialect, string GenAIName)
{
    /// <summary>True when the model name stands in the path (Gemini) and not in the body.</summary>
    public bool ModelInPath { get; init; }

    /// <summary>True when the body's <c>stream</c> member may ask for server-sent events.</summary>
    public bool StreamsByBody { get; init; }

    /// <summary>True when this operation always streams (<c>streamGenerateContent</c>).</summary>
    public bool AlwaysStreams { get; init; }

    /// <summary>False for operations that vendors serve free of charge, such as counting tokens.</summary>
    public bool Metered { get; init; } = true;

    /// <summary>What the call makes, for credentials that bound kinds of calls by themselves.</summary>
    public CallKind Kind { get; init; }

    /// <summary>True where a model is asked for an answer, in any dialect: what can be translated into another one.</summary>
    public bool Generates { get; init; }

    /// <summary>False where the answer is no text, so that nothing of it is counted in tokens: embeddings, and predictions of media.</summary>
    public bool AnswersInTokens { get; init; } = true;

    /// <summary>The operation's place in <see cref="All"/>, for tables that are indexed by operation.</summary>
    public int Index { get; private init; }

    /// <summary>The method suffix of a Gemini path, such as <c>generateContent</c>; empty elsewhere.</summary>
    public string PathMethod { get; init; } = "";

    /// <summary>True when the body names the model of the path once more (<see cref="GeminiGenerate.ModelMembers"/>).</summary>
    public bool RepeatsModel { get; init; }

    /// <summary>The model that is meant when a request names none; empty where one must be named.</summary>
    public string ImpliedModel { get; init; } = "";

    /// <summary>The HTTP method.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>True for what is asked of an answer that is kept: its id stands in the path, and there is neither a model nor a body.</summary>
    public bool OfKept { get; init; }
    /// <summary>The wire format's name in metrics: the dialect's, save for what no dialect of models has.</summary>
    public string Wire { get => field ?? Dialect.Name(); private init; }

    /// <summary>True where the request has no body and becomes a WebSocket; its model stands in the query.</summary>
    public bool Upgrades { get; init; }

    /// <summary>What is checked of the request's body.</summary>
    internal RequestShape Shape { get; init; } = RequestShape.None;

    public static readonly Operation Chat = new("chat", Dialect.OpenAIChat, "chat") { Index = 0, StreamsByBody = true, Generates = true, Shape = OpenAIChat.RequestShapes.Chat };
    public static readonly Operation Completions = new("completions", Dialect.OpenAIChat, "text_completion") { Index = 1, StreamsByBody = true, Shape = OpenAIChat.RequestShapes.Completions };
    public static readonly Operation Embeddings = new("embeddings", Dialect.OpenAIChat, "embeddings") { Index = 2, AnswersInTokens = false, Shape = OpenAIChat.RequestShapes.Embeddings };
    public static readonly Operation Moderations = new("moderations", Dialect.OpenAIChat, "moderation") { Index = 3, Metered = false, ImpliedModel = "omni-moderation-latest", Shape = OpenAIChat.RequestShapes.Moderations };
    public static readonly Operation Responses = new("responses", Dialect.OpenAIResponses, "chat") { Index = 4, StreamsByBody = true, Generates = true, Shape = OpenAIResponses.RequestShapes.Responses };
    public static readonly Operation Messages = new("messages", Dialect.AnthropicMessages, "chat") { Index = 5, StreamsByBody = true, Generates = true, Shape = AnthropicMessages.RequestShapes.Messages };
    public static readonly Operation CountTokens = new("count_tokens", Dialect.AnthropicMessages, "count_tokens") { Index = 6, Metered = false, Shape = AnthropicMessages.RequestShapes.CountTokens };
    public static readonly Operation GenerateContent = new("generate_content", Dialect.GeminiGenerate, "generate_content") { Index = 7, ModelInPath = true, Generates = true, PathMethod = "generateContent", Shape = GeminiGenerate.RequestShapes.GenerateContent };
    public static readonly Operation StreamGenerateContent = new("stream_generate_content", Dialect.GeminiGenerate, "generate_content") { Index = 8, ModelInPath = true, Generates = true, AlwaysStreams = true, PathMethod = "streamGenerateContent", Shape = GeminiGenerate.RequestShapes.GenerateContent };
    public static readonly Operation GeminiCountTokens = new("gemini_count_tokens", Dialect.GeminiGenerate, "count_tokens") { Index = 9, ModelInPath = true, Metered = false, PathMethod = "countTokens", RepeatsModel = true, Shape = GeminiGenerate.RequestShapes.CountTokens };
    public static readonly Operation EmbedContent = new("embed_content", Dialect.GeminiGenerate, "embeddings") { Index = 10, ModelInPath = true, AnswersInTokens = false, PathMethod = "embedContent", RepeatsModel = true, Shape = GeminiGenerate.RequestShapes.EmbedContent };
    public static readonly Operation BatchEmbedContents = new("batch_embed_contents", Dialect.GeminiGenerate, "embeddings") { Index = 11, ModelInPath = true, AnswersInTokens = false, PathMethod = "batchEmbedContents", RepeatsModel = true, Shape = GeminiGenerate.RequestShapes.BatchEmbedContents };
    public static readonly Operation RetrieveResponse = new("response_get", Dialect.OpenAIResponses, "retrieve_response") { Index = 15, Method = "GET", OfKept = true, Metered = false };
    public static readonly Operation DeleteResponse = new("response_delete", Dialect.OpenAIResponses, "delete_response") { Index = 16, Method = "DELETE", OfKept = true, Metered = false };
    public static readonly Operation CancelResponse = new("response_cancel", Dialect.OpenAIResponses, "cancel_response") { Index = 17, OfKept = true, Metered = false };
    public static readonly Operation ResponseInputItems = new("response_input_items", Dialect.OpenAIResponses, "list_input_items") { Index = 18, Method = "GET", OfKept = true, Metered = false };
    public static readonly Operation ResponseInputTokens = new("response_input_tokens", Dialect.OpenAIResponses, "count_tokens") { Index = 19, Metered = false, Shape = OpenAIResponses.RequestShapes.InputTokens };

    /// <summary>
    /// A call of an MCP server's tool. Stands outside <see cref="All"/>: no model serves it and no route leads to it, but accounts,
    /// metrics and traces name it.
    /// </summary>
    public static readonly Operation ToolCall = new("tool_call", Dialect.OpenAIChat, "execute_tool") { Index = -1, Wire = "mcp" };

    /// <summary>A realtime session as a whole; costs nothing, for its responses do.</summary>
    public static readonly Operation Realtime = new("realtime", Dialect.OpenAIChat, "realtime") { Index = 12, Upgrades = true, Metered = false };

    /// <summary>One response of a realtime session.</summary>
    public static readonly Operation RealtimeResponse = new("realtime_response", Dialect.OpenAIChat, "realtime") { Index = 13 };

    /// <summary>A transcript of the caller's audio in a realtime session, billed by the model that transcribes.</summary>
    public static readonly Operation RealtimeTranscription = new("realtime_transcription", Dialect.OpenAIChat, "realtime") { Index = 14 };

    public static readonly Operation Predict = new("predict", Dialect.GeminiGenerate, "predict") { Index = 20, ModelInPath = true, AnswersInTokens = false, PathMethod = "predict", Shape = GeminiGenerate.RequestShapes.Predict };
    public static readonly Operation PredictLongRunning = new("predict_long_running", Dialect.GeminiGenerate, "predict") { Index = 21, ModelInPath = true, AnswersInTokens = false, Kind = CallKind.Video, PathMethod = "predictLongRunning", Shape = GeminiGenerate.RequestShapes.Predict };
    public static readonly Operation FetchPredictOperation = new("fetch_predict_operation", Dialect.GeminiGenerate, "predict") { Index = 22, ModelInPath = true, Metered = false, AnswersInTokens = false, PathMethod = "fetchPredictOperation", Shape = GeminiGenerate.RequestShapes.FetchPredictOperation };

    /// <summary>Every operation, in a stable order.</summary>
    public static IReadOnlyList<Operation> All { get; } =
        [Chat, Completions, Embeddings, Moderations, Responses, Messages, CountTokens, GenerateContent, StreamGenerateContent, GeminiCountTokens, EmbedContent, BatchEmbedContents, Realtime, RealtimeResponse, RealtimeTranscription,
        RetrieveResponse, DeleteResponse, CancelResponse, ResponseInputItems, ResponseInputTokens, Predict, PredictLongRunning, FetchPredictOperation];
}
