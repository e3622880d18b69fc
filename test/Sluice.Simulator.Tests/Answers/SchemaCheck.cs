using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Simulator.Tests.Answers;

/// <summary>A validator for the schemas of these tests, written apart from the generator that it checks.</summary>
internal static class SchemaCheck
{
    /// <summary>What is wrong with an instance; null when nothing is.</summary>
    public static string? Problem(JsonElement root, JsonElement schema, JsonElement value)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (Violates(root, schema, keyword, value))
            {
                return $"{value.GetRawText()} violates {keyword.Name}: {keyword.Value.GetRawText()}";
            }
        }

        return null;
    }

    private static bool Violates(JsonElement root, JsonElement schema, JsonProperty keyword, JsonElement value)
    {
        var rule = keyword.Value;
        var fits = (JsonElement part, JsonElement instance) => Problem(root, part, instance) is null;
        return keyword.Name switch
        {
            "type" => !(rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().ToList() : [rule]).Exists(type => IsType(type.GetString()!.ToLowerInvariant(), value)),
            "enum" => !rule.EnumerateArray().Any(allowed => JsonElement.DeepEquals(allowed, value)),
            "const" => !JsonElement.DeepEquals(rule, value),
            "required" => rule.EnumerateArray().Any(name => !value.TryGetProperty(name.GetString()!, out _)),
            "properties" => rule.EnumerateObject().Any(member => value.TryGetProperty(member.Name, out var inner) && !fits(member.Value, inner)),
            "additionalProperties" => value.EnumerateObject().Any(member => !schema.GetProperty("properties").TryGetProperty(member.Name, out _)),
            "items" => value.EnumerateArray().Skip(schema.TryGetProperty("prefixItems", out var prefix) ? prefix.GetArrayLength() : 0)
                .Any(item => rule.ValueKind == JsonValueKind.False || !fits(rule, item)),
            "prefixItems" => value.EnumerateArray().Zip(rule.EnumerateArray()).Any(pair => !fits(pair.Second, pair.First)),
            "minItems" => value.GetArrayLength() < (rule.ValueKind == JsonValueKind.String ? int.Parse(rule.GetString()!, CultureInfo.InvariantCulture) : rule.GetInt32()),
            "maxItems" => value.GetArrayLength() > rule.GetInt32(),
            "uniqueItems" => value.EnumerateArray().DistinctBy(item => item.GetRawText()).Count() != value.GetArrayLength(),
            "minimum" => value.GetDouble() < rule.GetDouble(),
            "maximum" => value.GetDouble() > rule.GetDouble(),
            "exclusiveMinimum" => value.GetDouble() <= rule.GetDouble(),
            "exclusiveMaximum" => value.GetDouble() >= rule.GetDouble(),
            "multipleOf" => value.GetDouble() % rule.GetDouble() != 0,
            "minLength" => value.GetString()!.Length < rule.GetInt32(),
            "maxLength" => value.GetString()!.Length > rule.GetInt32(),
            "pattern" => !Regex.IsMatch(value.GetString()!, rule.GetString()!),
            "anyOf" => !rule.EnumerateArray().Any(branch => fits(branch, value)),
            "oneOf" => rule.EnumerateArray().Count(branch => fits(branch, value)) != 1,
            "allOf" => rule.EnumerateArray().Any(branch => !fits(branch, value)),
            "$ref" => !fits(rule.GetString() == "#" ? root : root.GetProperty("$defs").GetProperty(rule.GetString()!["#/$defs/".Length..]), value),
            "$defs" or "format" => false,
            _ => throw new ArgumentOutOfRangeException(nameof(keyword), keyword.Name),
        };
    }

    private static bool IsType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind == JsonValueKind.Null,
    };
}
