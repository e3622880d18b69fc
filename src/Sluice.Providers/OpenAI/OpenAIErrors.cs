using Sluice.Providers.Failures;
using static Sluice.Providers.UpstreamFailureKind;

namespace Sluice.Providers.OpenAI;

/// <summary>OpenAI's codes that mean something else than their status says.</summary>
internal static class OpenAIErrors
{
    /// <summary>The kind by the vendor's code; null when the status says it all.</summary>
    public static UpstreamFailureKind? Kind(UpstreamErrorBody error) => ByWord(error.Code) ?? ByWord(error.Type);

    private static UpstreamFailureKind? ByWord(string word) => word switch
    {
        // 429, yet waiting does not help: https://platform.openai.com/docs/guides/error-codes
        "insufficient_quota" or "billing_not_active" => OutOfCredit,

        // 400 from the image endpoints.
        "billing_hard_limit_reached" => OutOfCredit,
        "invalid_api_key" or "account_deactivated" or "organization_deactivated" => CredentialRejected,
        "unsupported_country_region_territory" => CredentialRejected,
        _ => null,
    };
}
