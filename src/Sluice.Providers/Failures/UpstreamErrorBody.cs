using System.Globalization;
using System.Text.Json;

namespace Sluice.Providers.Failures;

/// <summary>
/// The members of a vendor's error document that decide what follows, whichever vendor's form it has:
/// <c>{"error":{…}}</c>, <c>{"type":"error","error":{…}}</c>, Google's (also wrapped in an array), <c>{"error":"text"}</c>,
/// a Responses event, or the members at the top. Anything else reads as empty; nothing here throws.
/// </summary>
internal sealed class UpstreamErrorBody
{
    private const int MaxDepth = 64;
    private const int LongestWord = 100;
    private const int LongestMessage = 1000;

    /// <summary><c>error.type</c>: OpenAI's and Anthropic's class of error.</summary>
    public string Type { get; private set; } = "";

    /// <summary><c>error.code</c> as text; numbers included.</summary>
    public string Code { get; private set; } = "";

    /// <summary><c>error.status</c>: Google's canonical code, such as <c>RESOURCE_EXHAUSTED</c>.</summary>
    public string Status { get; private set; } = "";

    /// <summary><c>reason</c> of Google's <c>ErrorInfo</c>, such as <c>API_KEY_INVALID</c>.</summary>
    public string Reason { get; private set; } = "";

    /// <summary><c>error.details.error_code</c>: what Anthropic says of spend limits.</summary>
    public string DetailCode { get; private set; } = "";

    /// <summary>The words for people; looked at only where a vendor gives no code.</summary>
    public string Message { get; private set; } = "";

    /// <summary><c>retryDelay</c> of Google's <c>RetryInfo</c>.</summary>
    public TimeSpan? RetryDelay { get; private set; }

    /// <summary>True when a violated quota of Google's <c>QuotaFailure</c> is one per day.</summary>
    public bool DailyQuota { get; private set; }

    /// <summary>True when the refusal says what was flagged (<c>error.metadata.reasons</c>, OpenRouter's moderation).</summary>
    public bool Flagged { get; private set; }

    /// <summary>The code where it is an HTTP status, which is how Google and OpenRouter give it; 0 elsewhere.</summary>
    public int HttpStatus =>
        int.TryParse(Code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and <= 599 ? status : 0;

    /// <summary>The most telling of the vendor's words, for the trace; empty when there is none.</summary>
    public string MostSpecific
    {
        get
        {
            ReadOnlySpan<string> words = [DetailCode, Reason, HttpStatus == 0 ? Code : "", Status, Type, Code];
            foreach (var word in words)
            {
                if (word.Length > 0)
                {
                    return word;
                }
            }

            return "";
        }
    }

    /// <summary>Reads what there is of a body; it may be cut anywhere, be no JSON, or be an event with its field names.</summary>
    public static UpstreamErrorBody Read(ReadOnlySpan<byte> body)
    {
        var error = new UpstreamErrorBody();
        var start = body.IndexOfAny((byte)'{', (byte)'[');
        if (start >= 0)
        {
            // Not the final block: a document that was cut simply ends.
            var json = new Utf8JsonReader(body[start..], isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth }));
            try
            {
                error.ReadAll(ref json);
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException)
            {
                // No JSON (JsonException), or a string that is no UTF-8 (InvalidOperationException): what was read before stands.
            }
        }

        return error;
    }

    private void ReadAll(ref Utf8JsonReader json)
    {
        // The member names that lead to the current value; arrays add nothing, so that Google's wrapped form reads as its plain one.
        var path = new string[MaxDepth + 1];
        var depth = 0;
        while (json.Read())
        {
            switch (json.TokenType)
            {
                case JsonTokenType.StartObject:
                    depth++;
                    break;
                case JsonTokenType.EndObject:
                    depth--;
                    break;
                case JsonTokenType.PropertyName:
                    path[depth] = json.GetString()!;
                    break;
                case JsonTokenType.String when depth > 0:
                    Take(path.AsSpan(1, depth), json.GetString()!);
                    break;
                case JsonTokenType.Number when depth > 0 && json.ValueSpan.Length <= LongestWord:
                    Take(path.AsSpan(1, depth), System.Text.Encoding.ASCII.GetString(json.ValueSpan));
                    break;
            }
        }
    }

    private void Take(ReadOnlySpan<string> path, string value)
    {
        if (path is ["response", ..])
        {
            // The event response.failed carries the error inside the response.
            path = path[1..];
        }

        switch (path)
        {
            case ["error", "type"] or ["type"] when value != "error":
                Type = Word(value);
                break;
            case ["error", "code"] or ["code"]:
                Code = Word(value);
                break;
            case ["error", "status"]:
                Status = Word(value);
                break;
            case ["error", "message"] or ["error"] or ["message"]:
                Message = value.Length <= LongestMessage ? value : value[..LongestMessage];
                break;
            case ["error", "metadata", "reasons"]:
                Flagged = true;
                break;
            case ["error", "details", "error_code"]:
                DetailCode = Word(value);
                break;
            case ["error", "details", "reason"]:
                Reason = Word(value);
                break;
            case ["error", "details", "retryDelay"]:
                RetryDelay = RetryAfter.ParseProtobufDuration(value);
                break;
            case ["error", "details", "violations", "quotaId"]:
                DailyQuota |= value.Contains("PerDay", StringComparison.Ordinal);
                break;
        }
    }

    /// <summary>Codes go to the trace: short, and without anything that could break a line.</summary>
    private static string Word(string value)
    {
        if (value.Length > LongestWord)
        {
            value = value[..LongestWord];
        }

        return value.Any(char.IsControl) ? string.Concat(value.Where(letter => !char.IsControl(letter))) : value;
    }
}
