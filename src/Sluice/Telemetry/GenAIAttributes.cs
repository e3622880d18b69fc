namespace Sluice.Telemetry;

/// <summary>Names of the OpenTelemetry semantic conventions for generative AI (opentelemetry.io/docs/specs/semconv/gen-ai).</summary>
internal static class GenAIAttributes
{
    public const string OperationName = "gen_ai.operation.name";
    public const string ProviderName = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string ResponseModel = "gen_ai.response.model";
    public const string TokenType = "gen_ai.token.type";

    /// <summary>All input tokens, cached ones included, as the convention asks.</summary>
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string CacheReadTokens = "gen_ai.usage.cache_read.input_tokens";
    public const string CacheCreationTokens = "gen_ai.usage.cache_creation.input_tokens";
    public const string ErrorType = "error.type";
    public const string ServerAddress = "server.address";
    public const string ServerPort = "server.port";
    public const string StatusCode = "http.response.status_code";
}

/// <summary>Maps a provider type of <c>sluice.yaml</c> to the convention's well-known <c>gen_ai.provider.name</c>.</summary>
internal static class GenAIProviderNames
{
    /// <summary>The convention's name; a type that it does not know stays as it is, as the convention allows.</summary>
    public static string Of(string type) => type switch
    {
        "azure-openai" or "azure" => "azure.ai.openai",
        "gemini" => "gcp.gemini",
        "mistral" => "mistral_ai",
        "vertex" => "gcp.vertex_ai",
        "xai" => "x_ai",
        _ => type,
    };
}
