using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>OpenAI's headers and errors (https://platform.openai.com/docs/guides/error-codes).</summary>
internal sealed class OpenAIVendor : Vendor
{
    public static readonly OpenAIVendor Instance = new();

    public override string RequestIdHeader => "x-request-id";

    public override string NewRequestId(SeededIdSource ids) => "req_" + SimulatedId.Hex(ids.Next(), 32);

    public override void AddHeaders(HttpResponse response, DateTimeOffset now)
    {
        var headers = response.Headers;
        headers["openai-processing-ms"] = "1";
        headers["openai-version"] = "2020-10-01";
        headers["openai-organization"] = "simulated-org";
        headers["x-ratelimit-limit-requests"] = "10000";
        headers["x-ratelimit-limit-tokens"] = "2000000";
        headers["x-ratelimit-remaining-requests"] = "9999";
        headers["x-ratelimit-remaining-tokens"] = "1999000";
        headers["x-ratelimit-reset-requests"] = "6ms";
        headers["x-ratelimit-reset-tokens"] = "30ms";
    }

    public override void AddErrorHeaders(HttpResponse response, VendorError error)
    {
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            response.Headers["retry-after-ms"] = ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }
    }

    public override VendorError MissingCredential => new(401, "invalid_request_error",
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).");

    public override VendorError UnreadableBody(string reason) => new(400, "invalid_request_error",
        $"We could not parse the JSON body of your request: {reason}. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)");

    public override VendorError UnknownModel(string model) => new(404, "invalid_request_error",
        $"The model `{model}` does not exist or you do not have access to it.")
    {
        Code = "model_not_found",
    };

    public override VendorError Failure(FailureFault fault, TimeSpan? retryAfter) => fault switch
    {
        FailureFault.Unauthorized => new(401, "invalid_request_error", "Incorrect API key provided: sim-****. You can find your API key at https://platform.openai.com/account/api-keys.") { Code = "invalid_api_key" },
        FailureFault.Forbidden => new(403, "invalid_request_error", "Country, region, or territory not supported") { Code = "unsupported_country_region_territory" },
        FailureFault.RateLimited => new(429, "requests", "Rate limit reached for requests. Visit https://platform.openai.com/account/rate-limits to learn more.") { Code = "rate_limit_exceeded", RetryAfter = retryAfter },
        FailureFault.OutOfQuota => new(429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details.") { Code = "insufficient_quota" },
        FailureFault.Unavailable => new(503, "server_error", "The engine is currently overloaded, please try again later") { Code = "service_unavailable" },
        FailureFault.Overloaded => new(529, "server_error", "The engine is currently overloaded, please try again later") { Code = "overloaded" },
        _ => new(500, "server_error", "The server had an error while processing your request. Sorry about that!"),
    };

    public override byte[] ErrorBody(VendorError error, string requestId) => JsonText.Bytes(json => OpenAIJson.WriteError(json, error));
}
