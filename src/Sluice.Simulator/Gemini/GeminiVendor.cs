using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sluice.Simulator.Faults;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary>Google's errors (https://ai.google.dev/gemini-api/docs/troubleshooting). It sends no request id and no limits.</summary>
/// <param name="inArray">True where the answer is a JSON array: the error is then its only element.</param>
internal sealed class GeminiVendor(bool inArray) : Vendor
{
    private const string TypePrefix = "type.googleapis.com/google.rpc.";

    public static readonly GeminiVendor Instance = new(inArray: false);

    public static readonly GeminiVendor InArray = new(inArray: true);

    public override string RequestIdHeader => "";

    public override string NewRequestId(SeededIdSource ids) => "";

    public override void AddHeaders(HttpResponse response, DateTimeOffset now)
    {
        response.Headers.Vary = "Origin, X-Origin, Referer";
        response.Headers["x-content-type-options"] = "nosniff";
        response.Headers["server-timing"] = "gfet4t7; dur=1";
    }

    public override void AddErrorHeaders(HttpResponse response, VendorError error)
    {
        // Google says when to come back in RetryInfo, not in a header.
    }

    public override VendorError MissingCredential => new(401, "UNAUTHENTICATED",
        "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.")
    {
        Code = "CREDENTIALS_MISSING",
    };

    public override VendorError UnreadableBody(string reason) => Refuse($"Invalid JSON payload received: {reason}.");

    public override VendorError UnknownModel(string model) => new(404, "NOT_FOUND",
        $"models/{model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.");

    public static VendorError UnknownMethod(string path) => new(404, "NOT_FOUND", $"Method not found: {path}");

    public override VendorError Failure(FailureFault fault, TimeSpan? retryAfter) => fault switch
    {
        FailureFault.Unauthorized => new(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.") { Code = "API_KEY_INVALID" },
        FailureFault.Forbidden => new(403, "PERMISSION_DENIED", "The caller does not have permission"),
        FailureFault.RateLimited => new(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).") { RetryAfter = retryAfter, QuotaId = "GenerateRequestsPerMinutePerProjectPerModel" },
        FailureFault.OutOfQuota => new(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details.") { QuotaId = "GenerateRequestsPerDayPerProjectPerModel" },
        FailureFault.Unavailable or FailureFault.Overloaded => new(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        _ => new(500, "INTERNAL", "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"),
    };

    public override byte[] ErrorBody(VendorError error, string requestId) => JsonText.Bytes(json =>
    {
        if (inArray)
        {
            json.WriteStartArray();
        }

        WriteError(json, error);
        if (inArray)
        {
            json.WriteEndArray();
        }
    }, JsonText.Indented);

    /// <summary>A 400 of the parameter checks.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="field">The field at fault, for <c>BadRequest</c>; null when there is none.</param>
    public static VendorError Refuse(string message, string? field = null) => new(400, "INVALID_ARGUMENT", message) { Param = field };

    /// <summary>Writes <c>{"error":{code,message,status,details}}</c>.</summary>
    public static void WriteError(Utf8JsonWriter json, VendorError error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", error.Status);
        json.WriteString("message", error.Message);
        json.WriteString("status", error.Type);
        if (error.Code is not null || error.Param is not null || error.RetryAfter is not null || error.QuotaId is not null)
        {
            WriteDetails(json, error);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, VendorError error)
    {
        json.WriteStartArray("details");
        if (error.Code is not null)
        {
            Begin(json, "ErrorInfo");
            json.WriteString("reason", error.Code);
            json.WriteString("domain", "googleapis.com");
            json.WriteStartObject("metadata");
            json.WriteString("service", "generativelanguage.googleapis.com");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (error.QuotaId is not null)
        {
            Begin(json, "QuotaFailure");
            json.WriteStartArray("violations");
            json.WriteStartObject();
            json.WriteString("quotaMetric", "generativelanguage.googleapis.com/generate_content_requests");
            json.WriteString("quotaId", error.QuotaId);
            json.WriteString("quotaValue", "1000");
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (error.Param is not null)
        {
            Begin(json, "BadRequest");
            json.WriteStartArray("fieldViolations");
            json.WriteStartObject();
            json.WriteString("field", error.Param);
            json.WriteString("description", error.Message);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (error.RetryAfter is { } wait)
        {
            Begin(json, "RetryInfo");
            json.WriteString("retryDelay", $"{wait.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Begin(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteString("@type", TypePrefix + type);
    }
}
