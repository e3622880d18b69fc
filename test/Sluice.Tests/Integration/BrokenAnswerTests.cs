using Sluice.Fuzz.Legal;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.TestKit.Gateway;

namespace Sluice.Tests.Integration;

/// <summary>
/// An upstream that breaks its own grammar, before clients of the three other dialects: they see a legal stream or an error in
/// their own dialect, and the trace says which and why.
/// </summary>
public sealed class BrokenAnswerTests(TranslationFixture gateway) : IClassFixture<TranslationFixture>
{
    private static readonly TestedDialect[] Clients = [TestedDialect.Chat, TestedDialect.Responses, TestedDialect.Messages, TestedDialect.Gemini];

    public static TheoryData<string> Broken => [.. BrokenAnswers.All.Select(broken => broken.ToString())];

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Stream_Broken_IsRepairedOrAnErrorAndTheTraceSaysWhich(string name)
    {
        var broken = BrokenAnswers.All.Single(one => one.ToString() == name);
        var lane = gateway.NextLane();
        var model = $"{lane.Name}-{broken.Upstream}";
        lane.Always(broken.Answer);

        foreach (var client in Clients.Where(client => client.Name != broken.Upstream))
        {
            var reply = await gateway.Client.CallAsync(client, model, stream: true);

            var id = reply.Header("x-request-id")!;
            await gateway.Admin.UsageAsync(id);
            var trace = (await gateway.Admin.GetAsync($"/api/admin/requests/{id}")).Json;
            var repairs = trace.GetProperty("repairs").EnumerateArray().Select(code => code.GetString()!).ToList();
            if (broken.Error.Length > 0)
            {
                ShouldHaveFailed(client, reply, broken.Error);
                ErrorOf(trace).ShouldBe(broken.Error);
                continue;
            }

            reply.Status.ShouldBe(200, reply.Text);
            reply.EndedCleanly.ShouldBeTrue(reply.Text);
            LegalStream.Check(DialectOf(client), ResponseFraming.Sse, reply.Body);
            reply.Events.ShouldContain(e => client.IsCleanEnd(e), reply.Text);
            reply.Events.ShouldNotContain(e => client.IsErrorEvent(e), reply.Text);
            string.Join(',', repairs).ShouldBe(broken.Repair, $"{client.Name}: {reply.Text}");
        }

        await ShouldBeWholeOrAnErrorAsync(broken, model);
    }

    [Theory]
    [InlineData("chat", """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":"}}]},"finish_reason":"tool_calls"}]}""", "", "invalid_upstream_answer")]
    [InlineData("chat", """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":""}},{"id":"x","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""", "arguments_missing,call_id_repeated", "")]
    [InlineData("chat", """{"id":"c","object":"chat.completion","choices":[]}""", "", "invalid_upstream_answer")]
    [InlineData("messages", """{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":7}],"stop_reason":"end_turn"}""", "", "invalid_upstream_answer")]
    [InlineData("responses", """{"id":"r","object":"response","status":"completed","model":"m"}""", "", "invalid_upstream_answer")]
    [InlineData("gemini", """{"candidates":[{"content":{"parts":[{"text":7}]}}]}""", "", "invalid_upstream_answer")]
    public async Task Document_Broken_IsRepairedOrAnErrorAndTheTraceSaysWhich(string upstream, string document, string repaired, string error)
    {
        var lane = gateway.NextLane();
        lane.Always(Sluice.TestKit.Upstream.UpstreamAnswer.Json(document));
        var client = TestedDialect.Of(upstream == "messages" ? "chat" : "messages");

        foreach (var stream in (bool[])[false, true])
        {
            var reply = await gateway.Client.CallAsync(client, $"{lane.Name}-{upstream}", stream);

            var id = reply.Header("x-request-id")!;
            await gateway.Admin.UsageAsync(id);
            var trace = (await gateway.Admin.GetAsync($"/api/admin/requests/{id}")).Json;
            if (error.Length > 0)
            {
                ShouldHaveFailed(client, reply, error);
                trace.GetProperty("error_code").GetString().ShouldBe(error);
            }
            else
            {
                reply.Status.ShouldBe(200, reply.Text);
                trace.GetProperty("repairs").EnumerateArray().Select(code => code.GetString()!).Order().ShouldBe(repaired.Split(','));
            }
        }
    }

    /// <summary>The same for a client that asked for no stream: a whole answer, or an error with its status.</summary>
    private async Task ShouldBeWholeOrAnErrorAsync(BrokenAnswer broken, string model)
    {
        var client = TestedDialect.Of(broken.Upstream == "messages" ? "chat" : "messages");

        var reply = await gateway.Client.CallAsync(client, model);

        reply.EndedCleanly.ShouldBeTrue();
        if (broken.Error.Length > 0)
        {
            reply.Status.ShouldBeGreaterThanOrEqualTo(429, reply.Text);
            client.ErrorMessage(reply).ShouldNotBeEmpty();
        }
        else
        {
            reply.Status.ShouldBe(200, reply.Text);
            LegalJson.Check(reply.Body, "the answer");
        }
    }

    private static string? ErrorOf(System.Text.Json.JsonElement trace) =>
        trace.GetProperty("error_code").GetString() ?? trace.GetProperty("attempts")[0].GetProperty("code").GetString();

    private static void ShouldHaveFailed(TestedDialect client, GatewayReply reply, string code)
    {
        if (reply.Status != 200)
        {
            reply.Status.ShouldBeGreaterThanOrEqualTo(429, reply.Text);
            client.ErrorMessage(reply).ShouldNotBeEmpty();
            return;
        }

        LegalStream.Check(DialectOf(client), ResponseFraming.Sse, reply.Body);
        client.IsErrorEvent(reply.Events[^1]).ShouldBeTrue($"{code}: {reply.Text}");
        reply.Events.ShouldNotContain(e => client.IsCleanEnd(e), reply.Text);
    }

    private static Dialect DialectOf(TestedDialect client) => client.Name switch
    {
        "chat" => Dialect.OpenAIChat,
        "responses" => Dialect.OpenAIResponses,
        "messages" => Dialect.AnthropicMessages,
        _ => Dialect.GeminiGenerate,
    };
}
