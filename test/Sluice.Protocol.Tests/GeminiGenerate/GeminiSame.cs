using System.Globalization;
using System.Text.Json.Nodes;

namespace Sluice.Protocol.Tests.GeminiGenerate;

/// <summary>Compares documents by what they mean: where Google has two ways to say a thing, both become one.</summary>
internal static class GeminiSame
{
    private static readonly (string Google, string Json)[] Schemas = [("parameters", "parametersJsonSchema"), ("responseSchema", "responseJsonSchema")];

    public static void ShouldMeanForGoogle(this JsonNode actual, JsonNode expected)
    {
        var left = Normal(actual);
        var right = Normal(expected);
        JsonNode.DeepEquals(left, right).ShouldBeTrue($"actual\n{left?.ToJsonString()}\nexpected\n{right?.ToJsonString()}");
    }

    private static JsonNode? Normal(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray array:
                return new JsonArray([.. array.Select(Normal)]);
            case JsonObject members:
                return Normal(members);
            default:
                return node?.DeepClone();
        }
    }

    private static JsonObject Normal(JsonObject members)
    {
        var normal = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (Schemas.FirstOrDefault(pair => pair.Google == name) is { Json: { } json })
            {
                normal[json] = Schema(value!.AsObject());
            }
            else if (name is "generationConfig" && value is JsonObject { Count: 0 })
            {
                continue;
            }
            else
            {
                normal[name] = Normal(value);
            }
        }

        return normal;
    }

    /// <summary>Google's schema as a JSON schema.</summary>
    private static JsonObject Schema(JsonObject schema)
    {
        var normal = new JsonObject();
        foreach (var (name, value) in schema)
        {
            switch (name)
            {
                case "type":
                    var type = value!.GetValue<string>().ToLowerInvariant();
                    normal[name] = schema["nullable"] is null ? type : new JsonArray(type, "null");
                    break;
                case "properties":
                    normal[name] = new JsonObject(value!.AsObject().Select(property => KeyValuePair.Create(property.Key, (JsonNode?)Schema(property.Value!.AsObject()))));
                    break;
                case "items":
                    normal[name] = Schema(value!.AsObject());
                    break;
                case "minItems":
                    normal[name] = long.Parse(value!.GetValue<string>(), CultureInfo.InvariantCulture);
                    break;
                case "nullable":
                    break;
                default:
                    normal[name] = value?.DeepClone();
                    break;
            }
        }

        return normal;
    }
}
