using System.Text.Json;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Answers;

/// <summary>
/// Makes a valid instance of a JSON schema (draft 2020-12 as far as vendors accept it, and Google's OpenAPI subset with its
/// upper-case types). Required members are written; where a schema requires none, all are, down to three levels.
/// </summary>
internal sealed class SchemaInstance
{
    private const int FullDepth = 3;
    private const int DeepestOptional = 8;
    private const int Deepest = 48;

    private static readonly string[] Words = ["river", "gate", "Zürich", "amber", "harbour", "seven", "north", "paper", "copper", "lake"];
    private readonly JsonElement _root;
    private readonly SeededRandom _random;
    private readonly Utf8JsonWriter _json;

    private SchemaInstance(JsonElement root, SeededRandom random, Utf8JsonWriter json) => (_root, _random, _json) = (root, random, json);

    /// <summary>The instance as compact JSON; <c>{}</c> where there is no schema.</summary>
    public static string Write(JsonElement schema, SeededRandom random) =>
        JsonText.Write(json => new SchemaInstance(schema, random, json).Any(schema, 0));

    private void Any(JsonElement schema, int depth)
    {
        schema = Resolve(schema, depth);
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest)
        {
            _json.WriteRawValue(schema.ValueKind == JsonValueKind.True || depth > Deepest ? "null" : "{}");
            return;
        }

        if (schema.TryGetProperty("const", out var constant))
        {
            constant.WriteTo(_json);
            return;
        }

        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0)
        {
            values[_random.Below(values.GetArrayLength())].WriteTo(_json);
            return;
        }

        switch (TypeOf(schema, depth))
        {
            case "object": Object(schema, depth); break;
            case "array": Array(schema, depth); break;
            case "integer": _json.WriteNumberValue((long)SchemaNumber.Make(schema, _random, whole: true)); break;
            case "number": _json.WriteNumberValue(SchemaNumber.Make(schema, _random, whole: false)); break;
            case "boolean": _json.WriteBooleanValue(_random.Below(2) == 0); break;
            case "null": _json.WriteNullValue(); break;
            default: _json.WriteStringValue(SchemaString.Make(schema, _random, Words)); break;
        }
    }

    /// <summary>Follows references and picks a branch of the alternatives.</summary>
    private JsonElement Resolve(JsonElement schema, int depth)
    {
        for (var hops = 0; hops < 32 && schema.ValueKind == JsonValueKind.Object; hops++)
        {
            if (schema.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String)
            {
                schema = Find(reference.GetString()!);
            }
            else if (Branch(schema, depth) is { } branch)
            {
                schema = branch;
            }
            else
            {
                break;
            }
        }

        return schema;
    }

    private static JsonElement? Branch(JsonElement schema, int depth)
    {
        foreach (var keyword in (ReadOnlySpan<string>)["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(keyword, out var branches) && branches.ValueKind == JsonValueKind.Array && branches.GetArrayLength() > 0)
            {
                // Deep down, the simplest branch ends a recursion; above, the first is what the author put first.
                return depth < FullDepth ? branches[0] : branches.EnumerateArray().MinBy(branch => Weight(branch));
            }
        }

        return null;
    }

    private static int Weight(JsonElement branch) => branch.ValueKind != JsonValueKind.Object ? 0
        : branch.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("null") ? 0
        : branch.TryGetProperty("$ref", out _) || branch.TryGetProperty("properties", out _) ? 2
        : 1;

    private JsonElement Find(string reference)
    {
        var at = _root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var member))
            {
                at = member;
            }
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, out var index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return default;
            }
        }

        return at;
    }

    private static string TypeOf(JsonElement schema, int depth)
    {
        if (schema.TryGetProperty("type", out var type))
        {
            if (type.ValueKind == JsonValueKind.String)
            {
                return type.GetString()!.ToLowerInvariant();
            }

            if (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0)
            {
                var names = type.EnumerateArray().Select(name => name.Text() ?? "string").ToList();
                return depth > DeepestOptional && names.Contains("null") ? "null" : names[0];
            }
        }

        return schema.TryGetProperty("properties", out _) || schema.TryGetProperty("allOf", out _) ? "object"
            : schema.TryGetProperty("items", out _) || schema.TryGetProperty("prefixItems", out _) ? "array"
            : schema.TryGetProperty("minimum", out _) || schema.TryGetProperty("maximum", out _) ? "number"
            : schema.TryGetProperty("pattern", out _) || schema.TryGetProperty("format", out _) ? "string"
            : "object";
    }

    private void Object(JsonElement schema, int depth)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var required = new HashSet<string>(StringComparer.Ordinal);
        Collect(schema, members, required, depth);
        _json.WriteStartObject();
        foreach (var (name, member) in members)
        {
            if (required.Contains(name) || (required.Count == 0 && depth < FullDepth))
            {
                _json.WritePropertyName(name);
                Any(member, depth + 1);
            }
        }

        foreach (var name in required.Where(name => !members.ContainsKey(name)))
        {
            _json.WriteString(name, _random.Pick(Words));
        }

        _json.WriteEndObject();
    }

    /// <summary>The members of a schema and of everything under its <c>allOf</c>.</summary>
    private void Collect(JsonElement schema, Dictionary<string, JsonElement> members, HashSet<string> required, int depth)
    {
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                members[property.Name] = property.Value;
            }
        }

        if (schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array)
        {
            required.UnionWith(names.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!));
        }

        if (schema.TryGetProperty("allOf", out var parts) && parts.ValueKind == JsonValueKind.Array && depth < Deepest)
        {
            foreach (var part in parts.EnumerateArray())
            {
                var resolved = Resolve(part, depth);
                if (resolved.ValueKind == JsonValueKind.Object)
                {
                    Collect(resolved, members, required, depth + 1);
                }
            }
        }
    }

    private void Array(JsonElement schema, int depth)
    {
        var least = Count(schema, "minItems") ?? 0;
        var most = Count(schema, "maxItems") ?? int.MaxValue;
        var wanted = Math.Max(least, Math.Min(most, depth < FullDepth ? 1 + _random.Below(2) : 0));
        var unique = schema.TryGetProperty("uniqueItems", out var flag) && flag.ValueKind == JsonValueKind.True;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var first = schema.TryGetProperty("prefixItems", out var tuple) && tuple.ValueKind == JsonValueKind.Array
            ? tuple.EnumerateArray().ToList()
            : [];
        schema.TryGetProperty("items", out var items);
        _json.WriteStartArray();
        for (var (i, tries) = (0, 0); i < Math.Max(wanted, Math.Min(most, first.Count)) && tries < 1_000; tries++)
        {
            var item = i < first.Count ? first[i] : items;
            if (item.ValueKind is JsonValueKind.False or JsonValueKind.Undefined && i >= first.Count && i >= least)
            {
                break;
            }

            var text = JsonText.Write(json => new SchemaInstance(_root, _random, json).Any(item, depth + 1));
            if (!unique || seen.Add(text))
            {
                _json.WriteRawValue(text);
                i++;
            }
            else if (i >= least)
            {
                break;
            }
        }

        _json.WriteEndArray();
    }

    private static int? Count(JsonElement schema, string keyword) =>
        SchemaNumber.Value(schema, keyword) is { } value ? (int)Math.Min(value, 10_000) : null;
}
