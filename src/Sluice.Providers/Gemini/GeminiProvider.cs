using Sluice.Providers.Catalogue;
using Sluice.Providers.Failures;

namespace Sluice.Providers.Gemini;

/// <summary>Google's Gemini API with an API key.</summary>
internal sealed class GeminiProvider : IProvider
{
    public ProviderDescriptor Descriptor { get; } = new("gemini", "Google Gemini")
    {
        DefaultBaseUrl = "https://generativelanguage.googleapis.com",
        EnvironmentVariables = ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        Operations = UsualPaths.Gemini,
        Models = ModelCatalogue.Gemini,
        SupportsIncludeUsage = false,
        ModelsPath = "/v1beta/models",
        DocsUrl = "https://ai.google.dev/api",
    };

    public void Authorize(IHeaderSink headers, string secret) => Credentials.Header(headers, "x-goog-api-key", secret);

    public UpstreamFailure Classify(int status, IUpstreamHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var error = UpstreamErrorBody.Read(body);
        return FailureTable.Build(status, headers, error, GeminiErrors.Kind(error), now);
    }
}
