using System.Net;

namespace Sluice.Simulator.Tests;

/// <summary>What vendors let go, a model with <c>strict-signatures</c> behind its name refuses.</summary>
public sealed class StrictSignaturesTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    [Theory]
    [InlineData("/v1beta/models/gemini-3-pro{0}:generateContent", """
        {"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator"}]},
        {"role":"user","parts":[{"functionResponse":{"name":"f","response":{}}}]}]}
        """)]
    [InlineData("/v1/messages", """
        {"model":"claude-x{0}","max_tokens":2000,"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"a"},
        {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"b"}]}]}
        """)]
    [InlineData("/v1/responses", """
        {"model":"gpt-5.6{0}","input":[{"role":"user","content":"a"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"b"}]}
        """)]
    public async Task Post_StepOfTheTurnWithoutItsSignature_IsRefusedWhereTheCallerIsStrict(string path, string body)
    {
        string With(string text, string fault) => text.Replace("{0}", fault, StringComparison.Ordinal);

        await simulator.PostJsonAsync(With(path, ""), With(body, ""));
        var refused = await simulator.PostJsonAsync(With(path, ".strict-signatures"), With(body, ".strict-signatures"), HttpStatusCode.BadRequest);

        refused.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Post_OlderTurnWithoutItsReasoning_IsTaken() => await simulator.PostJsonAsync("/v1/responses", """
        {"model":"gpt-5.6.strict-signatures","input":[{"role":"user","content":"a"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
        {"type":"function_call_output","call_id":"c1","output":"b"},{"role":"user","content":"c"}]}
        """);
}
