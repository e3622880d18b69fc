using System.Globalization;
using Sluice.Limits;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers;
using Sluice.Routing;

namespace Sluice.Pipeline;

/// <summary>The pipeline's own refusals and failures, in words for the caller. Codes are anchors of docs/errors.md.</summary>
internal static class PipelineErrors
{
    public static GatewayError ModelUnknown(string model) => new(
        ErrorKind.NotFound, "model_not_found",
        $"The model '{Shown(model)}' does not exist here or is not served any more. GET /v1/models lists what this key may use.")
    { Param = "model" };

    /// <summary>The query names no model, or one that is longer than any name.</summary>
    public static GatewayError ModelMissing() => new(
        ErrorKind.InvalidRequest, PeekErrors.MissingMember,
        "The query names no model. Open the session with ?model=MODEL; GET /v1/models lists what this key may use.")
    { Param = "model" };

    public static GatewayError ModelNotAllowed(string model) => new(
        ErrorKind.Forbidden, "model_not_allowed",
        $"This API key may not use the model '{Shown(model)}'. GET /v1/models lists what it may use; an administrator can allow more.")
    { Param = "model" };

    public static GatewayError ModelRetired(ModelRoute route)
    {
        var since = route.Info?.Retires is { } day ? string.Create(CultureInfo.InvariantCulture, $" on {day:yyyy-MM-dd}") : "";
        var instead = route.Info?.Successor is { } successor
            ? $"Its successor is '{successor}'."
            : "The vendor names no successor; GET /v1/models lists what this key may use.";
        return new GatewayError(ErrorKind.NotFound, "model_not_found", $"The vendor retired the model '{Shown(route.Name)}'{since}. {instead}") { Param = "model" };
    }

    /// <summary>Why a route has no target for an operation.</summary>
    public static GatewayError DialectNotServed(ModelRoute route, Operation operation)
    {
        if (route.IsRetired)
        {
            return ModelRetired(route);
        }

        var served = string.Join(", ", route.Targets.SelectMany(target => target.Provider.DialectsServed).Distinct());
        return new GatewayError(
            ErrorKind.InvalidRequest, "dialect_not_served",
            served.Length == 0
                ? $"The model '{Shown(route.Name)}' has no target that this version can call. An administrator must configure one."
                : $"The model '{Shown(route.Name)}' is not served in the dialect of this endpoint ({operation.Dialect.Name()}, {operation.Name}), and such a call cannot be translated. Call it through: {served}.")
        { Param = "model" };
    }

    public static GatewayError Limited(in LimitDecision decision)
    {
        var who = decision.Scope switch
        {
            LimitScope.Key => "This API key has",
            LimitScope.User => "The owner of this API key has",
            LimitScope.Address => "Your address has",
            LimitScope.Model => "This model has",
            _ => "The gateway has",
        };
        return decision.Refused switch
        {
            LimitKind.Requests => Rate($"{who} used up its requests per minute.", decision.RetryAfterSeconds),
            LimitKind.Tokens => Rate($"{who} used up its tokens per minute.", decision.RetryAfterSeconds),
            _ => Rate($"{who} as many calls in flight as it may have at the same time.", decision.RetryAfterSeconds),
        };
    }

    public static GatewayError ModelNameUnusable(string model) => new(
        ErrorKind.InvalidRequest, "invalid_model_name",
        $"The model name '{Shown(model)}' cannot stand in a path: it has an empty, '.' or '..' segment.")
    { Param = "model" };

    /// <summary>Nothing was tried, because every credential rests, is busy, or is switched off.</summary>
    public static GatewayError NothingReady(bool forRate, TimeSpan? wait)
    {
        const string Advice = "Try again after the time in Retry-After, or ask an administrator to add a credential.";
        return forRate
            ? new GatewayError(ErrorKind.RateLimited, "upstream_rate_limited", $"Every credential for this model is waiting out a rate limit of the vendor. {Advice}") { RetryAfter = wait }
            : new GatewayError(ErrorKind.Unavailable, "no_credential_ready", $"No credential for this model is ready. {Advice}") { RetryAfter = wait };
    }

    /// <summary>The caller is bound to credentials, and none of them belongs to a provider of the model.</summary>
    public static GatewayError NoBoundCredential(string model) => new(
        ErrorKind.Forbidden, "no_bound_credential",
        $"This account is bound to certain credentials, and none of them serves the model '{Shown(model)}'. An administrator can bind it to more.")
    { Param = "model" };

    public static GatewayError NoCredential() => new(
        ErrorKind.Unavailable, "no_credential",
        "The provider of this model has no enabled credential. An administrator must add or enable one.");

    /// <summary>The last attempt's failure in words, where the vendor's own document is not shown.</summary>
    public static GatewayError Upstream(in UpstreamFailure failure) => failure.Kind switch
    {
        UpstreamFailureKind.CredentialRejected => new(
            ErrorKind.UpstreamFailed, "upstream_credential_rejected",
            "The vendor refused the gateway's own credential for this model. This is the operator's to mend; your API key is fine."),
        UpstreamFailureKind.OutOfCredit => new(
            ErrorKind.UpstreamFailed, "upstream_out_of_credit",
            "The gateway's account with the vendor has no credit left for this model. This is the operator's to mend."),
        UpstreamFailureKind.RateLimited => new(
            ErrorKind.RateLimited, "upstream_rate_limited", "The vendor's rate limit for this model is reached. Try again later.")
        { RetryAfter = failure.RetryAfter },
        UpstreamFailureKind.Overloaded => new(
            ErrorKind.Unavailable, "upstream_overloaded", "The vendor is overloaded. Try again later.")
        { RetryAfter = failure.RetryAfter },
        UpstreamFailureKind.ConnectFailed => new(
            ErrorKind.UpstreamFailed, "upstream_unreachable", "The vendor could not be reached. Try again; if it lasts, the operator must look at the provider's base_url and network."),
        UpstreamFailureKind.Timeout => new(
            ErrorKind.UpstreamTimeout, "upstream_timeout", "The vendor did not answer in time. Try again, or ask for less."),
        UpstreamFailureKind.ProtocolError => new(
            ErrorKind.UpstreamFailed, "upstream_protocol_error", "The vendor's answer broke off or was not valid HTTP. Try again."),
        UpstreamFailureKind.TokenUnavailable => new(
            ErrorKind.UpstreamFailed, "upstream_token_unavailable",
            "The gateway could not get an access token for its own credential. This is the operator's to mend; your API key is fine. Try again later."),
        UpstreamFailureKind.BadRequest => new(
            ErrorKind.InvalidRequest, "upstream_bad_request", string.Create(CultureInfo.InvariantCulture, $"The vendor refused the request with status {failure.Status} and no readable reason.")),
        _ => new(
            ErrorKind.UpstreamFailed, "upstream_server_error", string.Create(CultureInfo.InvariantCulture, $"The vendor failed with status {failure.Status}. Try again.")),
    };

    public static GatewayError StreamBroken() => new(
        ErrorKind.UpstreamFailed, "upstream_stream_broken", "The vendor's stream broke off before its end. What came is delivered; the rest is lost.");

    public static GatewayError StreamTimedOut(CallPhase phase) => new(
        ErrorKind.UpstreamTimeout, phase == CallPhase.Total ? "total_timeout" : "idle_timeout",
        phase == CallPhase.Total ? "The call took longer than the provider's total timeout allows." : "The vendor's stream was silent for longer than the provider's idle timeout allows.");

    /// <summary>Why an answer has no end.</summary>
    /// <param name="expired">The deadline that passed; None when the upstream itself broke off.</param>
    public static GatewayError BrokenOff(CallPhase expired) => expired switch
    {
        CallPhase.None => StreamBroken(),
        CallPhase.Drain => Stopping(),
        _ => StreamTimedOut(expired),
    };

    /// <summary>A vendor's own refusal or failure, for a client of another dialect.</summary>
    /// <param name="client">The client's dialect: only Anthropic's has a status for a vendor that is overloaded.</param>
    /// <param name="status">The status that the vendor's failure stands for.</param>
    /// <param name="message">The vendor's words, redacted.</param>
    /// <param name="wait">When to try again; null when the vendor does not say.</param>
    public static GatewayError OfVendor(Dialect client, int status, string message, TimeSpan? wait) =>
        new(status == 529 && client == Dialect.AnthropicMessages ? ErrorKind.Overloaded : KindOf(status), "upstream_error", message) { RetryAfter = wait };

    public static GatewayError Stopping() => new(
        ErrorKind.Unavailable, "gateway_stopping", "The gateway is stopping and its drain time is over. Send the call again.");

    public static GatewayError LedgerUnavailable() => new(
        ErrorKind.Unavailable, "ledger_unavailable",
        "The gateway cannot write its journal now, and nothing is called that could not be accounted for. Nothing was sent. Try again after the time in Retry-After; an administrator must look at the disk.")
    { RetryAfter = TimeSpan.FromSeconds(5) };

    public static GatewayError Internal() => new(
        ErrorKind.Internal, "internal_error", "The gateway failed. The request id finds the cause in its log.");

    private static ErrorKind KindOf(int status) => status switch
    {
        404 => ErrorKind.NotFound,
        413 => ErrorKind.TooLarge,
        422 => ErrorKind.Unprocessable,
        429 => ErrorKind.RateLimited,
        500 => ErrorKind.Internal,
        503 or 529 => ErrorKind.Unavailable,
        504 => ErrorKind.UpstreamTimeout,
        >= 500 => ErrorKind.UpstreamFailed,
        _ => ErrorKind.InvalidRequest,
    };

    /// <summary>One code for all limits, which clients know from OpenAI; the message tells which.</summary>
    private static GatewayError Rate(string message, int seconds) => new(
        ErrorKind.RateLimited, "rate_limit_exceeded", $"{message} Try again after the time in Retry-After.")
    { RetryAfter = TimeSpan.FromSeconds(seconds) };

    /// <summary>A client's text in a message is cut, so that an error stays readable.</summary>
    private static string Shown(string model) => model.Length <= 128 ? model : string.Concat(model.AsSpan(0, 128), "…");
}
