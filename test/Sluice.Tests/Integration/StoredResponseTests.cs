using System.Text.Json;
using Sluice.TestKit;
using Sluice.TestKit.Gateway;

namespace Sluice.Tests.Integration;

/// <summary>Answers that Sluice keeps, because the vendor behind them keeps nothing.</summary>
public sealed class StoredResponseTests(StoredResponseFixture gateway) : IClassFixture<StoredResponseFixture>
{
    private const string Path = "/v1/responses";
    private const string Tools = """
        "tools":[{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false},"strict":true}]
        """;

    private GatewayClient Mine => field ??= gateway.Sluice.Client(StoredResponseFixture.Key);

    public static TheoryData<string> Forgetful => StoredResponseFixture.Forgetful;

    [Theory]
    [MemberData(nameof(Forgetful))]
    public async Task Create_ThenAsked_GivesTheSameAnswer(string model)
    {
        var made = await CreateAsync(model, "\"input\":\"say hello\"");

        var asked = await Mine.GetAsync($"{Path}/{IdOf(made)}");

        asked.Status.ShouldBe(200, asked.Text);
        asked.Text.ShouldBe(made.Text);
        made.Header("x-sluice-dropped").ShouldBeNull();
        made.Json.GetProperty("store").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Forgetful))]
    public async Task Stream_ThenAsked_GivesWhatWasStreamed(string model)
    {
        var streamed = await Mine.PostAsync(Path, $$"""{"model":"{{model}}","input":"say something nice","stream":true}""");
        var last = streamed.Events[^1].Json.GetProperty("response");

        var asked = await Mine.GetAsync($"{Path}/{last.GetProperty("id").GetString()}");
        var again = await Mine.GetAsync($"{Path}/{last.GetProperty("id").GetString()}?stream=true");

        asked.Text.ShouldBe(last.GetRawText());
        streamed.Events[0].Json.GetProperty("response").GetProperty("id").GetString().ShouldBe(IdOf(asked));
        again.Header("content-type").ShouldBe("text/event-stream");
        again.Events[0].Json.GetProperty("type").GetString().ShouldBe("response.created");
        TextOf(again.Events[^1].Json.GetProperty("response")).ShouldBe(TextOf(last));
    }

    [Theory]
    [MemberData(nameof(Forgetful))]
    public async Task FollowUp_WithAToolsResultAlone_GoesOn(string model)
    {
        var first = await CreateAsync(model, $"{Tools},\"input\":\"use the tool get_weather\"");
        var call = first.Json.GetProperty("output").EnumerateArray().Single(item => item.GetProperty("type").GetString() == "function_call");

        var second = await CreateAsync(
            model, $$"""{{Tools}},"previous_response_id":"{{IdOf(first)}}","input":[{"type":"function_call_output","call_id":"{{call.GetProperty("call_id").GetString()}}","output":"{\"degrees\":21}"}]""");
        var third = await CreateAsync(model, $$"""{{Tools}},"previous_response_id":"{{IdOf(second)}}","input":"and say hello" """);

        second.Json.GetProperty("previous_response_id").GetString().ShouldBe(IdOf(first));
        TextOf(second.Json).ShouldContain("21");
        IdOf(third).ShouldNotBe(IdOf(second));

        // Each turn is asked with all that was said before, and charged with it.
        InputOf(second).ShouldBeGreaterThan(InputOf(first));
        InputOf(third).ShouldBeGreaterThan(InputOf(second));
    }

    [Theory]
    [InlineData("claude/sim-think")]
    [InlineData("gemini/sim-think")]
    [InlineData("thin/sim-think")]
    public async Task FollowUp_OfAModelThatThinks_GivesItsThoughtsBack(string model)
    {
        // The simulator refuses a tool's result whose signed thoughts do not come back as they were.
        var first = await CreateAsync(model, $"{Tools},\"reasoning\":{{\"effort\":\"high\",\"summary\":\"auto\"}},\"include\":[\"reasoning.encrypted_content\"],\"input\":\"use the tool get_weather\"");
        var call = first.Json.GetProperty("output").EnumerateArray().Single(item => item.GetProperty("type").GetString() == "function_call");

        var second = await CreateAsync(
            model, $$"""{{Tools}},"reasoning":{"effort":"high"},"previous_response_id":"{{IdOf(first)}}","input":[{"type":"function_call_output","call_id":"{{call.GetProperty("call_id").GetString()}}","output":"cold"}]""");

        first.Text.ShouldContain("\"reasoning\"");
        TextOf(second.Json).ShouldContain("cold");
    }

    [Fact]
    public async Task InputItems_OfAFollowUp_AreAllThatWasSaidBefore()
    {
        var first = await CreateAsync("chat/sim-small", "\"input\":[{\"role\":\"developer\",\"content\":\"be kind\"},{\"role\":\"user\",\"content\":\"one\"}]");
        var second = await CreateAsync("chat/sim-small", $$"""  "previous_response_id":"{{IdOf(first)}}","input":"two" """);

        var newest = await Mine.GetAsync($"{Path}/{IdOf(second)}/input_items");
        var oldest = await Mine.GetAsync($"{Path}/{IdOf(second)}/input_items?order=asc&limit=2");
        var next = await Mine.GetAsync($"{Path}/{IdOf(second)}/input_items?order=asc&limit=2&after={oldest.Json.GetProperty("last_id").GetString()}");
        var unknown = await Mine.GetAsync($"{Path}/{IdOf(second)}/input_items?after=msg_none");

        newest.Status.ShouldBe(200, newest.Text);
        Said(newest).ShouldBe(["two", TextOf(first.Json), "one", "be kind"]);
        newest.Json.GetProperty("object").GetString().ShouldBe("list");
        newest.Json.GetProperty("has_more").GetBoolean().ShouldBeFalse();
        newest.Json.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("id").GetString()).Distinct().Count().ShouldBe(4);
        newest.Json.GetProperty("first_id").GetString().ShouldBe(newest.Json.GetProperty("data")[0].GetProperty("id").GetString());
        Said(oldest).ShouldBe(["be kind", "one"]);
        oldest.Json.GetProperty("has_more").GetBoolean().ShouldBeTrue();
        Said(next).ShouldBe([TextOf(first.Json), "two"]);
        unknown.Status.ShouldBe(400, unknown.Text);
        CodeOf(unknown).ShouldBe("unknown_item");
    }

    [Fact]
    public async Task Delete_OfAnAnswer_TakesItAwayAtOnce()
    {
        var made = await CreateAsync("claude/sim-small", "\"input\":\"forget this\"");

        var deleted = await Mine.DeleteAsync($"{Path}/{IdOf(made)}");
        var asked = await Mine.GetAsync($"{Path}/{IdOf(made)}");
        var again = await Mine.DeleteAsync($"{Path}/{IdOf(made)}");
        var followed = await Mine.PostAsync(Path, $$"""{"model":"claude/sim-small","previous_response_id":"{{IdOf(made)}}","input":"well?"}""");

        deleted.Status.ShouldBe(200, deleted.Text);
        deleted.Json.GetProperty("deleted").GetBoolean().ShouldBeTrue();
        deleted.Json.GetProperty("id").GetString().ShouldBe(IdOf(made));
        asked.Status.ShouldBe(404, asked.Text);
        asked.Json.GetProperty("error").GetProperty("type").GetString().ShouldBe("invalid_request_error");
        again.Status.ShouldBe(404);
        followed.Status.ShouldBe(400, followed.Text);
        CodeOf(followed).ShouldBe("previous_response_not_found");
    }

    [Theory]
    [InlineData("chat/sim-small")]
    [InlineData("vendor/sim-small")]
    [InlineData("thin/sim-small")]
    public async Task ForeignAnswer_WhateverIsAsked_IsUnknown(string model)
    {
        var made = await CreateAsync(model, $"\"input\":\"this is mine alone, {model}\"");
        using var theirs = gateway.Sluice.Client(StoredResponseFixture.OtherKey);

        var replies = new List<GatewayReply>
        {
            await theirs.GetAsync($"{Path}/{IdOf(made)}"),
            await theirs.GetAsync($"{Path}/{IdOf(made)}?stream=true"),
            await theirs.GetAsync($"{Path}/{IdOf(made)}/input_items"),
            await theirs.PostAsync($"{Path}/{IdOf(made)}/cancel", ""),
            await theirs.DeleteAsync($"{Path}/{IdOf(made)}"),
        };
        var followed = await theirs.PostAsync(Path, $$"""{"model":"{{model}}","previous_response_id":"{{IdOf(made)}}","input":"and?"}""");

        replies.ShouldAllBe(reply => reply.Status == 404);
        followed.Status.ShouldBe(400, followed.Text);
        CodeOf(followed).ShouldBe("previous_response_not_found");
        (await Mine.GetAsync($"{Path}/{IdOf(made)}")).Status.ShouldBe(200);
        using var nobody = Mine.Anonymous();
        (await nobody.GetAsync($"{Path}/{IdOf(made)}")).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData("chat/sim-small")]
    [InlineData("thin/sim-small")]
    public async Task Create_NotToBeStored_IsNotKept(string model)
    {
        var made = await CreateAsync(model, "\"store\":false,\"input\":\"do not keep this\"");
        var streamed = await Mine.PostAsync(Path, $$"""{"model":"{{model}}","store":false,"stream":true,"input":"nor this"}""");

        made.Json.GetProperty("store").GetBoolean().ShouldBeFalse();
        (await Mine.PostAsync(Path, $$"""{"model":"chat/sim-small","previous_response_id":"{{IdOf(made)}}","input":"?"}""")).Status.ShouldBe(400);
        (await Mine.PostAsync(
            Path, $$"""{"model":"chat/sim-small","previous_response_id":"{{streamed.Events[^1].Json.GetProperty("response").GetProperty("id").GetString()}}","input":"?"}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Create_LargerThanIsKept_AnswersAndSaysSo()
    {
        var made = await CreateAsync("chat/sim-small", $"\"input\":\"{new string('a', StoredResponseFixture.MaxBytes)}\"");

        made.Header("x-sluice-dropped").ShouldBe("store");
        (await Mine.PostAsync(Path, $$"""{"model":"chat/sim-small","previous_response_id":"{{IdOf(made)}}","input":"?"}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task FollowUp_AfterARestart_FindsTheConversation()
    {
        var kept = await CreateAsync("gemini/sim-small", "\"input\":\"remember the number 4711\"");
        var relayed = await CreateAsync("vendor/sim-small", "\"input\":\"remember the vendor's number 42\"");

        await gateway.RestartAsync();

        using var client = gateway.Sluice.Client(StoredResponseFixture.Key);
        (await client.GetAsync($"{Path}/{IdOf(kept)}")).Text.ShouldBe(kept.Text);
        var followed = await client.PostAsync(Path, $$"""{"model":"gemini/sim-small","previous_response_id":"{{IdOf(kept)}}","input":"which number?"}""");
        followed.Status.ShouldBe(200, followed.Text);
        InputOf(followed).ShouldBeGreaterThan(InputOf(kept));
        (await client.PostAsync(Path, $$"""{"model":"vendor/sim-small","previous_response_id":"{{IdOf(relayed)}}","input":"which number?"}""")).Status.ShouldBe(200);
        using var theirs = gateway.Sluice.Client(StoredResponseFixture.OtherKey);
        (await theirs.GetAsync($"{Path}/{IdOf(kept)}")).Status.ShouldBe(404);
        (await theirs.GetAsync($"{Path}/{IdOf(relayed)}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task FollowUps_ManyAtOnce_EachGoOnFromTheSameAnswer()
    {
        var first = await CreateAsync("chat/sim-small", "\"input\":\"the beginning\"");

        var branches = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
            CreateAsync("chat/sim-small", $$"""  "previous_response_id":"{{IdOf(first)}}","input":"branch {{number}}" """)));

        branches.Select(IdOf).Distinct().Count().ShouldBe(20);
        foreach (var (number, branch) in branches.Index())
        {
            var items = await Mine.GetAsync($"{Path}/{IdOf(branch)}/input_items?order=asc");
            Said(items).ShouldBe(["the beginning", TextOf(first.Json), $"branch {number}"]);
        }
    }

    [Fact]
    public async Task FollowUp_WithAnotherVendor_TakesTheConversationAlong()
    {
        var first = await CreateAsync("claude/sim-small", "\"input\":\"the first word is heron\"");

        var second = await CreateAsync("vendor/sim-small", $$"""  "previous_response_id":"{{IdOf(first)}}","input":"the second" """);
        var third = await CreateAsync("gemini/sim-small", $$"""  "previous_response_id":"{{IdOf(second)}}","input":"the third" """);

        second.Json.GetProperty("previous_response_id").GetString().ShouldBe(IdOf(first));
        second.Json.GetProperty("store").GetBoolean().ShouldBeTrue();
        Said(await Mine.GetAsync($"{Path}/{IdOf(third)}/input_items?order=asc"))
            .ShouldBe(["the first word is heron", TextOf(first.Json), "the second", TextOf(second.Json), "the third"]);
    }

    [Fact]
    public async Task Stream_WhoseClientLeaves_IsKeptWhenItIsComplete()
    {
        string id;
        await using (var open = await Mine.OpenAsync(Path, """{"model":"chat/sim-small.slow-tokens=30","stream":true,"input":"tell a story of herons"}"""))
        {
            var start = await open.ReadUntilAsync("response.output_text.delta");
            id = SseEvent.Parse(start)[0].Json.GetProperty("response").GetProperty("id").GetString()!;
        }

        var kept = await Eventually.ValueAsync("the answer of a client that has left", async () =>
            await Mine.GetAsync($"{Path}/{id}") is { Status: 200 } reply ? reply : null);

        kept.Json.GetProperty("status").GetString().ShouldBe("completed");
        TextOf(kept.Json).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task FollowUp_OfAnUnknownAnswer_IsRefusedAndNotCharged()
    {
        var reply = await Mine.PostAsync(Path, """{"model":"chat/sim-small","previous_response_id":"resp_0123456789abcdef","input":"?"}""");

        reply.Status.ShouldBe(400, reply.Text);
        CodeOf(reply).ShouldBe("previous_response_not_found");
        reply.Json.GetProperty("error").GetProperty("param").GetString().ShouldBe("previous_response_id");
    }

    [Theory]
    [InlineData("resp_%2e%2e%2fmodels")]
    [InlineData("..%2f..%2fmodels")]
    [InlineData("resp 1")]
    [InlineData("resp_1?x")]
    public async Task Retrieve_WithAnIdThatIsNone_IsNotFound(string id)
        => (await Mine.GetAsync($"{Path}/{Uri.EscapeDataString(id)}")).Status.ShouldBe(404);

    [Fact]
    public async Task Cancel_OfAnAnswerThatWasGivenAtOnce_IsRefused()
    {
        var made = await CreateAsync("chat/sim-small", "\"input\":\"quick\"");

        var reply = await Mine.PostAsync($"{Path}/{IdOf(made)}/cancel", "");

        reply.Status.ShouldBe(400, reply.Text);
        reply.Json.GetProperty("error").GetProperty("message").GetString()!.ShouldContain("synchronous");
    }

    [Fact]
    public async Task InputTokens_WhereNoVendorCounts_AreEstimatedAndNotCharged()
    {
        var counted = await Mine.PostAsync($"{Path}/input_tokens", """{"model":"vendor/sim-small","input":"one two three"}""");
        var estimated = await Mine.PostAsync($"{Path}/input_tokens", """{"model":"claude/sim-small","input":"one two three"}""");

        counted.Status.ShouldBe(200, counted.Text);
        counted.Header("x-sluice-estimated").ShouldBeNull();
        estimated.Header("x-sluice-estimated").ShouldBe("true");
        foreach (var reply in new[] { counted, estimated })
        {
            reply.Json.GetProperty("object").GetString().ShouldBe("response.input_tokens");
            reply.Json.GetProperty("input_tokens").GetInt32().ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public async Task Looks_AtWhatIsKept_AreOnNoAccount()
    {
        var made = await CreateAsync("vendor/sim-small", "\"input\":\"count this once\"");
        var look = await Mine.GetAsync($"{Path}/{IdOf(made)}");
        using var admin = gateway.Sluice.Administrator();

        await admin.UsageAsync(made.Header("x-request-id")!);
        var page = await admin.GetAsync("/api/admin/usage/records?limit=200");

        look.Status.ShouldBe(200);
        page.Json.GetProperty("data").EnumerateArray().ShouldAllBe(record => record.GetProperty("request_id").GetString() != look.Header("x-request-id"));
    }

    private static string IdOf(GatewayReply reply) => reply.Json.GetProperty("id").GetString()!;

    private static string CodeOf(GatewayReply reply) => reply.Json.GetProperty("error").GetProperty("code").GetString()!;

    private static long InputOf(GatewayReply reply) => reply.Json.GetProperty("usage").GetProperty("input_tokens").GetInt64();

    private static string TextOf(JsonElement response) => string.Concat(response.GetProperty("output").EnumerateArray()
        .Where(item => item.GetProperty("type").GetString() == "message")
        .SelectMany(item => item.GetProperty("content").EnumerateArray()).Select(part => part.GetProperty("text").GetString()));

    private static IEnumerable<string> Said(GatewayReply list) => list.Json.GetProperty("data").EnumerateArray()
        .Select(item => string.Concat(item.GetProperty("content").EnumerateArray().Select(part => part.GetProperty("text").GetString())));

    private async Task<GatewayReply> CreateAsync(string model, string members)
    {
        var reply = await Mine.PostAsync(Path, $$"""{"model":"{{model}}",{{members}}}""");
        reply.Status.ShouldBe(200, reply.Text);
        return reply;
    }
}
