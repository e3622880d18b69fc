using Sluice.Providers.Catalogue;
using Sluice.Providers.Failures;

namespace Sluice.Providers.Anthropic;

/// <summary>Anthropic's API: Messages and token counting.</summary>
internal sealed class AnthropicProvider : IProvider
{
    /// <summary>Access tokens of OAuth sign-ins; they are refused as <c>x-api-key</c>.</summary>
    private const string AccessTokenPrefix = "sk-ant-oat";

    public ProviderDescriptor Descriptor { get; } = new("anthropic", "Anthropic")
    {
        DefaultBaseUrl = "https://api.anthropic.com",
        EnvironmentVariables = ["ANTHROPIC_API_KEY"],
        Operations = UsualPaths.Anthropic,
        Models = ModelCatalogue.Anthropic,
        SupportsIncludeUsage = false,
        ModelsPath = "/v1/models",
        Spelling = static model => model.StartsWith("claude-", StringComparison.Ordinal) ? model.Replace('@', '-') : model,
        DocsUrl = "https://platform.claude.com/docs/en/api/overview",
    };

    public void Authorize(IHeaderSink headers, string secret)
    {
        if (secret.StartsWith(AccessTokenPrefix, StringComparison.Ordinal))
        {
            Credentials.Bearer(headers, secret);
        }
        else
        {
            Credentials.Header(headers, "x-api-key", secret);
        }
    }

    public UpstreamFailure Classify(int status, IUpstreamHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var error = UpstreamErrorBody.Read(body);
        return FailureTable.Build(status, headers, error, AnthropicErrors.Kind(error), now, AnthropicErrors.Reset(error, now));
    }
}
