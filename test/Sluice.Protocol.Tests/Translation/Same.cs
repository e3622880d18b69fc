using System.Text.Json.Nodes;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>Compares documents by what they mean: where a dialect has two ways to say a thing, both become one.</summary>
internal static class Same
{
    public static void ShouldMean(this JsonNode actual, JsonNode expected)
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
            // Without a value a member says what its absence says; an empty list of citations says nothing either.
            if (value is not null && !(name is "annotations" or "tools" && value is JsonArray { Count: 0 }))
            {
                normal[name] = Normal(value);
            }
        }

        Rename(normal, "max_tokens", "max_completion_tokens");
        Rename(normal, "user", "safety_identifier");
        normal.Remove("stream_options");
        if (normal["stop"] is JsonValue stop)
        {
            normal["stop"] = new JsonArray(stop.DeepClone());
        }

        foreach (var name in (string[])["content", "system"])
        {
            if (normal[name] is JsonValue text)
            {
                normal[name] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text.DeepClone() });
            }
        }

        if (normal["is_error"] is JsonValue flag && !flag.GetValue<bool>())
        {
            normal.Remove("is_error");
        }

        if (normal["stream"] is JsonValue stream && !stream.GetValue<bool>())
        {
            normal.Remove("stream");
        }

        return normal;
    }

    private static void Rename(JsonObject members, string from, string to)
    {
        if (members.ContainsKey(from) && !members.ContainsKey(to))
        {
            var value = members[from]!.DeepClone();
            members.Remove(from);
            members[to] = value;
        }
    }
}
