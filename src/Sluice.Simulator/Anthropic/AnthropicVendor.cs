using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary>Anthropic's headers and errors (https://platform.claude.com/docs/en/api/errors, /rate-limits).</summary>
internal sealed class AnthropicVendor : Vendor
{
    public static readonly AnthropicVendor Instance = new();

    private static readonly string[] Limited = ["requests", "tokens", "input-tokens", "output-tokens"];

    public override string RequestIdHeader => "request-id";

    public override string NewRequestId(SeededIdSource ids) => "req_011C" + SimulatedId.Noise(ids.Next(), 20);

    public override void AddHeaders(HttpResponse response, DateTimeOffset now)
    {
        var headers = response.Headers;
        headers["anthropic-organization-id"] = "00000000-0000-4000-8000-000000000001";
        var reset = now.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        foreach (var name in Limited)
        {
            var requests = name == "requests";
            headers[$"anthropic-ratelimit-{name}-limit"] = requests ? "4000" : "2000000";
            headers[$"anthropic-ratelimit-{name}-remaining"] = requests ? "3999" : "1999000";
            headers[$"anthropic-ratelimit-{name}-reset"] = reset;
        }
    }

    public override void AddErrorHeaders(HttpResponse response, VendorError error)
    {
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        response.Headers["x-should-retry"] = error.Status is 408 or 409 or 429 or >= 500 && error.Code is null ? "true" : "false";
    }

    public override VendorError MissingCredential => new(401, "authentication_error", "x-api-key header is required");

    public override VendorError UnreadableBody(string reason) => Refuse($"The request body is not valid JSON: {reason}");

    public override VendorError UnknownModel(string model) => new(404, "not_found_error", $"model: {model}");

    public override VendorError Failure(FailureFault fault, TimeSpan? retryAfter) => fault switch
    {
        FailureFault.Unauthorized => new(401, "authentication_error", "invalid x-api-key"),
        FailureFault.Forbidden => new(403, "permission_error", "Your API key does not have permission to use the specified resource."),
        FailureFault.RateLimited => new(429, "rate_limit_error", "This request would exceed your organization's rate limit. Please try again later.") { RetryAfter = retryAfter },
        FailureFault.OutOfQuota => new(429, "rate_limit_error", "You have reached your specified API usage limits.") { Code = "enforced_spend_limit_reached" },
        FailureFault.Unavailable => new(503, "api_error", "Service temporarily unavailable"),
        FailureFault.Overloaded => new(529, "overloaded_error", "Overloaded"),
        _ => new(500, "api_error", "Internal server error"),
    };

    public override byte[] ErrorBody(VendorError error, string requestId) => JsonText.Bytes(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "error");
        json.WriteStartObject("error");
        json.WriteString("type", error.Type);
        json.WriteString("message", error.Message);
        if (error.Code is not null)
        {
            json.WriteStartObject("details");
            json.WriteString("error_code", error.Code);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteString("request_id", requestId);
        json.WriteEndObject();
    });

    /// <summary>A 400 of the parameter checks.</summary>
    public static VendorError Refuse(string message) => new(400, "invalid_request_error", message);
}
