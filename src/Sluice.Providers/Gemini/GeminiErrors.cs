using Sluice.Providers.Failures;
using static Sluice.Providers.UpstreamFailureKind;

namespace Sluice.Providers.Gemini;

/// <summary>Google's reasons that mean something else than their status says.</summary>
internal static class GeminiErrors
{
    /// <summary>The kind by the vendor's reason; null when the status says it all.</summary>
    public static UpstreamFailureKind? Kind(UpstreamErrorBody error) => (error.Reason, error.Status) switch
    {
        // A wrong key is 400 INVALID_ARGUMENT, not 401.
        ("API_KEY_INVALID" or "API_KEY_EXPIRED", _) => CredentialRejected,

        // 400 where the free tier is not offered: another project, with billing, may serve.
        (_, "FAILED_PRECONDITION") when error.Message.Contains("location is not supported", StringComparison.Ordinal)
            || error.Message.Contains("enable billing", StringComparison.Ordinal) => CredentialRejected,
        _ => null,
    };
}
