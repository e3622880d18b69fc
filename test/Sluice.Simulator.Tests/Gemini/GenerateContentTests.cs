using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Simulator.Tests.Gemini;

/// <summary>Shapes after the typings of the npm package @google/genai 2.32.0 and https://ai.google.dev/api/generate-content.</summary>
public sealed class GenerateContentTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    private const string Hello = """ "contents":[{"role":"user","parts":[{"text":"What about the green heron?"}]}] """;
    private const string Tools = """
        "tools":[{"functionDeclarations":[{"name":"get_weather","parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING"}},"required":["city"]}},{"name":"get_time"}]}]
        """;

    [Theory]
    [InlineData("/v1beta/models/gemini-x:generateContent")]
    [InlineData("/v1/models/gemini-x:generateContent")]
    public async Task Generate_PlainText_AnswersWithTheLastWords(string path)
    {
        var answer = await simulator.PostJsonAsync(path, $$"""{{{Hello}}}""");

        var candidate = answer.GetProperty("candidates")[0];
        candidate.GetProperty("content").GetProperty("role").GetString().ShouldBe("model");
        candidate.GetProperty("content").GetProperty("parts")[0].GetProperty("text").GetString()!.ShouldContain("green heron?");
        candidate.GetProperty("finishReason").GetString().ShouldBe("STOP");
        answer.GetProperty("modelVersion").GetString().ShouldBe("gemini-x");
        var usage = answer.GetProperty("usageMetadata");
        usage.GetProperty("totalTokenCount").GetInt32().ShouldBe(usage.GetProperty("promptTokenCount").GetInt32() + usage.GetProperty("candidatesTokenCount").GetInt32());
    }

    [Fact]
    public async Task Generate_SnakeCase_IsUnderstood()
    {
        var answer = await simulator.PostJsonAsync("/v1beta/models/x:generateContent", $$$"""{{{{Hello}}},"generation_config":{"max_output_tokens":3}}""");

        answer.GetProperty("candidates")[0].GetProperty("finishReason").GetString().ShouldBe("MAX_TOKENS");
        answer.GetProperty("usageMetadata").GetProperty("candidatesTokenCount").GetInt32().ShouldBe(3);
    }

    [Theory]
    [InlineData("gemini-x", "the green heron", "")]
    [InlineData("gemini-3-pro", "get_weather and get_time", ""","generationConfig":{"thinkingConfig":{"includeThoughts":true}}""")]
    [InlineData("gemini-x", "the green heron", ""","generationConfig":{"candidateCount":2}""")]
    public async Task Stream_SseAndArray_AddUpToTheWholeAnswer(string model, string text, string extra)
    {
        var body = $$"""{{{Tools}},"contents":[{"parts":[{"text":"{{text}}"}]}]{{extra}}}""";
        var whole = await simulator.PostJsonAsync($"/v1beta/models/{model}:generateContent", body);
        var events = await simulator.PostStreamAsync($"/v1beta/models/{model}:streamGenerateContent?alt=sse", body);
        var array = await simulator.PostJsonAsync($"/v1beta/models/{model}:streamGenerateContent", body);

        JsonElement.DeepEquals(JsonSerializer.SerializeToElement(events.Select(e => e.Json)), array).ShouldBeTrue();
        foreach (var candidate in whole.GetProperty("candidates").EnumerateArray())
        {
            var index = candidate.GetProperty("index").GetInt32();
            var chunks = events.Select(e => e.Json.GetProperty("candidates")[0]).Where(chunk => chunk.GetProperty("index").GetInt32() == index).ToList();
            chunks.SkipLast(1).Any(chunk => chunk.TryGetProperty("finishReason", out _)).ShouldBeFalse();
            chunks[^1].GetProperty("finishReason").GetString().ShouldBe("STOP");
            Said(chunks).ShouldBe(Said([candidate]));
        }

        JsonElement.DeepEquals(events[^1].Json.GetProperty("usageMetadata"), whole.GetProperty("usageMetadata")).ShouldBeTrue();
        events.ShouldAllBe(e => e.Json.GetProperty("responseId").GetString() == whole.GetProperty("responseId").GetString());
    }

    [Fact]
    public async Task Generate_SignatureEchoed_IsVerified()
    {
        const string path = "/v1beta/models/gemini-3-pro:generateContent";
        const string user = """{"role":"user","parts":[{"text":"get_weather and get_time"}]}""";
        var asked = await simulator.PostJsonAsync(path, $$"""{{{Tools}},"contents":[{{user}}]}""");
        var content = JsonNode.Parse(asked.GetProperty("candidates")[0].GetProperty("content").GetRawText())!;
        var parts = content["parts"]!.AsArray();
        parts.Select(part => part!["thoughtSignature"] is not null).ShouldBe([true, false]);
        const string results = """
            {"role":"user","parts":[{"functionResponse":{"name":"get_weather","response":{"output":"21 degrees"}}},{"functionResponse":{"name":"get_time","response":{"result":"noon"}}}]}
            """;
        string Echo() => $$"""{{{Tools}},"contents":[{{user}},{{content.ToJsonString()}},{{results}}]}""";

        var answered = await simulator.PostJsonAsync(path, Echo());
        answered.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetProperty("text").GetString()!.ShouldContain("21 degrees");

        var genuine = (string)parts[0]!["thoughtSignature"]!;
        parts[0]!["thoughtSignature"] = "AAAA" + genuine[4..];
        (await simulator.PostJsonAsync(path, Echo(), HttpStatusCode.BadRequest)).GetProperty("error").GetProperty("message").GetString().ShouldBe("Corrupted thought signature.");
        parts[0]!["thoughtSignature"] = genuine;
        await simulator.PostJsonAsync(path.Replace("-3-pro", "-3-other"), Echo(), HttpStatusCode.BadRequest);

        parts[0]!.AsObject().Remove("thoughtSignature");
        (await simulator.PostJsonAsync(path, Echo(), HttpStatusCode.BadRequest)).GetProperty("error").GetProperty("message").GetString()!
            .ShouldStartWith("Function call is missing a thought_signature");
        parts[0]!["thoughtSignature"] = "skip_thought_signature_validator";
        await simulator.PostJsonAsync(path, Echo());
    }

    [Fact]
    public async Task Generate_UnsignedCallOfAnOlderTurn_IsNotChecked() => await simulator.PostJsonAsync("/v1beta/models/gemini-3-pro:generateContent", """
        {"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},
        {"role":"user","parts":[{"functionResponse":{"name":"f","response":{}}}]},{"role":"model","parts":[{"text":"b"}]},{"role":"user","parts":[{"text":"c"}]}]}
        """);

    [Theory]
    [InlineData("ANY", "hello", 1)]
    [InlineData("NONE", "use the tool get_time", 0)]
    [InlineData("AUTO", "get_time", 1)]
    public async Task Generate_FunctionCallingMode_Decides(string mode, string text, int calls)
    {
        var answer = await simulator.PostJsonAsync("/v1beta/models/x:generateContent", $$$"""
            {{{{Tools}}},"toolConfig":{"functionCallingConfig":{"mode":"{{{mode}}}"}},"contents":[{"parts":[{"text":"{{{text}}}"}]}]}
            """);

        answer.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts").EnumerateArray()
            .Count(part => part.TryGetProperty("functionCall", out _)).ShouldBe(calls);
    }

    [Theory]
    [InlineData(""" "responseMimeType":"application/json","responseSchema":{"type":"INTEGER","minimum":7,"maximum":7} """, "7")]
    [InlineData(""" "responseMimeType":"application/json","responseJsonSchema":{"const":[1]} """, "[1]")]
    [InlineData(""" "responseMimeType":"text/x.enum","responseSchema":{"type":"STRING","enum":["piano"]} """, "piano")]
    public async Task Generate_Schema_AnswersWithAnInstance(string config, string expected)
    {
        var answer = await simulator.PostJsonAsync("/v1beta/models/x:generateContent", $$$"""{{{{Hello}}},"generationConfig":{{{{config}}}}}""");

        answer.GetProperty("candidates")[0].GetProperty("content").GetProperty("parts")[0].GetProperty("text").GetString().ShouldBe(expected);
    }

    [Fact]
    public async Task CountTokens_PlainAndWrapped_CountAsTheAnswerDoes()
    {
        var answer = await simulator.PostJsonAsync("/v1beta/models/x:generateContent", $$"""{{{Hello}}}""");
        var plain = await simulator.PostJsonAsync("/v1beta/models/x:countTokens", $$"""{{{Hello}}}""");
        var wrapped = await simulator.PostJsonAsync("/v1beta/models/x:countTokens", $$$"""{"generateContentRequest":{{{{Hello}}}}}""");

        plain.GetProperty("totalTokens").GetInt32().ShouldBe(answer.GetProperty("usageMetadata").GetProperty("promptTokenCount").GetInt32());
        wrapped.GetProperty("totalTokens").GetInt32().ShouldBe(plain.GetProperty("totalTokens").GetInt32());
    }

    [Fact]
    public async Task Embed_OneAndBatch_AreTheSameVector()
    {
        const string request = """{"content":{"parts":[{"text":"heron"}]},"outputDimensionality":32}""";
        var one = await simulator.PostJsonAsync("/v1beta/models/sim-embed:embedContent", request);
        var batch = await simulator.PostJsonAsync("/v1beta/models/sim-embed:batchEmbedContents", $$"""{"requests":[{{request}},{{request}}]}""");

        one.GetProperty("embedding").GetProperty("values").GetArrayLength().ShouldBe(32);
        JsonElement.DeepEquals(batch.GetProperty("embeddings")[1], one.GetProperty("embedding")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("x:generateContent", """{}""")]
    [InlineData("x:generateContent", """{"contents":"x"}""")]
    [InlineData("x:generateContent", """{"contents":[{"role":"king","parts":[{"text":"x"}]}]}""")]
    [InlineData("x:generateContent", """{"contents":[{"parts":[]}]}""")]
    [InlineData("x:generateContent", """{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"maxOutputTokens":"many"}}""")]
    [InlineData("x:generateContent", """{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f"}}]}]}""")]
    [InlineData("x:generateContent", "nonsense")]
    [InlineData("x:batchEmbedContents", """{"requests":[]}""")]
    [InlineData("x:embedContent", """{}""")]
    public async Task Post_BadRequest_Is400InGooglesWords(string target, string body)
    {
        var error = (await simulator.PostJsonAsync("/v1beta/models/" + target, body, HttpStatusCode.BadRequest)).GetProperty("error");

        error.GetProperty("code").GetInt32().ShouldBe(400);
        error.GetProperty("status").GetString().ShouldBe("INVALID_ARGUMENT");
        error.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Stream_BadRequestWithoutSse_IsAnArray()
    {
        var answer = await simulator.PostJsonAsync("/v1beta/models/x:streamGenerateContent", "{}", HttpStatusCode.BadRequest);

        answer[0].GetProperty("error").GetProperty("code").GetInt32().ShouldBe(400);
    }

    [Theory]
    [InlineData("unknown-x:generateContent")]
    [InlineData("x:unheardOf")]
    public async Task Post_UnknownModelOrMethod_Is404(string target)
    {
        var answer = await simulator.PostJsonAsync("/v1beta/models/" + target, $$"""{{{Hello}}}""", HttpStatusCode.NotFound);

        answer.GetProperty("error").GetProperty("status").GetString().ShouldBe("NOT_FOUND");
    }

    [Fact]
    public async Task GetModels_BetaPath_IsGooglesList()
    {
        var list = JsonDocument.Parse(await simulator.Client.GetStringAsync("/v1beta/models")).RootElement;

        list.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()).ShouldBe(SimulatorModels.All.Select(model => "models/" + model.Id));
    }

    /// <summary>Texts, thoughts and calls of candidates, joined.</summary>
    private static string Said(IReadOnlyList<JsonElement> candidates) => string.Concat(candidates
        .SelectMany(candidate => candidate.GetProperty("content").GetProperty("parts").EnumerateArray())
        .Select(part => part.TryGetProperty("text", out var text) ? text.GetString() : JsonSerializer.Serialize(part)));
}
