using Sluice.Providers.Catalogue;
using Sluice.Providers.Failures;

namespace Sluice.Providers.OpenAI;

/// <summary>OpenAI's own API: Chat, Responses and their one-shot relatives.</summary>
internal sealed class OpenAIProvider : IProvider
{
    public ProviderDescriptor Descriptor { get; } = new("openai", "OpenAI")
    {
        DefaultBaseUrl = "https://api.openai.com/v1",
        BaseUrlHasVersion = true,
        EnvironmentVariables = ["OPENAI_API_KEY"],
        Operations = UsualPaths.OpenAI,
        Models = ModelCatalogue.OpenAI,
        ModelsPath = "/models",
        DocsUrl = "https://platform.openai.com/docs/api-reference",
    };

    public void Authorize(IHeaderSink headers, string secret) => Credentials.Bearer(headers, secret);

    public UpstreamFailure Classify(int status, IUpstreamHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var error = UpstreamErrorBody.Read(body);
        return FailureTable.Build(status, headers, error, OpenAIErrors.Kind(error), now);
    }
}
