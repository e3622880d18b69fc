using Sluice.TestKit.Vendors;

namespace Sluice.Tests.Integration;

/// <summary>Who is let in: carriers, wrong and conflicting credentials, and what a refusal looks like in each dialect.</summary>
public sealed class CredentialTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    public static TheoryData<string, string> CarriersAndDialects
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var dialect in new[] { "chat", "responses", "messages", "gemini" })
            {
                foreach (var carrier in new[] { "authorization", "x-api-key", "x-goog-api-key", "api-key", "query" })
                {
                    data.Add(dialect, carrier);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(CarriersAndDialects))]
    public async Task Call_AnyCarrier_IsAccepted(string name, string carrier)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NarrowLane());
        var (path, headers) = Carry(dialect.Path(dialect.ModelOf(lane)), carrier, GatewayFixture.Key);

        var reply = await gateway.Client.PostAsync(path, dialect.Body(dialect.ModelOf(lane)), [.. headers, .. GatewayCalls.Headers(dialect)]);

        reply.Status.ShouldBe(200, reply.Text);
    }

    [Theory]
    [MemberData(nameof(CarriersAndDialects))]
    public async Task Call_WrongKey_IsRefusedInTheDialect(string name, string carrier)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.RefusedLane());
        var (path, headers) = Carry(dialect.Path(dialect.ModelOf(lane)), carrier, "sk-wrong");

        var reply = await gateway.Client.PostAsync(path, dialect.Body(dialect.ModelOf(lane)), [.. headers, .. GatewayCalls.Headers(dialect)]);

        ShouldBeUnauthenticated(dialect, reply);
        if (name is "chat" or "responses")
        {
            dialect.ErrorReason(reply).ShouldBe("invalid_api_key");
        }

        reply.Text.ShouldNotContain("sk-wrong");
        lane.First.Requests.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_NoKey_IsRefusedInTheDialect(string name)
    {
        var (dialect, lane) = (TestedDialect.Of(name), gateway.NextLane());
        using var nobody = gateway.Client.Anonymous();

        ShouldBeUnauthenticated(dialect, await nobody.CallAsync(dialect, dialect.ModelOf(lane)));
        ShouldBeUnauthenticated(dialect, await nobody.CallAsync(dialect, dialect.ModelOf(lane), stream: true));

        lane.First.Requests.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_NoKeyAndABadBody_IsRefusedForTheKey(string name)
    {
        var dialect = TestedDialect.Of(name);
        using var nobody = gateway.Client.Anonymous();

        var reply = await nobody.PostAsync(dialect.Path("no-such-model"), "{ not json", GatewayCalls.Headers(dialect));

        ShouldBeUnauthenticated(dialect, reply);
    }

    [Theory]
    [InlineData("authorization", "x-api-key")]
    [InlineData("x-goog-api-key", "query")]
    [InlineData("api-key", "authorization")]
    public async Task Call_TwoDifferentKeys_IsRefused(string first, string second)
    {
        var lane = gateway.NextLane();
        var (path, headers) = Carry("/v1/chat/completions", first, GatewayFixture.Key);
        var (bothPath, more) = Carry(path, second, GatewayFixture.NarrowKey);

        var reply = await gateway.Client.PostAsync(bothPath, OpenAIChatWire.Request(lane.Chat), [.. headers, .. more]);

        reply.Status.ShouldBeOneOf(400, 401);
        TestedDialect.Chat.ErrorMessage(reply).ShouldNotContain(GatewayFixture.Key);
        lane.First.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_TheSameKeyTwice_IsAccepted()
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/messages", AnthropicWire.Request(lane.Claude),
            ("x-api-key", GatewayFixture.Key), ("authorization", $"Bearer {GatewayFixture.Key}"), ("anthropic-version", "2023-06-01"));

        reply.Status.ShouldBe(200, reply.Text);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Bearer")]
    [InlineData("")]
    public async Task Call_AuthorizationWithoutAUsableKey_IsRefused(string scheme)
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat), ("authorization", $"{scheme} {(scheme == "Basic" ? "dXNlcjpwYXNz" : "")}"));

        ShouldBeUnauthenticated(TestedDialect.Chat, reply);
    }

    [Theory]
    [InlineData("bearer")]
    [InlineData("BEARER")]
    public async Task Call_SchemeInAnyCase_IsAccepted(string scheme)
    {
        var lane = gateway.NextLane();

        var reply = await gateway.Client.PostAsync("/v1/chat/completions", OpenAIChatWire.Request(lane.Chat), ("authorization", $"{scheme} {GatewayFixture.Key}"));

        reply.Status.ShouldBe(200, reply.Text);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1beta/models")]
    [InlineData("/api/admin/usage/records")]
    [InlineData("/api/admin/credentials")]
    public async Task Get_WithoutAKey_IsRefused(string path)
    {
        using var nobody = gateway.Client.Anonymous();

        var reply = await nobody.GetAsync(path);

        (reply.Status is 401 || (path == "/v1beta/models" && reply.Status is 400 or 403)).ShouldBeTrue($"{reply.Status}");
    }

    [Theory]
    [InlineData("/API/Admin/usage/records")]
    [InlineData("/api/admin/../admin/usage/records")]
    [InlineData("/api//admin/usage/records")]
    [InlineData("/%61pi/admin/usage/records")]
    [InlineData("/api/admin/usage/records/")]
    public async Task Get_AdminPathWrittenOddly_IsNeverOpenToAClient(string path)
    {
        using var client = await Sluice.TestKit.Raw.RawClient.ConnectAsync(gateway.Sluice.Address);

        await client.SendAsync($"GET {path} HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {GatewayFixture.Key}\r\nconnection: close\r\n\r\n");
        await client.ReadToCloseAsync();

        client.Received.ShouldMatch("^HTTP/1.1 (400|401|403|404)");
    }

    private static (string Path, (string, string)[] Headers) Carry(string path, string carrier, string key) => carrier switch
    {
        "authorization" => (path, [("authorization", $"Bearer {key}")]),
        "query" => ($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}key={key}", []),
        _ => (path, [(carrier, key)]),
    };

    private static void ShouldBeUnauthenticated(TestedDialect dialect, Sluice.TestKit.Gateway.GatewayReply reply)
    {
        dialect.ErrorMessage(reply).ShouldNotBeEmpty();
        if (dialect.Name == "gemini")
        {
            reply.Status.ShouldBeOneOf(400, 401, 403);
            return;
        }

        reply.Status.ShouldBe(401);
        if (dialect.Name == "messages")
        {
            dialect.ErrorReason(reply).ShouldBe("authentication_error");
        }
    }
}
