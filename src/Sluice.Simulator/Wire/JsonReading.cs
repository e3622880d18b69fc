using System.Text.Json;

namespace Sluice.Simulator.Wire;

/// <summary>Reads members of requests; absent, <c>null</c> and "not an object" are the same: undefined.</summary>
internal static class JsonReading
{
    public static JsonElement Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : default;

    /// <summary>A member under either spelling: Google takes camelCase and snake_case.</summary>
    public static JsonElement Get(this JsonElement element, string name, string alias) =>
        element.Get(name) is { ValueKind: not JsonValueKind.Undefined } value ? value : element.Get(alias);

    public static bool IsPresent(this JsonElement element) => element.ValueKind != JsonValueKind.Undefined;

    public static bool IsObject(this JsonElement element) => element.ValueKind == JsonValueKind.Object;

    public static bool IsArray(this JsonElement element) => element.ValueKind == JsonValueKind.Array;

    public static bool IsTrue(this JsonElement element) => element.ValueKind == JsonValueKind.True;

    /// <summary>A string's text; null for anything else.</summary>
    public static string? Text(this JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    public static string? Text(this JsonElement element, string name) => element.Get(name).Text();

    public static int? Integer(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) ? number : null;

    /// <summary>The elements of an array; nothing for anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    /// <summary>A string, or an array of strings.</summary>
    public static IReadOnlyList<string> Strings(this JsonElement element) =>
        element.Text() is { } one ? [one] : [.. element.Items().Select(item => item.Text()).OfType<string>()];
}
