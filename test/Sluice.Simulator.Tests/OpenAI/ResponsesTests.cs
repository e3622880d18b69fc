using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Simulator.Tests.OpenAI;

/// <summary>Shapes after the typings of the npm package openai 6.49.0, <c>resources/responses</c>.</summary>
public sealed class ResponsesTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    private const string Path = "/v1/responses";
    private const string Tools = """
        "tools":[{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}},{"type":"custom","name":"apply_patch"}]
        """;

    [Fact]
    public async Task Post_PlainText_AnswersWithAMessage()
    {
        var answer = await simulator.PostJsonAsync(Path, """{"model":"gpt-x","input":"the green heron"}""");

        answer.GetProperty("object").GetString().ShouldBe("response");
        answer.GetProperty("id").GetString()!.ShouldStartWith("resp_");
        answer.GetProperty("status").GetString().ShouldBe("completed");
        var item = answer.GetProperty("output")[0];
        item.GetProperty("type").GetString().ShouldBe("message");
        item.GetProperty("id").GetString()!.ShouldStartWith("msg_");
        item.GetProperty("content")[0].GetProperty("type").GetString().ShouldBe("output_text");
        item.GetProperty("content")[0].GetProperty("text").GetString()!.ShouldContain("the green heron");
        var usage = answer.GetProperty("usage");
        usage.GetProperty("total_tokens").GetInt32().ShouldBe(usage.GetProperty("input_tokens").GetInt32() + usage.GetProperty("output_tokens").GetInt32());
    }

    [Theory]
    [InlineData("gpt-x", "the green heron", "")]
    [InlineData("o3", "get_weather and apply_patch", ""","reasoning":{"summary":"auto"},"include":["reasoning.encrypted_content"]""")]
    [InlineData("gpt-x", "a long story", ""","max_output_tokens":16""")]
    public async Task Post_Streamed_FollowsTheGrammarAndEndsWithTheWholeResponse(string model, string input, string extra)
    {
        var body = $$"""{"model":"{{model}}",{{Tools}},"input":"{{input}}"{{extra}}""";
        var whole = await simulator.PostJsonAsync(Path, body + "}");
        var events = await simulator.PostStreamAsync(Path, body + ",\"stream\":true}");

        var grammar = new ResponsesGrammar();
        foreach (var e in events)
        {
            e.Name.ShouldBe(e.Json.GetProperty("type").GetString());
            grammar.Take(e.Json);
        }

        var final = grammar.Final.ShouldNotBeNull();
        JsonElement.DeepEquals(final.GetProperty("output"), whole.GetProperty("output")).ShouldBeTrue();
        JsonElement.DeepEquals(final.GetProperty("usage"), whole.GetProperty("usage")).ShouldBeTrue();
        JsonElement.DeepEquals(grammar.Items(), whole.GetProperty("output")).ShouldBeTrue();
    }

    [Fact]
    public async Task Post_MaxOutputTokens_IsIncomplete()
    {
        var answer = await simulator.PostJsonAsync(Path, """{"model":"gpt-x","input":"x","max_output_tokens":16}""");

        answer.GetProperty("status").GetString().ShouldBe("incomplete");
        answer.GetProperty("incomplete_details").GetProperty("reason").GetString().ShouldBe("max_output_tokens");
        answer.GetProperty("usage").GetProperty("output_tokens").GetInt32().ShouldBe(16);
    }

    [Fact]
    public async Task Post_ReasoningAndCallsEchoed_AreVerified()
    {
        const string user = """{"role":"user","content":"get_weather and apply_patch"}""";
        const string options = """ "model":"o3","store":false,"include":["reasoning.encrypted_content"] """;
        var asked = await simulator.PostJsonAsync(Path, $$"""{{{options}},{{Tools}},"input":[{{user}}]}""");
        var output = JsonNode.Parse(asked.GetProperty("output").GetRawText())!.AsArray();
        output.Select(item => (string)item!["type"]!).ShouldBe(["reasoning", "function_call", "custom_tool_call"]);

        var results = $$"""
            {"type":"function_call_output","call_id":"{{output[1]!["call_id"]}}","output":"21 degrees"},
            {"type":"custom_tool_call_output","call_id":"{{output[2]!["call_id"]}}","output":[{"type":"input_text","text":"patched"}]}
            """;
        string Echo() => $$"""{{{options}},{{Tools}},"input":[{{user}},{{string.Join(',', output.Select(item => item!.ToJsonString()))}},{{results}}]}""";

        var answered = await simulator.PostJsonAsync(Path, Echo());
        answered.GetProperty("output")[1].GetProperty("content")[0].GetProperty("text").GetString()!.ShouldContain("21 degrees");

        var genuine = (string)output[0]!["encrypted_content"]!;
        output[0]!["encrypted_content"] = "AAAA" + genuine[4..];
        var altered = await simulator.PostJsonAsync(Path, Echo(), HttpStatusCode.BadRequest);
        altered.GetProperty("error").GetProperty("code").GetString().ShouldBe("invalid_encrypted_content");

        output[0]!.AsObject().Remove("encrypted_content");
        var missing = await simulator.PostJsonAsync(Path, Echo(), HttpStatusCode.NotFound);
        missing.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("not persisted");
    }

    [Fact]
    public async Task Post_PreviousResponse_ContinuesIt()
    {
        var first = await simulator.PostJsonAsync(Path, $$"""{"model":"gpt-x",{{Tools}},"input":"get_weather"}""");
        var call = first.GetProperty("output")[0].GetProperty("call_id").GetString();

        var second = await simulator.PostJsonAsync(Path, $$"""
            {"model":"gpt-x",{{Tools}},"previous_response_id":"{{first.GetProperty("id").GetString()}}","input":[{"type":"function_call_output","call_id":"{{call}}","output":"21 degrees"}]}
            """);

        second.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString()!.ShouldContain("21 degrees");
        second.GetProperty("usage").GetProperty("input_tokens").GetInt32().ShouldBeGreaterThan(first.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task GetAndDelete_StoredResponse_FindItUntilItIsGone()
    {
        var made = await simulator.PostJsonAsync(Path, """{"model":"gpt-x","input":"store me"}""");
        var url = $"{Path}/{made.GetProperty("id").GetString()}";

        var fetched = JsonDocument.Parse(await simulator.Client.GetStringAsync(url)).RootElement;
        JsonElement.DeepEquals(fetched, made).ShouldBeTrue();
        var items = JsonDocument.Parse(await simulator.Client.GetStringAsync(url + "/input_items")).RootElement;
        items.GetProperty("data")[0].GetProperty("content")[0].GetProperty("text").GetString().ShouldBe("store me");
        using var deleted = await simulator.Client.DeleteAsync(url);
        JsonDocument.Parse(await deleted.Content.ReadAsStringAsync()).RootElement.GetProperty("deleted").GetBoolean().ShouldBeTrue();
        using var gone = await simulator.Client.GetAsync(url);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task InputItems_ByPages_HaveIdsAndGoOnBehindTheLast()
    {
        var made = await simulator.PostJsonAsync(Path, """{"model":"gpt-x","input":[{"role":"developer","content":"one"},{"role":"user","content":"two"},{"role":"user","content":"three"}]}""");
        var url = $"{Path}/{made.GetProperty("id").GetString()}/input_items?order=asc&limit=2";

        var first = JsonDocument.Parse(await simulator.Client.GetStringAsync(url)).RootElement;
        var second = JsonDocument.Parse(await simulator.Client.GetStringAsync($"{url}&after={first.GetProperty("last_id").GetString()}")).RootElement;

        first.GetProperty("has_more").GetBoolean().ShouldBeTrue();
        second.GetProperty("has_more").GetBoolean().ShouldBeFalse();
        first.GetProperty("data").EnumerateArray().Concat(second.GetProperty("data").EnumerateArray())
            .Select(item => item.GetProperty("content")[0].GetProperty("text").GetString()).ShouldBe(["one", "two", "three"]);
    }

    [Fact]
    public async Task Background_Asked_IsQueuedAndCancelledOnce()
    {
        var made = await simulator.PostJsonAsync(Path, """{"model":"gpt-x","input":"later","background":true}""");
        made.GetProperty("status").GetString().ShouldBe("queued");
        made.GetProperty("usage").ValueKind.ShouldBe(JsonValueKind.Null);
        var url = $"{Path}/{made.GetProperty("id").GetString()}";

        using var cancelled = await simulator.Client.PostAsync($"{url}/cancel", null);

        JsonDocument.Parse(await cancelled.Content.ReadAsStringAsync()).RootElement.GetProperty("status").GetString().ShouldBe("cancelled");
        JsonDocument.Parse(await simulator.Client.GetStringAsync(url)).RootElement.GetProperty("status").GetString().ShouldBe("cancelled");
    }

    [Fact]
    public async Task Background_NotToBeStored_IsRefused() =>
        await simulator.PostJsonAsync(Path, """{"model":"gpt-x","input":"later","background":true,"store":false}""", HttpStatusCode.BadRequest);

    [Fact]
    public async Task Get_ResponseNotToBeStored_IsNotFound()
    {
        var made = await simulator.PostJsonAsync(Path, """{"model":"gpt-x","input":"forget me","store":false}""");

        using var found = await simulator.Client.GetAsync($"{Path}/{made.GetProperty("id").GetString()}");

        found.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task PostInputTokens_SameInput_CountsAsTheAnswerDoes()
    {
        var answer = await simulator.PostJsonAsync(Path, """{"model":"gpt-x","input":"count me","instructions":"be brief"}""");
        var count = await simulator.PostJsonAsync(Path + "/input_tokens", """{"model":"gpt-x","input":"count me","instructions":"be brief"}""");

        count.GetProperty("input_tokens").GetInt32().ShouldBe(answer.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Theory]
    [InlineData("""{"input":"x"}""", null)]
    [InlineData("""{"model":"x"}""", "missing_required_parameter")]
    [InlineData("""{"model":"x","input":5}""", "invalid_type")]
    [InlineData("""{"model":"x","input":[{"role":"king","content":"x"}]}""", "invalid_value")]
    [InlineData("""{"model":"x","input":"x","previous_response_id":"resp_no"}""", "previous_response_not_found")]
    [InlineData("""{"model":"x","input":[{"type":"function_call_output","call_id":"c","output":"x"}]}""", null)]
    [InlineData("""{"model":"x","input":[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]}""", null)]
    public async Task Post_BadRequest_Is400InOpenAIsWords(string body, string? code)
    {
        var error = (await simulator.PostJsonAsync(Path, body, HttpStatusCode.BadRequest)).GetProperty("error");

        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        error.GetProperty("code").GetString().ShouldBe(code);
    }
}
