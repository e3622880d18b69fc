using System.Text.Json;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>The 400s of OpenAI's parameter checks, in its words.</summary>
internal static class OpenAIRefusal
{
    public static VendorError MissingModel { get; } = new(400, "invalid_request_error", "you must provide a model parameter");

    public static VendorError Missing(string parameter) =>
        Refuse($"Missing required parameter: '{parameter}'.", parameter, "missing_required_parameter");

    public static VendorError WrongType(string parameter, string expected, JsonElement got) =>
        Refuse($"Invalid type for '{parameter}': expected {expected}, but got {NameOf(got)} instead.", parameter, "invalid_type");

    public static VendorError WrongValue(string parameter, string got, string supported) =>
        Refuse($"Invalid value: '{got}'. Supported values are: {supported}.", parameter, "invalid_value");

    public static VendorError TooSmall(string parameter, int least, int got) =>
        Refuse($"Invalid '{parameter}': integer below minimum value. Expected a value >= {least}, but got {got} instead.", parameter, "integer_below_min_value");

    public static VendorError Refuse(string message, string? parameter, string? code = null) =>
        new(400, "invalid_request_error", message) { Param = parameter, Code = code };

    /// <summary>Reads a whole number of at least <paramref name="least"/>; an error where it is something else.</summary>
    public static VendorError? TryInteger(JsonElement body, string name, int least, out int? value)
    {
        var member = body.Get(name);
        value = member.Integer();
        return !member.IsPresent() ? null
            : value is not { } number ? WrongType(name, "an integer", member)
            : number < least ? TooSmall(name, least, number)
            : null;
    }

    public static VendorError? WrongStream(JsonElement body) =>
        body.Get("stream") is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.True or JsonValueKind.False) } stream
            ? WrongType("stream", "a boolean", stream)
            : null;

    private static string NameOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => element.TryGetInt64(out _) ? "an integer" : "a decimal number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "null",
    };
}
