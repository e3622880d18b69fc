using System.Text.Json;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;
using Sluice.TestKit.Upstream;

namespace Sluice.Tests.Integration;

/// <summary>Responses with <c>background: true</c>: worked on by Sluice, or by a vendor whom it follows.</summary>
public sealed class BackgroundResponseTests(StoredResponseFixture gateway) : IClassFixture<StoredResponseFixture>
{
    private const string Path = "/v1/responses";

    private GatewayClient Mine => field ??= gateway.Sluice.Client(StoredResponseFixture.Key);

    [Theory]
    [InlineData("chat/sim-small.slow-first-token=400")]
    [InlineData("claude/sim-small.slow-first-token=400")]
    [InlineData("thin/sim-small.slow-first-token=400")]
    [InlineData("vendor/sim-small")]
    public async Task Background_Asked_IsQueuedAndThenComplete(string model)
    {
        var queued = await Mine.PostAsync(Path, $$"""{"model":"{{model}}","input":"take your time","background":true}""");
        queued.Status.ShouldBe(200, queued.Text);
        queued.Json.GetProperty("status").GetString().ShouldBe("queued");
        queued.Json.GetProperty("background").GetBoolean().ShouldBeTrue();
        var id = queued.Json.GetProperty("id").GetString()!;

        var done = await EndOfAsync(id);

        done.GetProperty("status").GetString().ShouldBe("completed");
        done.GetProperty("id").GetString().ShouldBe(id);
        done.GetProperty("background").GetBoolean().ShouldBeTrue();
        done.GetProperty("output").GetArrayLength().ShouldBeGreaterThan(0);
        var followed = await Mine.PostAsync(Path, $$"""{"model":"{{model}}","previous_response_id":"{{id}}","input":"thanks"}""");
        followed.Status.ShouldBe(200, followed.Text);
        followed.Json.GetProperty("usage").GetProperty("input_tokens").GetInt64().ShouldBeGreaterThan(done.GetProperty("usage").GetProperty("input_tokens").GetInt64());
    }

    [Fact]
    public async Task Background_OfSluice_IsOnTheAccountOfItsRequest()
    {
        var queued = await Mine.PostAsync(Path, """{"model":"priced","input":"count me","background":true}""");
        await EndOfAsync(queued.Json.GetProperty("id").GetString()!);
        using var admin = gateway.Sluice.Administrator();

        var usage = await admin.UsageAsync(queued.Header("x-request-id")!);

        usage.Status.ShouldBe("settled");
        usage.CostNanoUsd.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("chat/sim-small.slow-first-token=20000")]
    [InlineData("vendor/sim-small")]
    public async Task Cancel_OfWorkUnderWay_EndsIt(string model)
    {
        var queued = await Mine.PostAsync(Path, $$"""{"model":"{{model}}","input":"never mind","background":true}""");
        var id = queued.Json.GetProperty("id").GetString()!;

        var cancelled = await Mine.PostAsync($"{Path}/{id}/cancel", "");
        var again = await Mine.PostAsync($"{Path}/{id}/cancel", "");

        cancelled.Status.ShouldBe(200, cancelled.Text);
        cancelled.Json.GetProperty("status").GetString().ShouldBe("cancelled");
        again.Status.ShouldBe(200, again.Text);
        again.Json.GetProperty("status").GetString().ShouldBe("cancelled");
        (await EndOfAsync(id)).GetProperty("status").GetString().ShouldBe("cancelled");
    }

    [Fact]
    public async Task GoOn_FromWorkUnderWay_IsRefused()
    {
        var queued = await Mine.PostAsync(Path, """{"model":"chat/sim-small.slow-first-token=5000","input":"later","background":true}""");
        var id = queued.Json.GetProperty("id").GetString()!;

        var reply = await Mine.PostAsync(Path, $$"""{"model":"chat/sim-small","previous_response_id":"{{id}}","input":"and?"}""");
        await Mine.DeleteAsync($"{Path}/{id}");

        reply.Status.ShouldBe(400, reply.Text);
        reply.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("response_not_complete");
        (await Mine.GetAsync($"{Path}/{id}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Background_ThatFails_SaysWhy()
    {
        var queued = await Mine.PostAsync(Path, """{"model":"chat/sim-500","input":"fail","background":true}""");

        var failed = await EndOfAsync(queued.Json.GetProperty("id").GetString()!);

        failed.GetProperty("status").GetString().ShouldBe("failed");
        failed.GetProperty("error").GetProperty("code").GetString().ShouldBe("server_error");
        failed.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("""{"model":"priced","input":"too dear","background":true}""", StoredResponseFixture.PoorKey, 403)]
    [InlineData("""{"model":"chat/sim-small","input":"x","background":true,"store":false}""", StoredResponseFixture.Key, 400)]
    [InlineData("""{"model":"chat/sim-small","input":[{"role":"nobody"}],"background":true}""", StoredResponseFixture.Key, 400)]
    [InlineData("""{"model":"unheard-of","input":"x","background":true}""", StoredResponseFixture.Key, 404)]
    public async Task Background_ThatIsNotLetIn_IsRefusedAtOnce(string body, string key, int status)
    {
        using var client = gateway.Sluice.Client(key);

        var reply = await client.PostAsync(Path, body);

        reply.Status.ShouldBe(status, reply.Text);
    }

    [Fact]
    public async Task BackgroundStream_LeftAndTakenUpAgain_GivesEveryEventOnce()
    {
        string id;
        var before = new List<SseEvent>();
        await using (var open = await Mine.OpenAsync(Path, """{"model":"chat/sim-small.slow-tokens=40","stream":true,"background":true,"input":"tell a story of herons"}"""))
        {
            var text = await open.ReadUntilAsync("response.output_text.delta");
            before.AddRange(SseEvent.Parse(text[..(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 2)]));
            id = before[0].Json.GetProperty("response").GetProperty("id").GetString()!;
        }

        var last = NumberOf(before[^1]);
        var rest = await Mine.GetAsync($"{Path}/{id}?stream=true&starting_after={last}");
        var whole = await Mine.GetAsync($"{Path}/{id}?stream=true");
        var done = await EndOfAsync(id);

        rest.Status.ShouldBe(200, rest.Text);
        before.Concat(rest.Events).Select(NumberOf).ShouldBe(Enumerable.Range(0, (int)NumberOf(rest.Events[^1]) + 1).Select(n => (long)n));
        rest.Events[^1].Json.GetProperty("response").GetRawText().ShouldBe(done.GetRawText());
        whole.Events.Select(NumberOf).ShouldBe(before.Concat(rest.Events).Select(NumberOf));
    }

    [Fact]
    public async Task Background_WithAnIdempotencyKey_IsWorkedOnOnce()
    {
        const string Body = """{"model":"chat/sim-small","input":"once","background":true}""";
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var first = await Mine.PostAsync(Path, Body, key);
        var second = await Mine.PostAsync(Path, Body, key);

        second.Text.ShouldBe(first.Text);
        second.Header("idempotent-replayed").ShouldBe("true");
    }

    [Fact]
    public async Task Background_OfAVendor_IsChargedWhenTheVendorTells()
    {
        var asked = 0;
        var work = gateway.Work;
        work.Always(request => request.Method == "POST" ? UpstreamAnswer.Json(Response("queued", "null"))
            : UpstreamAnswer.Json(Interlocked.Increment(ref asked) < 2 ? Response("in_progress", "null")
                : Response("completed", """{"input_tokens":1000,"output_tokens":200,"total_tokens":1200}""")));

        var queued = await Mine.PostAsync(Path, """{"model":"worker","input":"long work","background":true}""");
        queued.Text.ShouldBe(Response("queued", "null"));
        using var admin = gateway.Sluice.Administrator();
        var usage = await admin.UsageAsync(queued.Header("x-request-id")!);

        usage.Status.ShouldBe("settled");
        usage.Tokens("input").ShouldBe(1000);
        usage.Tokens("output").ShouldBe(200);
        usage.CostNanoUsd.ShouldBe((1000 * 1000) + (200 * 10_000));
        work.Requests.Where(request => request.Method == "GET").ShouldAllBe(request => request.Path == "/v1/responses/resp_work");
    }

    private static string Response(string status, string usage)
        => $$"""{"id":"resp_work","object":"response","created_at":1790000000,"status":"{{status}}","background":true,"error":null,"incomplete_details":null,"model":"gpt-work","output":[],"usage":{{usage}}}""";

    private static long NumberOf(SseEvent e) => e.Json.GetProperty("sequence_number").GetInt64();

    private async Task<JsonElement> EndOfAsync(string id)
    {
        var reply = await Eventually.ValueAsync($"the end of {id}", async () =>
        {
            var asked = await Mine.GetAsync($"{Path}/{id}");
            asked.Status.ShouldBe(200, asked.Text);
            return asked.Json.GetProperty("status").GetString() is "queued" or "in_progress" ? null : asked;
        });
        return reply.Json;
    }
}
