using Sluice.Providers.Anthropic;
using Sluice.Providers.Failures;
using Sluice.Providers.OpenAI;

namespace Sluice.Providers.OpenAICompatible;

/// <summary>A vendor that speaks OpenAI's Chat dialect, as its row says.</summary>
internal sealed class CompatibleProvider(VendorRow row) : IProvider
{
    public ProviderDescriptor Descriptor { get; } = row.ToDescriptor();

    public void Authorize(IHeaderSink headers, string secret)
    {
        switch (row.Auth)
        {
            case "bearer":
                Credentials.Bearer(headers, secret);
                break;
            case "none":
                break;
            default:
                Credentials.Header(headers, row.Auth, secret);
                break;
        }

        foreach (var (name, value) in row.Headers)
        {
            headers.Add(name, value);
        }
    }

    public UpstreamFailure Classify(int status, IUpstreamHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var error = UpstreamErrorBody.Read(body);
        return FailureTable.Build(status, headers, error, Kind(error), now);
    }

    private UpstreamFailureKind? Kind(UpstreamErrorBody error)
    {
        if (row.Errors.TryGetValue(error.Code, out var kind) || row.Errors.TryGetValue(error.Type, out kind))
        {
            return kind;
        }

        // The client's words were refused, whatever the status (OpenRouter: 403).
        return error.Flagged ? UpstreamFailureKind.BadRequest : OpenAIErrors.Kind(error) ?? AnthropicErrors.Kind(error);
    }
}
