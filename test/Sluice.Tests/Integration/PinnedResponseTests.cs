using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>Answers that their vendor keeps: everything about one goes to the account that has it, and bytes stay as they are.</summary>
public sealed class PinnedResponseTests(StoredResponseFixture gateway) : IClassFixture<StoredResponseFixture>
{
    private const string Path = "/v1/responses";

    private GatewayClient Mine => field ??= gateway.Sluice.Client(StoredResponseFixture.Key);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FollowUps_OfAPool_GoToTheAccountThatAnswered(bool stream)
    {
        var pool = gateway.Pool;
        var id = $"resp_{Guid.NewGuid():N}";
        pool.Once(stream ? UpstreamAnswer.Sse(Created(id), Completed(id)) : UpstreamAnswer.Json(Response(id)));
        var made = await Mine.PostAsync(Path, $$"""{"model":"pool/gpt","input":"begin"{{(stream ? ",\"stream\":true" : "")}}}""");
        var account = pool.Requests[^1].Header("authorization");
        made.Text.ShouldBe(stream ? Created(id) + Completed(id) : Response(id));

        for (var turn = 0; turn < 6; turn++)
        {
            pool.Once(UpstreamAnswer.Json(Response($"resp_{Guid.NewGuid():N}")));
            var body = $$"""{ "model":"gpt", "previous_response_id":"{{id}}","input":"go on" }""";
            (await Mine.PostAsync(Path, body.Replace("\"gpt\"", "\"pool/gpt\"", StringComparison.Ordinal))).Status.ShouldBe(200);
            pool.Requests[^1].Text.ShouldBe(body);
            pool.Requests[^1].Header("authorization").ShouldBe(account);
        }
    }

    [Fact]
    public async Task Looks_OfAPool_GoToTheAccountThatAnswered()
    {
        var pool = gateway.Pool;
        var id = $"resp_{Guid.NewGuid():N}";
        pool.Once(UpstreamAnswer.Json(Response(id)));
        await Mine.PostAsync(Path, """{"model":"pool/gpt","input":"begin"}""");
        var account = pool.Requests[^1].Header("authorization");

        async Task<GatewayReply> LookAsync(string answer, Func<Task<GatewayReply>> ask, string method, string target)
        {
            pool.Once(UpstreamAnswer.Json(answer));
            var reply = await ask();
            reply.Status.ShouldBe(200, reply.Text);
            reply.Text.ShouldBe(answer);
            var request = pool.Requests[^1];
            request.Method.ShouldBe(method);
            request.RawTarget.ShouldEndWith(target);
            request.Header("authorization").ShouldBe(account);
            request.Body.ShouldBeEmpty();
            return reply;
        }

        for (var turn = 0; turn < 3; turn++)
        {
            await LookAsync(Response(id), () => Mine.GetAsync($"{Path}/{id}?include=reasoning.encrypted_content"), "GET", $"/v1/responses/{id}?include=reasoning.encrypted_content");
            await LookAsync("""{"object":"list","data":[]}""", () => Mine.GetAsync($"{Path}/{id}/input_items?limit=5"), "GET", $"/v1/responses/{id}/input_items?limit=5");
            await LookAsync(Response(id), () => Mine.PostAsync($"{Path}/{id}/cancel", ""), "POST", $"/v1/responses/{id}/cancel");
        }

        await LookAsync($$"""{"id":"{{id}}","object":"response","deleted":true}""", () => Mine.DeleteAsync($"{Path}/{id}"), "DELETE", $"/v1/responses/{id}");
        var count = pool.Requests.Count;
        (await Mine.GetAsync($"{Path}/{id}")).Status.ShouldBe(404);
        pool.Requests.Count.ShouldBe(count);
    }

    [Fact]
    public async Task Look_RefusedByTheVendor_GivesTheVendorsWords()
    {
        var pool = gateway.Pool;
        var id = $"resp_{Guid.NewGuid():N}";
        pool.Once(UpstreamAnswer.Json(Response(id)));
        await Mine.PostAsync(Path, """{"model":"pool/gpt","input":"begin"}""");
        var words = $$$"""{"error":{"message":"Response with id '{{{id}}}' not found.","type":"invalid_request_error","param":null,"code":null}}""";
        pool.Once(UpstreamAnswer.Json(words, 404));

        var reply = await Mine.GetAsync($"{Path}/{id}");

        reply.Status.ShouldBe(404);
        reply.Text.ShouldBe(words);
    }

    [Fact]
    public async Task Stream_TakenUpAgainAtTheVendor_IsRelayed()
    {
        var pool = gateway.Pool;
        var id = $"resp_{Guid.NewGuid():N}";
        pool.Once(UpstreamAnswer.Json(Response(id)));
        await Mine.PostAsync(Path, """{"model":"pool/gpt","input":"begin"}""");
        pool.Once(UpstreamAnswer.Sse(Completed(id)));

        var reply = await Mine.GetAsync($"{Path}/{id}?stream=true&starting_after=1");

        reply.Header("content-type").ShouldBe("text/event-stream");
        reply.Text.ShouldBe(Completed(id));
        pool.Requests[^1].RawTarget.ShouldEndWith($"/v1/responses/{id}?stream=true&starting_after=1");
    }

    [Fact]
    public async Task UnknownAnswer_OfOneAccountAlone_IsTheVendorsToKnow()
    {
        var work = gateway.Work;
        work.Once(UpstreamAnswer.Json(Response("resp_made_elsewhere_2")));
        const string Body = """{"model":"gpt-work","previous_response_id":"resp_made_elsewhere","input":"go on"}""";

        var one = await Mine.PostAsync(Path, Body.Replace("gpt-work", "worker", StringComparison.Ordinal));
        var many = await Mine.PostAsync(Path, """{"model":"pool/gpt","previous_response_id":"resp_made_elsewhere","input":"go on"}""");

        one.Status.ShouldBe(200, one.Text);
        work.Requests[^1].Text.ShouldBe(Body);
        many.Status.ShouldBe(400, many.Text);
        many.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("previous_response_not_found");
    }

    [Fact]
    public async Task FollowUp_WithAModelOfAnotherVendor_IsRefused()
    {
        var work = gateway.Work;
        var id = $"resp_{Guid.NewGuid():N}";
        work.Once(UpstreamAnswer.Json(Response(id)));
        await Mine.PostAsync(Path, """{"model":"worker","input":"begin"}""");

        var reply = await Mine.PostAsync(Path, $$"""{"model":"claude/sim-small","previous_response_id":"{{id}}","input":"go on"}""");

        reply.Status.ShouldBe(400, reply.Text);
        reply.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("response_kept_elsewhere");
    }

    [Fact]
    public async Task Conversation_OfOneAccountAlone_IsRelayed()
    {
        var work = gateway.Work;
        work.Once(UpstreamAnswer.Json(Response("resp_conv")));

        var one = await Mine.PostAsync(Path, """{"model":"worker","conversation":"conv_1","input":"go on"}""");
        var many = await Mine.PostAsync(Path, """{"model":"pool/gpt","conversation":{"id":"conv_1"},"input":"go on"}""");
        var none = await Mine.PostAsync(Path, """{"model":"chat/sim-small","conversation":"conv_1","input":"go on"}""");

        one.Status.ShouldBe(200, one.Text);
        many.Status.ShouldBe(400, many.Text);
        many.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("conversation_not_served");
        none.Status.ShouldBe(400, none.Text);
    }

    private static string Response(string id)
        => $$$"""{"id":"{{{id}}}","object":"response","created_at":1790000000,"status":"completed","error":null,"model":"gpt","output":[],"usage":{"input_tokens":5,"output_tokens":5,"total_tokens":10}}""";

    private static string Created(string id)
        => $"event: response.created\ndata: {{\"type\":\"response.created\",\"sequence_number\":0,\"response\":{{\"id\":\"{id}\",\"object\":\"response\",\"status\":\"in_progress\"}}}}\n\n";

    private static string Completed(string id)
        => $"event: response.completed\ndata: {{\"type\":\"response.completed\",\"sequence_number\":1,\"response\":{Response(id)}}}\n\n";
}
