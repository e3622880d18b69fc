using System.Globalization;
using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol;

/// <summary>The refusals of <see cref="RequestPeeker"/>: the stable codes and the words that say what to change.</summary>
public static class PeekErrors
{
    /// <summary>The body is not JSON, or not a JSON object.</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>The body is not UTF-8.</summary>
    public const string InvalidUtf8Code = "invalid_utf8";

    /// <summary>The body nests deeper than the limit.</summary>
    public const string JsonTooDeep = "json_too_deep";

    /// <summary>A top-level member stands there twice.</summary>
    public const string DuplicateKey = "duplicate_key";

    /// <summary>A well-known member holds a value of a kind that no vendor accepts there.</summary>
    public const string WrongType = "wrong_type";

    /// <summary>A member that every vendor asks for is not there, or is empty.</summary>
    public const string MissingMember = "missing_member";

    // A name in a message is the client's own text: it is shown shortened and is never more than this.
    private const int LongestShownName = 64;

    internal static GatewayError Fault(ReadOnlySpan<byte> body, JsonFault fault, int position, int maxDepth)
    {
        if (fault == JsonFault.TooDeep)
        {
            return Refuse(JsonTooDeep, $"The request body nests more than {maxDepth} objects and arrays (at byte {position}). Send a flatter document, or ask the operator to raise server.max_json_depth.");
        }

        if (body.StartsWith("\uFEFF"u8))
        {
            return Refuse(InvalidJson, "The request body starts with a byte order mark. Send JSON as UTF-8 without one (RFC 8259, section 8.1).");
        }

        if (body.Trim(" \t\r\n"u8).IsEmpty)
        {
            return Refuse(InvalidJson, "The request body is empty. Send a JSON object.");
        }

        return Refuse(InvalidJson, $"The request body is not valid JSON: {Reason(body, fault, position)} at byte {position.ToString(CultureInfo.InvariantCulture)}. Send one JSON object as RFC 8259 describes it.");
    }

    internal static GatewayError NotAnObject(JsonKinds kind) =>
        Refuse(InvalidJson, $"The request body must be a JSON object, not {kind.InWords()}.");

    internal static GatewayError InvalidUtf8(ReadOnlySpan<byte> body)
    {
        var position = 0;
        while (position < body.Length && Rune.DecodeFromUtf8(body[position..], out _, out var used) == System.Buffers.OperationStatus.Done)
        {
            position += used;
        }

        return Refuse(InvalidUtf8Code, $"The request body is not valid UTF-8 at byte {position.ToString(CultureInfo.InvariantCulture)}. Encode the JSON as UTF-8.");
    }

    internal static GatewayError Duplicate(ReadOnlySpan<byte> contents)
    {
        var name = Shown(contents);
        return Refuse(DuplicateKey, $"The member '{name}' stands twice in the request body. Send it once: readers disagree about which one counts.", name);
    }

    internal static GatewayError Wrong(string name, JsonKinds expected, JsonKinds actual) =>
        Refuse(WrongType, $"'{name}' must be {expected.InWords()}, not {actual.InWords()}.", name);

    internal static GatewayError Missing(RequestMember member) => Refuse(
        MissingMember,
        member.OrElse.Length == 0 ? $"'{member.Name}' is required. Add it to the request body." : $"'{member.Name}' or '{member.OrElse}' is required. Add one of them to the request body.",
        member.Name);

    internal static GatewayError Empty(string name) =>
        Refuse(MissingMember, $"'{name}' is empty. Name the model to call.", name);

    private static GatewayError Refuse(string code, string message, string? param = null) =>
        new(ErrorKind.InvalidRequest, code, message) { Param = param };

    private static string Reason(ReadOnlySpan<byte> body, JsonFault fault, int position) => fault switch
    {
        JsonFault.Truncated => "it ends too early",
        JsonFault.ControlCharacter => "a control character inside a string must be escaped",
        JsonFault.BadEscape => "no such escape in a string",
        JsonFault.BadNumber => "a number is malformed",
        _ => $"unexpected {Character(body, position)}",
    };

    private static string Character(ReadOnlySpan<byte> body, int position)
    {
        if (position >= body.Length)
        {
            return "end";
        }

        var one = body[position];
        return one is > 0x20 and < 0x7F ? $"'{(char)one}'" : $"byte 0x{one:X2}";
    }

    private static string Shown(ReadOnlySpan<byte> contents)
    {
        var plain = new byte[contents.Length];
        var name = Encoding.UTF8.GetString(plain.AsSpan(0, JsonText.Unescape(contents, plain)));
        return name.Length <= LongestShownName ? name : $"{name.AsSpan(0, LongestShownName)}…";
    }
}
