using Sluice.Protocol;
using Sluice.Providers.Anthropic;
using Sluice.Providers.Catalogue;
using Sluice.Providers.Failures;
using Sluice.Providers.Gemini;

namespace Sluice.Providers.Vertex;

/// <summary>Google's Vertex AI with service accounts, or with an API key (express mode): Gemini, Claude, and what is served in OpenAI's dialect.</summary>
internal sealed class VertexProvider : IProvider
{
    private const string Place = "/v1/projects/{project}/locations/{location}";

    public ProviderDescriptor Descriptor { get; } = new("vertex", "Google Vertex AI")
    {
        DefaultBaseUrl = VertexHosts.BaseUrlOf(VertexHosts.DefaultLocation),
        EnvironmentVariables = ["GOOGLE_APPLICATION_CREDENTIALS"],
        Operations =
        [
            Google(Operation.GenerateContent),
            Google(Operation.StreamGenerateContent),
            Google(Operation.GeminiCountTokens),
            Google(Operation.EmbedContent),
            Google(Operation.Predict),
            Google(Operation.PredictLongRunning),
            Google(Operation.FetchPredictOperation),
            new(Operation.Messages, $"{Place}/publishers/anthropic/models/{{model}}:rawPredict")
            {
                StreamPath = $"{Place}/publishers/anthropic/models/{{model}}:streamRawPredict",
                Publisher = VertexModels.Anthropic,
                TakesQuery = false,
            },
            new(Operation.CountTokens, $"{Place}/publishers/anthropic/models/count-tokens:rawPredict") { Publisher = VertexModels.Anthropic, TakesQuery = false },
            new(Operation.Chat, $"{Place}/endpoints/openapi/chat/completions") { Publisher = VertexModels.Others, TakesQuery = false },
        ],
        Models = new ModelCatalogue("Vertex"),
        AlsoServes = ["gemini-*", "claude-*"],
        Platform = new PlatformRules(VertexModels.PublisherOf, VertexHosts.BaseUrlOf)
        {
            DefaultLocation = VertexHosts.DefaultLocation,
            AnthropicVersion = "vertex-2023-10-16",
            WithoutProject = [VertexModels.Google],
        },
        Spelling = VertexModels.SpellingOf,
        DocsUrl = "https://cloud.google.com/vertex-ai/generative-ai/docs",
    };

    /// <summary>Express mode: a key of the Cloud project, and no service account.</summary>
    public void Authorize(IHeaderSink headers, string secret) => Credentials.Header(headers, "x-goog-api-key", secret);

    /// <summary>Errors are Google's or, where Claude itself refuses, Anthropic's: the words of both are known.</summary>
    public UpstreamFailure Classify(int status, IUpstreamHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var error = UpstreamErrorBody.Read(body);
        return FailureTable.Build(status, headers, error, GeminiErrors.Kind(error) ?? AnthropicErrors.Kind(error), now);
    }

    private static OperationPath Google(Operation operation)
        => new(operation, $"{Place}/publishers/google/models/{{model}}:{operation.PathMethod}") { Publisher = VertexModels.Google };
}
