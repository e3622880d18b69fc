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
        return FailureTable.Build(status, headers, error, Kind(status, error), now);
    }

    private UpstreamFailureKind? Kind(int status, UpstreamErrorBody error)
    {
        if (row.Errors.TryGetValue(error.Code, out var kind) || row.Errors.TryGetValue(error.Type, out kind))
        {
            return kind;
        }

        // OpenRouter's moderation: the 403 is about the client's words and not about the key.
        return error.Flagged && (status == 403 || error.HttpStatus == 403)
            ? UpstreamFailureKind.BadRequest
            : OpenAIErrors.Kind(error) ?? AnthropicErrors.Kind(error);
    }
}
