using System.Text.Json.Nodes;
using Sluice.Simulator.Answers;

namespace Sluice.Simulator.Tests;

public sealed class MutatedRequestTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    private const int Mutations = 200;

    private static readonly string[] Values =
        ["null", "true", "-1", "3.5", "1e999", "12345678901234567890", "\"\"", "\"text\"", "\"a\\ud800\"", "[]", "{}", "[null]", "[[1]]", """{"type":"object"}""", """{"type":"text"}"""];

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"o3","n":1,"max_tokens":9,"stop":["x"],"stream":true,"stream_options":{"include_usage":true},"tool_choice":{"type":"function","function":{"name":"f"}},"response_format":{"type":"json_schema","json_schema":{"schema":{"type":"object","properties":{"a":{"type":"array","items":{"type":"string","pattern":"a+"},"minItems":1}},"required":["a"]}}},"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"n":{"type":"integer","minimum":1}},"required":["n"]}}}],"messages":[{"role":"user","content":[{"type":"text","text":"f"},{"type":"image_url","image_url":{"url":"x"}}]},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"}]}""")]
    [InlineData("/v1/responses", """{"model":"o3","stream":true,"include":["reasoning.encrypted_content"],"reasoning":{"effort":"low","summary":"auto"},"text":{"format":{"type":"json_schema","schema":{"enum":[1]}}},"tools":[{"type":"function","name":"f","parameters":{"anyOf":[{"type":"string"}]}}],"tool_choice":"auto","input":[{"role":"user","content":[{"type":"input_text","text":"f"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"r"}]},{"type":"item_reference","id":"i"}]}""")]
    [InlineData("/v1/completions", """{"model":"m","prompt":["a","b"],"n":2,"max_tokens":3,"echo":true,"stop":"x"}""")]
    [InlineData("/v1/embeddings", """{"model":"m","input":["a",[1,2]],"dimensions":8,"encoding_format":"base64"}""")]
    [InlineData("/v1/moderations", """{"model":"m","input":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"x"}}]}""")]
    [InlineData("/v1/messages", """{"model":"m","max_tokens":99,"stream":true,"cache_control":{"type":"ephemeral"},"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],"thinking":{"type":"adaptive"},"tool_choice":{"type":"tool","name":"f"},"tools":[{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":[{"type":"text","text":"f"}]},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"r"}]}]}]}""")]
    [InlineData("/v1beta/models/m:generateContent", """{"systemInstruction":{"parts":[{"text":"s"}]},"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT"}}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},"generationConfig":{"candidateCount":1,"stopSequences":["x"],"thinkingConfig":{"thinkingBudget":5}},"contents":[{"role":"user","parts":[{"text":"f"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator"}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"a":1}}}]}]}""")]
    [InlineData("/v1beta/models/m:batchEmbedContents", """{"requests":[{"content":{"parts":[{"text":"a"}]},"outputDimensionality":4}]}""")]
    public async Task Post_AnyOneValueReplaced_IsAnsweredOrRefused(string path, string body)
    {
        var random = new SeededRandom(11);
        for (var i = 0; i < Mutations; i++)
        {
            var mutated = Mutate(body, random);

            using var response = await simulator.PostAsync(path, mutated);
            await response.Content.ReadAsStringAsync();

            ((int)response.StatusCode).ShouldBeOneOf([200, 400, 403, 404], mutated);
        }
    }

    /// <summary>Puts another value, from the list, in the place of one; as text, since some are no JSON that a writer would write.</summary>
    private static string Mutate(string body, SeededRandom random)
    {
        const string mark = "\"@@mark@@\"";
        var root = JsonNode.Parse(body)!;
        var places = new List<JsonNode>();
        Collect(root, places);
        random.Pick(places).ReplaceWith("@@mark@@");
        return root.ToJsonString().Replace(mark, random.Pick(Values));
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        foreach (var child in node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => [],
        })
        {
            if (child is not null)
            {
                places.Add(child);
                Collect(child, places);
            }
        }
    }
}
