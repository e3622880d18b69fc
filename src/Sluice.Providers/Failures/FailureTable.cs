using System.Collections.Frozen;
using static Sluice.Providers.UpstreamFailureKind;

namespace Sluice.Providers.Failures;

/// <summary>What a status, or a vendor's word inside a stream, means where no vendor has a rule of its own.</summary>
internal static class FailureTable
{
    /// <summary>
    /// Error classes of the vendors, for error events after status 200, which have no status of their own.
    /// Sources: OpenAI's error codes and Responses <c>response.failed</c> codes, Anthropic's error types, google.rpc.Code.
    /// </summary>
    private static readonly FrozenDictionary<string, UpstreamFailureKind> ByWord = new Dictionary<string, UpstreamFailureKind>
    {
        ["invalid_request_error"] = BadRequest,
        ["invalid_prompt"] = BadRequest,
        ["not_found_error"] = BadRequest,
        ["model_not_found"] = BadRequest,
        ["conflict_error"] = BadRequest,
        ["request_too_large"] = BadRequest,
        ["context_length_exceeded"] = BadRequest,
        ["content_filter"] = BadRequest,
        ["INVALID_ARGUMENT"] = BadRequest,
        ["FAILED_PRECONDITION"] = BadRequest,
        ["OUT_OF_RANGE"] = BadRequest,
        ["NOT_FOUND"] = BadRequest,
        ["ABORTED"] = BadRequest,
        ["ALREADY_EXISTS"] = BadRequest,
        ["authentication_error"] = CredentialRejected,
        ["permission_error"] = CredentialRejected,
        ["UNAUTHENTICATED"] = CredentialRejected,
        ["PERMISSION_DENIED"] = CredentialRejected,
        ["billing_error"] = OutOfCredit,
        ["rate_limit_error"] = RateLimited,
        ["rate_limit_exceeded"] = RateLimited,
        ["too_many_requests"] = RateLimited,
        ["requests"] = RateLimited,
        ["tokens"] = RateLimited,
        ["RESOURCE_EXHAUSTED"] = RateLimited,
        ["overloaded_error"] = Overloaded,
        ["service_unavailable_error"] = Overloaded,
        ["engine_overloaded_error"] = Overloaded,
        ["slow_down"] = Overloaded,
        ["UNAVAILABLE"] = Overloaded,
        ["api_error"] = ServerError,
        ["server_error"] = ServerError,
        ["internal_server_error"] = ServerError,
        ["timeout_error"] = ServerError,
        ["INTERNAL"] = ServerError,
        ["UNKNOWN"] = ServerError,
        ["DATA_LOSS"] = ServerError,
        ["CANCELLED"] = ServerError,
        ["DEADLINE_EXCEEDED"] = ServerError,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static UpstreamFailureKind ByStatus(int status) => status switch
    {
        401 or 403 => CredentialRejected,
        402 => OutOfCredit,
        // 407: the credential's proxy asks for a password.
        407 => CredentialRejected,
        408 => UpstreamFailureKind.Timeout,
        429 => RateLimited,
        // 499: the vendor gave the call up (google.rpc.Code CANCELLED); nobody here had left.
        499 => ServerError,
        503 or 529 => Overloaded,
        >= 400 and < 500 => BadRequest,
        >= 500 and < 600 => ServerError,
        // Redirects are not followed, and a success is not asked about: what came is not the API.
        _ => ProtocolError,
    };

    /// <summary>Builds the failure: the vendor's own rule first, then the status, then the words.</summary>
    /// <param name="status">The HTTP status; 200 for an error event inside a stream.</param>
    /// <param name="headers">The response's headers.</param>
    /// <param name="error">What the body said.</param>
    /// <param name="byVendor">What the vendor's own rules found; null when they do not know the code.</param>
    /// <param name="now">The current time.</param>
    /// <param name="resetByVendor">When the vendor's own rules say that money is there again; null when they do not.</param>
    public static UpstreamFailure Build(
        int status, IUpstreamHeaders headers, UpstreamErrorBody error, UpstreamFailureKind? byVendor, DateTimeOffset now, TimeSpan? resetByVendor = null)
    {
        var inStream = status is >= 200 and < 300;
        var kind = byVendor ?? (inStream ? InStream(error) : ByStatus(status));
        return new UpstreamFailure(kind, inStream ? UpstreamStage.Body : UpstreamStage.AwaitHeaders, status, error.MostSpecific)
        {
            RetryAfter = kind == OutOfCredit && resetByVendor is { } reset ? reset : After(kind, headers, error, now),
            QuotaUsedUp = kind == RateLimited && error.DailyQuota,
            SignatureRefused = kind == BadRequest && SignatureRefusals.Is(error),
            ShouldRetry = headers.Find("x-should-retry") switch
            {
                "true" => true,
                "false" => false,
                _ => null,
            },
        };
    }

    private static UpstreamFailureKind InStream(UpstreamErrorBody error)
    {
        if (error.HttpStatus > 0)
        {
            return ByStatus(error.HttpStatus);
        }

        return ByWord.TryGetValue(error.Code, out var kind)
            || ByWord.TryGetValue(error.Type, out kind)
            || ByWord.TryGetValue(error.Status, out kind)
                ? kind
                : ServerError;
    }

    private static TimeSpan? After(UpstreamFailureKind kind, IUpstreamHeaders headers, UpstreamErrorBody error, DateTimeOffset now)
    {
        if (error.DailyQuota && kind == RateLimited)
        {
            // RetryInfo beside a daily quota speaks of the minute's window and would wake the credential for nothing.
            return RetryAfter.UntilPacificMidnight(now);
        }

        return RetryAfter.FromHeaders(headers, now) ?? error.RetryDelay;
    }
}
