using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Auth;
using Sluice.Protocol.Canonical;

namespace Sluice.Admin.Http;

/// <summary>Reads and writes the JSON bodies of <c>/api</c>.</summary>
internal static partial class JsonBody
{
    /// <summary>What people who want more than they may put into bodies. Wherever a body knows such a member it is an administrator's.</summary>
    private static readonly string[] Privileged = ["role", "roles", "tier", "quota", "owner", "user_id", "is_admin", "admin", "administrator"];

    /// <summary>Ample for any form of the administration; bounds what a body can cost.</summary>
    private const long LargestBody = 1024 * 1024;

    private static readonly GatewayError TooLarge = new(
        ErrorKind.TooLarge, "body_too_large", "The body is larger than 1 MiB, the most that this path takes.");

    private static readonly GatewayError NotJson = new(
        ErrorKind.UnsupportedMedia, "json_required", "The body must be JSON: send 'content-type: application/json'.");

    private static readonly GatewayError Malformed = new(
        ErrorKind.InvalidRequest, "malformed_json", "The body is not a JSON document that can be read.");

    /// <summary>
    /// Reads the body; when it cannot be read, answers the problem and returns null. Unknown and repeated members are
    /// refused by name, so that a misspelt or privileged one is never silently ignored.
    /// </summary>
    public static async Task<T?> ReadJsonAsync<T>(this HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var (body, error, fields) = await ReadAsync(context, type);
        if (error is not null)
        {
            if (fields is [var field] && Privileged.Contains(field.Field, StringComparer.OrdinalIgnoreCase))
            {
                Log.Privileged(
                    context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(JsonBody)),
                    field.Field, context.Request.Path, context.GetCaller()?.KeyId ?? "nobody", context.Connection.RemoteIpAddress);
            }

            await context.WriteProblemAsync(error, fields);
        }

        return body;
    }

    /// <summary>Answers with a JSON document.</summary>
    public static async Task WriteJsonAsync<T>(this HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        await using (var json = new Utf8JsonWriter(response.BodyWriter))
        {
            JsonSerializer.Serialize(json, value, type);
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task<(T? Body, GatewayError? Error, FieldError[]? Fields)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var request = context.Request;
        if (!request.HasJsonContentType())
        {
            return (null, NotJson, null);
        }

        if (request.ContentLength > LargestBody)
        {
            return (null, TooLarge, null);
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > LargestBody)
            {
                return (null, TooLarge, null);
            }

            if (read.IsCompleted)
            {
                // The last bytes may have come on the thread that serves all sockets; what follows reads the database.
                await Task.Yield();
                var result = Parse(read.Buffer, type);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return result;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static (T? Body, GatewayError? Error, FieldError[]? Fields) Parse<T>(ReadOnlySequence<byte> bytes, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = type.Options.MaxDepth });
            var body = JsonSerializer.Deserialize(ref reader, type);
            while (reader.Read())
            {
                // Anything but space after the document makes this throw.
            }

            return body is null ? (null, Malformed, null) : (body, null, null);
        }
        catch (JsonException e)
        {
            var (error, fields) = Explain(e);
            return (null, error, fields);
        }
    }
    /// <summary>Names the member at fault; the serializer's own words would name our types.</summary>
    private static (GatewayError Error, FieldError[]? Fields) Explain(JsonException e)
    {
        var path = e.Path is { Length: > 2 } text ? text[2..] : "";
        if (path.Length == 0 || e.Message.StartsWith("Expected depth", StringComparison.Ordinal) || e.InnerException is JsonException)
        {
            return (Malformed, null);
        }

        var message = e.Message.Contains("could not be mapped", StringComparison.Ordinal) ? "is not a member of this body"
            : e.Message.StartsWith("Duplicate", StringComparison.Ordinal) ? "stands twice in the body"
            : "has the wrong type or is out of range";
        return (new GatewayError(ErrorKind.InvalidRequest, "invalid_body", $"The member '{path}' {message}."), [new FieldError(path, message)]);
    }

    private static partial class Log
    {
        [LoggerMessage(6101, LogLevel.Warning, "A body of {Path} from {Caller} at {Address} had the member {Member}, which it may not have; it was refused")]
        public static partial void Privileged(ILogger logger, string member, string path, string caller, System.Net.IPAddress? address);
    }
}
