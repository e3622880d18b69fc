using Sluice.TestKit;
using Sluice.TestKit.Upstream;
using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Access tokens of service accounts, seen from both ends: what clients get, and what the token server is asked.</summary>
public sealed class CredentialTokenTests(VertexFixture gateway) : IClassFixture<VertexFixture>
{
    [Fact]
    public async Task ColdAccount_TwoHundredCallsAtOnce_MakeOneTokenRequest()
    {
        var lane = gateway.NextLane();
        lane.Upstream.TokenDelay = TimeSpan.FromMilliseconds(300);

        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => CallAsync(lane)));

        replies.ShouldAllBe(status => status == 200);
        lane.Upstream.TokenRequests.Count.ShouldBe(1);
        lane.Upstream.Calls.Count.ShouldBe(200);
    }

    [Fact]
    public async Task Token_NearItsEnd_IsRenewedInTheBackground()
    {
        var lane = gateway.NextLane();
        lane.Upstream.Lifetime = 3;
        (await CallAsync(lane)).ShouldBe(200);

        // No call asks for it.
        await Eventually.HoldsAsync("a second token", () => lane.Upstream.TokenRequests.Count >= 2, TimeSpan.FromSeconds(10));
        var until = DateTimeOffset.UtcNow.AddSeconds(4);
        while (DateTimeOffset.UtcNow < until)
        {
            (await CallAsync(lane)).ShouldBe(200);
        }

        lane.Upstream.TokenRequests.Count.ShouldBeInRange(3, 12);
    }

    [Fact]
    public async Task Renewal_ThatFails_StopsNoCallWhileTheOldTokenLives()
    {
        var lane = gateway.NextLane();
        lane.Upstream.Lifetime = 5;
        (await CallAsync(lane)).ShouldBe(200);
        lane.Upstream.TokenFault = () => UpstreamAnswer.Json("""{"error":"invalid_grant","error_description":"account not found"}""", 400);

        await Eventually.HoldsAsync("a failed renewal", () => lane.Upstream.TokenRequests.Count >= 2, TimeSpan.FromSeconds(10));
        (await CallAsync(lane)).ShouldBe(200);

        await Eventually.ValueAsync("the end of the old token", async () => await CallAsync(lane) != 200 ? "ended" : null, TimeSpan.FromSeconds(10));
        var item = await ItemAsync(lane, "sa1");
        item.State.ShouldBe("expired");
        item.Reason!.ShouldContain("invalid_grant (account not found)");

        // Everyone else goes on, and so does this one once its token server is well.
        (await CallAsync(gateway.NextLane())).ShouldBe(200);
        lane.Upstream.TokenFault = null;
        lane.Upstream.Lifetime = 3599;
        (await gateway.Admin.PostAsync($"/api/admin/credentials/{item.Id}/refresh", "")).Status.ShouldBe(200);
        (await CallAsync(lane)).ShouldBe(200);
        (await ItemAsync(lane, "sa1")).State.ShouldBe("ready");
    }

    [Fact]
    public async Task Unauthorized_FetchesOneNewTokenAndRetriesOnce()
    {
        var lane = gateway.NextLane();
        (await CallAsync(lane)).ShouldBe(200);
        lane.Upstream.RevokeTokens();

        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => CallAsync(lane)));

        replies.ShouldAllBe(status => status == 200);
        lane.Upstream.TokenRequests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Unauthorized_WhateverTheToken_EndsInAnErrorAndFewTokenRequests()
    {
        var lane = gateway.NextLane();
        lane.Upstream.Script = request => UpstreamAnswer.Json(GeminiWire.Error(401, "UNAUTHENTICATED", $"no: {request.Header("authorization")}"), 401);

        for (var i = 0; i < 6; i++)
        {
            var reply = await gateway.Client.PostAsync($"/v1beta/models/{lane.Gemini}:generateContent", GeminiWire.Request());
            reply.Status.ShouldBe(502);
            reply.Text.ShouldNotContain("canary");
        }

        lane.Upstream.TokenRequests.Count.ShouldBeLessThanOrEqualTo(3);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("server")]
    [InlineData("malformed")]
    [InlineData("broken")]
    public async Task TokenServer_ThatFails_IsAClearErrorAndNoBodyElses(string fault)
    {
        var lane = gateway.NextLane();
        lane.Upstream.TokenFault = () => fault switch
        {
            "refused" => UpstreamAnswer.Json("""{"error":"invalid_client"}""", 401),
            "server" => UpstreamAnswer.Json("""{"error":"internal_failure"}""", 500),
            "malformed" => UpstreamAnswer.Json("""{"access_token":"ya29.a\r\nx-injected: 1","expires_in":3599}"""),
            _ => UpstreamAnswer.Broken(),
        };

        var reply = await gateway.Client.PostAsync($"/v1beta/models/{lane.Gemini}:generateContent", GeminiWire.Request());

        reply.Status.ShouldBe(502, reply.Text);
        reply.Text.ShouldContain("upstream_token_unavailable");
        lane.Upstream.Calls.ShouldBeEmpty();
        var item = await ItemAsync(lane, "sa1");
        item.Reason.ShouldNotBeNull();
        var refreshed = await gateway.Admin.PostAsync($"/api/admin/credentials/{item.Id}/refresh", "");
        refreshed.Status.ShouldBe(502);
        refreshed.Text.ShouldContain("token_refresh_failed");

        // Before the pause is over nobody waits for another failure.
        var again = await gateway.Client.PostAsync($"/v1beta/models/{lane.Gemini}:generateContent", GeminiWire.Request());
        again.Status.ShouldBeOneOf(502, 503);
        again.Header("x-injected").ShouldBeNull();
    }

    [Fact]
    public async Task BadKeyFiles_BesideAGoodOne_AreNamedAndTakeNothingDown()
    {
        for (var i = 0; i < 10; i++)
        {
            (await CallAsync(gateway.Broken)).ShouldBe(200);
        }

        (await ItemAsync(gateway.Broken, "nofile")).Reason!.ShouldContain("not a JSON object");
        (await ItemAsync(gateway.Broken, "user")).Reason!.ShouldContain("not the key file of a service account");
        (await ItemAsync(gateway.Broken, "stranger")).Reason!.ShouldContain("tokens.example.org, which is not Google's");
        (await ItemAsync(gateway.Broken, "stranger")).State.ShouldBe("expired");
        (await ItemAsync(gateway.Broken, "deadproxy")).Reason!.ShouldContain("could not be reached through the credential's proxy");
        (await ItemAsync(gateway.Broken, "good")).State.ShouldBe("ready");
        gateway.Sluice.Output.ShouldContain("the key file of stranger of broken cannot be used");
    }

    [Fact]
    public async Task Test_OfAServiceAccount_CallsWithItsToken()
    {
        var lane = gateway.NextLane();
        var item = await ItemAsync(lane, "sa1");

        foreach (var model in (string[])["gemini-test", "claude-test-20250929"])
        {
            var tested = await gateway.Admin.PostAsync($"/api/admin/credentials/{item.Id}/test", $$"""{"model":"{{model}}"}""");
            tested.Json.GetProperty("ok").GetBoolean().ShouldBeTrue(tested.Text);
        }

        lane.Upstream.Calls[^1].Path.ShouldBe(lane.Path("anthropic", "claude-test@20250929:rawPredict"));
    }

    [Fact]
    public async Task Secrets_AreInNoLogAndNoAnswer()
    {
        (await CallAsync(gateway.NextLane())).ShouldBe(200);

        var list = await gateway.Admin.GetAsync("/api/admin/credentials?limit=500");
        var config = await gateway.Admin.GetAsync("/api/admin/config");
        foreach (var text in (string[])[gateway.Sluice.Output, list.Text, config.Text])
        {
            text.ShouldNotContain("upstream-canary");
            text.ShouldNotContain("PRIVATE KEY");
        }
    }

    private async Task<int> CallAsync(VertexLane lane)
        => (await gateway.Client.PostAsync($"/v1beta/models/{lane.Gemini}:generateContent", GeminiWire.Request())).Status;

    private async Task<(string Id, string State, string? Reason)> ItemAsync(VertexLane lane, string name)
    {
        var list = await gateway.Admin.GetAsync("/api/admin/credentials?limit=500");
        var item = list.Json.GetProperty("data").EnumerateArray()
            .Single(one => one.GetProperty("provider").GetString() == lane.Name && one.GetProperty("name").GetString() == name);
        return (item.GetProperty("id").GetString()!, item.GetProperty("state").GetString()!, item.GetProperty("reason").GetString());
    }
}
