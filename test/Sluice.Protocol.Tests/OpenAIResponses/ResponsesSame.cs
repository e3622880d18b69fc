using System.Text.Json.Nodes;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.OpenAIResponses;

/// <summary>Compares documents of the Responses API by what they mean: where it has two ways to say a thing, both become one.</summary>
internal static class ResponsesSame
{
    private static readonly string[] EmptyMembers = ["annotations", "logprobs", "tools"];

    public static void ShouldMeanResponses(this JsonNode actual, JsonNode expected) => Normal(actual.DeepClone())!.ShouldMean(Normal(expected.DeepClone())!);

    private static JsonNode? Normal(JsonNode? node) => node switch
    {
        JsonArray array => new JsonArray([.. array.Select(item => Normal(item?.DeepClone()))]),
        JsonObject members => Normal(members),
        _ => node?.DeepClone(),
    };

    private static JsonObject Normal(JsonObject members)
    {
        var role = members["role"]?.GetValue<string>();
        if (role is not null)
        {
            members["type"] = "message";
            Spell(members, "content", role == "assistant" ? "output_text" : "input_text");
        }

        Spell(members, "output", "input_text");
        if (members["input"] is JsonValue said && members["model"] is not null)
        {
            members["input"] = new JsonArray(Normal(new JsonObject { ["role"] = "user", ["content"] = said.DeepClone() }));
        }

        Forget(members, "status", "completed");
        Forget(members, "detail", "auto");
        if (members["conversation"] is JsonObject conversation)
        {
            members["conversation"] = conversation["id"]!.DeepClone();
        }

        if (members["include"] is JsonArray include)
        {
            members["include"] = new JsonArray([.. include.Select(word => word!.GetValue<string>()).Order().Select(word => JsonValue.Create(word))]);
        }

        var normal = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (!EmptyMembers.Contains(name) || value is not JsonArray { Count: 0 })
            {
                normal[name] = Normal(value);
            }
        }

        return normal;
    }

    private static void Spell(JsonObject members, string name, string type)
    {
        if (members[name] is JsonValue text)
        {
            members[name] = new JsonArray(new JsonObject { ["type"] = type, ["text"] = text.DeepClone() });
        }
    }

    private static void Forget(JsonObject members, string name, string value)
    {
        if (members[name] is JsonValue known && known.TryGetValue<string>(out var word) && word == value)
        {
            members.Remove(name);
        }
    }
}
