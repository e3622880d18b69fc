using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Auth;

/// <summary>A member or parameter at fault.</summary>
/// <param name="Field">Such as <c>targets[0].provider</c> or <c>limit</c>.</param>
/// <param name="Message">What is wrong with it and what is accepted.</param>
internal sealed record FieldError(string Field, string Message);

/// <summary>Writes errors of <c>/api</c> as RFC 9457 problem details.</summary>
internal static class ProblemResponse
{
    private static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    private static readonly JsonEncodedText Title = JsonEncodedText.Encode("title");
    private static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
    private static readonly JsonEncodedText Detail = JsonEncodedText.Encode("detail");
    private static readonly JsonEncodedText Code = JsonEncodedText.Encode("code");
    private static readonly JsonEncodedText RequestId = JsonEncodedText.Encode("request_id");
    private static readonly JsonEncodedText Errors = JsonEncodedText.Encode("errors");

    /// <summary>Answers with the error; the response must not have begun.</summary>
    public static async Task WriteProblemAsync(this HttpContext context, GatewayError error, IReadOnlyList<FieldError>? fields = null)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (error.Kind == ErrorKind.Unauthenticated)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((long)Math.Max(1, Math.Ceiling(wait.TotalSeconds))).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await using (var json = new Utf8JsonWriter(response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteString(Type, "urn:sluice:error:" + error.Code);
            json.WriteString(Title, TitleOf(error.Kind));
            json.WriteNumber(Status, error.Status);
            json.WriteString(Detail, error.Message);
            json.WriteString(Code, error.Code);
            if (response.Headers.TryGetValue("x-request-id", out var requestId))
            {
                json.WriteString(RequestId, requestId.ToString());
            }

            WriteFields(json, error, fields);
            json.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static void WriteFields(Utf8JsonWriter json, GatewayError error, IReadOnlyList<FieldError>? fields)
    {
        fields ??= error.Param is null ? [] : [new FieldError(error.Param, error.Message)];
        if (fields.Count == 0)
        {
            return;
        }

        json.WriteStartArray(Errors);
        foreach (var field in fields)
        {
            json.WriteStartObject();
            json.WriteString("field", field.Field);
            json.WriteString("message", field.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string TitleOf(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidRequest => "The request must be changed",
        ErrorKind.Unauthenticated => "A valid API key is needed",
        ErrorKind.Forbidden => "Not allowed",
        ErrorKind.NotFound => "Not found",
        ErrorKind.MethodNotAllowed => "The path does not take this method",
        ErrorKind.Conflict => "In conflict with the present state",
        ErrorKind.TooLarge => "The body is too large",
        ErrorKind.UnsupportedMedia => "The media type is not accepted",
        ErrorKind.RateLimited => "Too many requests",
        ErrorKind.UpstreamFailed => "The provider failed",
        ErrorKind.Unavailable or ErrorKind.Overloaded => "Nothing can serve this now",
        ErrorKind.UpstreamTimeout => "The provider took too long",
        _ => "The gateway failed",
    };
}
