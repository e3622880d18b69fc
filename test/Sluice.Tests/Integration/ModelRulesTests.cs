using System.Text.Json;

namespace Sluice.Tests.Integration;

/// <summary>What is particular to models, as their vendors see it: a row for each rule, through the whole service.</summary>
public sealed class ModelRulesTests(TranslationFixture gateway) : IClassFixture<TranslationFixture>
{
    private const string Effort = ""","reasoning_effort":"EFFORT" """;
    private const string Tools = ""","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":"required" """;

    [Theory]

    // OpenAI: sampling, efforts, the name of the limit.
    [InlineData("responses", "gpt-5.6-sol", "\"temperature\":0.2,\"top_p\":0.5", "temperature", null, "temperature, top_p")]
    [InlineData("responses", "o3", "\"temperature\":1,\"top_k\":5", "temperature", null, "top_k")]
    [InlineData("responses", "gpt-4.1", "\"temperature\":0.2", "temperature", "0.2", null)]
    [InlineData("responses", "gpt-5", "\"output_config\":{\"effort\":\"max\"}", "reasoning.effort", "\"high\"", null)]
    [InlineData("responses", "gpt-5", "\"thinking\":{\"type\":\"disabled\"}", "reasoning.effort", "\"minimal\"", null)]
    [InlineData("responses", "gpt-5.1", "\"thinking\":{\"type\":\"disabled\"}", "reasoning.effort", "\"none\"", null)]
    [InlineData("responses", "gpt-5.4", "\"output_config\":{\"effort\":\"max\"}", "reasoning.effort", "\"xhigh\"", null)]
    [InlineData("responses", "gpt-5.6-sol", "\"output_config\":{\"effort\":\"max\"}", "reasoning.effort", "\"max\"", null)]
    [InlineData("responses", "gpt-5-pro", "\"output_config\":{\"effort\":\"low\"}", "reasoning.effort", "\"high\"", null)]
    [InlineData("responses", "gpt-4.1", "\"output_config\":{\"effort\":\"low\"}", "reasoning", null, "output_config.effort")]
    [InlineData("chat", "local-model", "\"temperature\":0.2", "max_tokens", "64", null)]
    [InlineData("chat", "gpt-5", "\"temperature\":0.2", "temperature", "0.2", null)]

    // Gemini: level or budget, its bounds.
    [InlineData("gemini", "gemini-3.1-pro-preview", "\"output_config\":{\"effort\":\"max\"}", "generationConfig.thinkingConfig.thinkingLevel", "\"HIGH\"", null)]
    [InlineData("gemini", "gemini-3.1-pro-preview", "\"thinking\":{\"type\":\"disabled\"}", "generationConfig.thinkingConfig.thinkingLevel", "\"LOW\"", null)]
    [InlineData("gemini", "gemini-3.5-flash", "\"thinking\":{\"type\":\"disabled\"}", "generationConfig.thinkingConfig.thinkingLevel", "\"MINIMAL\"", null)]
    [InlineData("gemini", "gemini-3.5-flash", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}", "generationConfig.thinkingConfig.thinkingBudget", null, null)]
    [InlineData("gemini", "gemini-2.5-flash", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}", "generationConfig.thinkingConfig.thinkingBudget", "2000", null)]
    [InlineData("gemini", "gemini-2.5-flash", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":60000}", "generationConfig.thinkingConfig.thinkingBudget", "24576", null)]
    [InlineData("gemini", "gemini-2.5-flash", "\"thinking\":{\"type\":\"disabled\"}", "generationConfig.thinkingConfig.thinkingBudget", "0", null)]
    [InlineData("gemini", "gemini-2.5-pro", "\"thinking\":{\"type\":\"disabled\"}", "generationConfig.thinkingConfig.thinkingBudget", "128", null)]
    [InlineData("gemini", "gemini-2.0-flash", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}", "generationConfig.thinkingConfig", null, "thinking.budget_tokens")]
    public Task AnthropicRequest_AtAModel_IsPutAsTheModelTakesIt(string provider, string model, string members, string path, string? expected, string? dropped) =>
        CheckAsync(provider, model, "/v1/messages", $$"""{"model":"MODEL","max_tokens":64,"messages":[{"role":"user","content":"hi"}],{{members}}}""", path, expected, dropped);

    [Theory]

    // Anthropic: thinking, its end, efforts, sampling, forced tools, marks.
    [InlineData("claude-opus-5-5", Effort, "high", "thinking.type", "\"adaptive\"", null)]
    [InlineData("claude-opus-5-5", Effort, "xhigh", "output_config.effort", "\"xhigh\"", null)]
    [InlineData("claude-opus-5-5", Effort, "none", "thinking", null, null)]
    [InlineData("claude-sonnet-5-5", Effort, "none", "thinking.type", "\"between_tools\"", null)]
    [InlineData("claude-haiku-5-5", Effort, "none", "thinking.type", "\"disabled\"", null)]
    [InlineData("claude-opus-4-7", Effort, "none", "thinking", null, null)]
    [InlineData("claude-opus-4-6", Effort, "xhigh", "output_config.effort", "\"high\"", null)]
    [InlineData("claude-sonnet-4-5", Effort, "low", "thinking", """{"type":"enabled","budget_tokens":1024}""", null)]
    [InlineData("claude-sonnet-4-5", Effort, "low", "output_config", null, null)]
    [InlineData("claude-3-5-haiku-20241022", Effort, "low", "thinking", null, "reasoning_effort")]
    [InlineData("claude-opus-4-7", ",\"temperature\":0.3,\"top_p\":0.5", "", "temperature", null, "temperature, top_p")]
    [InlineData("claude-opus-4-7", ",\"temperature\":1", "", "temperature", null, null)]
    [InlineData("claude-sonnet-4-5", ",\"temperature\":0.3,\"top_p\":0.5", "", "top_p", null, "top_p")]
    [InlineData("claude-3-haiku-20240307", ",\"temperature\":0.3,\"top_p\":0.5", "", "top_p", "0.5", null)]
    [InlineData("claude-opus-5-5", Tools, "", "tool_choice.type", "\"auto\"", "tool_choice")]
    [InlineData("claude-opus-5", Tools, "", "tool_choice.type", "\"any\"", null)]
    public Task ChatRequest_AtAClaude_IsPutAsTheModelTakesIt(string model, string members, string word, string path, string? expected, string? dropped) =>
        CheckAsync(
            "messages", model, "/v1/chat/completions",
            $$"""{"model":"MODEL","messages":[{"role":"user","content":"hi"}]{{members.Replace("EFFORT", word, StringComparison.Ordinal)}}}""", path, expected, dropped);

    [Theory]
    [InlineData("claude-sonnet-5-5", "2026-10-21", "system")]
    [InlineData("claude-sonnet-4-5", "2023-06-01", "user")]
    public async Task ChatRequest_SystemTextBetweenTurns_StandsThereFromTheVersionOnThatTakesIt(string model, string version, string role)
    {
        var lane = gateway.NextLane();

        await gateway.Client.PostAsync("/v1/chat/completions", $$"""
            {"model":"{{lane.Name}}-messages/{{model}}","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"developer","content":"be brief"},{"role":"user","content":"c"}]}
            """);

        var sent = lane.Requests.Single();
        sent.Header("anthropic-version").ShouldBe(version);
        sent.Json.GetProperty("messages")[2].GetProperty("role").GetString().ShouldBe(role);
    }

    [Theory]
    [InlineData("gemini-3.1-pro-preview", "skip_thought_signature_validator")]
    [InlineData("gemini-2.5-flash", null)]
    public async Task ChatRequest_CallsThatNobodySigned_AreMarkedWhereTheModelWantsSignatures(string model, string? signature)
    {
        var lane = gateway.NextLane();

        await gateway.Client.PostAsync("/v1/chat/completions", $$$"""
            {"model":"{{{lane.Name}}}-gemini/{{{model}}}","messages":[{"role":"user","content":"a"},
            {"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"b"}]}
            """);

        var part = lane.Requests.Single().Json.GetProperty("contents")[1].GetProperty("parts")[0];
        (part.TryGetProperty("thoughtSignature", out var found) ? found.GetString() : null).ShouldBe(signature);
    }

    [Theory]
    [InlineData("gpt-5.6-sol", true)]
    [InlineData("gpt-5.4", false)]
    public async Task AnthropicRequest_CacheMarks_GoWhereTheModelTakesThem(string model, bool taken)
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/messages", $$$"""
            {"model":"{{{lane.Name}}}-responses/{{{model}}}","max_tokens":64,"messages":[{"role":"user","content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]}]}
            """);

        lane.Requests.Single().Text.Contains("prompt_cache_breakpoint", StringComparison.Ordinal).ShouldBe(taken);
        reply.Header("x-sluice-dropped").ShouldBe(taken ? null : "cache_control");
    }

    [Fact]
    public async Task ChatRequest_MoreCacheMarksThanAClaudeTakes_KeepsThoseOfTheLongestPrefixes()
    {
        var lane = gateway.NextLane();
        var parts = string.Join(',', Enumerable.Range(0, 6).Select(i => $$$"""{"type":"text","text":"t{{{i}}}","prompt_cache_breakpoint":{"mode":"explicit"}}"""));

        await gateway.Client.PostAsync("/v1/chat/completions", $$$"""{"model":"{{{lane.Name}}}-messages/claude-sonnet-4-5","messages":[{"role":"user","content":[{{{parts}}}]}]}""");

        lane.Requests.Single().Json.GetProperty("messages")[0].GetProperty("content").EnumerateArray()
            .Where(block => block.TryGetProperty("cache_control", out _)).Select(block => block.GetProperty("text").GetString()).ShouldBe(["t2", "t3", "t4", "t5"]);
    }

    private async Task CheckAsync(string provider, string model, string clientPath, string body, string path, string? expected, string? dropped)
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync(clientPath, body.Replace("MODEL", $"{lane.Name}-{provider}/{model}", StringComparison.Ordinal));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("x-sluice-dropped").ShouldBe(dropped);
        JsonElement? found = lane.Requests.Single().Json;
        foreach (var name in path.Split('.'))
        {
            found = found is { ValueKind: JsonValueKind.Object } place && place.TryGetProperty(name, out var member) ? member : null;
        }

        found?.GetRawText().ShouldBe(expected);
        (found is null).ShouldBe(expected is null);
    }
}
