using System.Text;
using Sluice.TestKit.Gateway;

namespace Sluice.Tests.Integration;

/// <summary>A request that cannot be right is refused in the client's dialect with words that help, and reaches no upstream.</summary>
public sealed class BadInputTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    /// <summary>Name of the fault → body; GOOD stands for the members of a good request, opening brace not included.</summary>
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["empty"] = "",
        ["white space"] = " \r\n ",
        ["not JSON"] = "model=gpt&messages=hi",
        ["cut short"] = "{GOOD,\"x\":\"never ends",
        ["no closing brace"] = "{GOOD",
        ["trailing garbage"] = "{GOOD}x",
        ["two documents"] = "{GOOD}{GOOD}",
        ["trailing comma"] = "{GOOD,}",
        ["comment"] = "{GOOD /* hi */}",
        ["single quotes"] = "{'model':'m'}",
        ["array"] = "[{GOOD}]",
        ["string"] = "\"hello\"",
        ["number"] = "5",
        ["null"] = "null",
        ["bad escape"] = "{GOOD,\"x\":\"\\q\"}",
        ["control character"] = "{GOOD,\"x\":\"a\u0001b\"}",
        ["leading zero"] = "{GOOD,\"x\":01}",
        ["NaN"] = "{GOOD,\"x\":NaN}",
        ["duplicate member"] = "{GOOD,\"x\":1,\"x\":2}",
        ["duplicate member after unescaping"] = "{GOOD,\"seed\":1,\"s\\u0065ed\":2}",
    };

    public static TheoryData<string, string> Faults
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var dialect in new[] { "chat", "responses", "messages", "gemini" })
            {
                foreach (var fault in Bodies.Keys)
                {
                    data.Add(dialect, fault);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Call_FaultyBody_IsRefused(string name, string fault)
    {
        var (dialect, model) = Model(name);
        var good = dialect.Body(model)[1..^1];

        var reply = await PostAsync(dialect, model, Bodies[fault].Replace("GOOD", good, StringComparison.Ordinal));

        ShouldBeRefused(dialect, reply);
    }

    [Theory]
    [InlineData("chat", "model", "5")]
    [InlineData("chat", "model", "null")]
    [InlineData("chat", "model", "\"\"")]
    [InlineData("chat", "messages", "5")]
    [InlineData("chat", "messages", "{}")]
    [InlineData("chat", "stream", "\"yes\"")]
    [InlineData("chat", "stream", "1")]
    [InlineData("chat", "max_tokens", "\"many\"")]
    [InlineData("chat", "stream_options", "5")]
    [InlineData("responses", "model", "[]")]
    [InlineData("responses", "input", "5")]
    [InlineData("responses", "stream", "\"true\"")]
    [InlineData("messages", "model", "{}")]
    [InlineData("messages", "messages", "\"hi\"")]
    [InlineData("messages", "stream", "0")]
    [InlineData("messages", "max_tokens", "\"64\"")]
    [InlineData("gemini", "contents", "5")]
    [InlineData("gemini", "generationConfig", "[]")]
    public async Task Call_MemberOfAWrongType_IsRefusedByName(string name, string member, string value)
    {
        var (dialect, model) = Model(name);
        var good = System.Text.Json.Nodes.JsonNode.Parse(dialect.Body(model, stream: false))!.AsObject();
        good[member] = System.Text.Json.Nodes.JsonNode.Parse(value);

        var reply = await PostAsync(dialect, model, good.ToJsonString());

        ShouldBeRefused(dialect, reply);
        dialect.ErrorMessage(reply).ShouldContain(member);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("messages")]
    public async Task Call_NoModel_IsRefusedByName(string name)
    {
        var (dialect, model) = Model(name);
        var body = System.Text.Json.Nodes.JsonNode.Parse(dialect.Body(model))!.AsObject();
        body.Remove("model");

        var reply = await PostAsync(dialect, model, body.ToJsonString());

        ShouldBeRefused(dialect, reply);
        dialect.ErrorMessage(reply).ShouldContain("model");
    }

    [Theory]
    [InlineData("chat", "model")]
    [InlineData("chat", "m\\u006fdel")]
    [InlineData("responses", "model")]
    [InlineData("responses", "\\u006dodel")]
    [InlineData("messages", "model")]
    [InlineData("messages", "mode\\u006C")]
    public async Task Call_SecondModel_IsRefusedByName(string name, string member)
    {
        // First-wins here and last-wins at the vendor would let a key use a model that it may not.
        var (dialect, model) = Model(name);

        var reply = await PostAsync(dialect, model, $"{dialect.Body(model)[..^1]},\"{member}\":\"other\"}}");

        ShouldBeRefused(dialect, reply);
        dialect.ErrorMessage(reply).ShouldContain("model");
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_InvalidUtf8_IsRefused(string name)
    {
        var (dialect, model) = Model(name);
        foreach (var bytes in new byte[][] { [0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf5, 0x80, 0x80, 0x80] })
        {
            byte[] body = [.. Encoding.UTF8.GetBytes($"{dialect.Body(model)[..^1]},\"x\":\""), .. bytes, .. "\"}"u8];

            ShouldBeRefused(dialect, await gateway.Client.PostAsync(dialect.Path(model), body, GatewayCalls.Headers(dialect)));
        }
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_DeepNesting_IsRefused(string name)
    {
        var (dialect, model) = Model(name);
        foreach (var depth in new[] { 1_000, 200_000 })
        {
            var body = $"{dialect.Body(model)[..^1]},\"x\":{new string('[', depth)}{new string(']', depth)}}}";

            ShouldBeRefused(dialect, await PostAsync(dialect, model, body));
        }
    }

    [Theory]
    [MemberData(nameof(TestedDialect.Names), MemberType = typeof(TestedDialect))]
    public async Task Call_BodyOverTheLimit_IsTooLarge(string name)
    {
        var (dialect, model) = Model(name);
        var body = $"{dialect.Body(model)[..^1]},\"x\":\"{new string('a', 3 * 1024 * 1024)}\"}}";

        var reply = await PostAsync(dialect, model, body);

        reply.Status.ShouldBe(413, reply.Text);
        dialect.ErrorMessage(reply).ShouldNotBeEmpty();
        gateway.RefusedLane().First.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_ChunkedBodyOverTheLimit_IsTooLarge()
    {
        using var client = await Sluice.TestKit.Raw.RawClient.ConnectAsync(gateway.Sluice.Address);
        await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\nauthorization: Bearer {GatewayFixture.Key}\r\ntransfer-encoding: chunked\r\n\r\n");
        var block = $"80000\r\n{new string(' ', 0x80000)}\r\n";
        try
        {
            for (var i = 0; i < 8; i++)
            {
                await client.SendAsync(block);
            }

            await client.SendAsync($"2\r\n{{}}\r\n0\r\n\r\n");
        }
        catch (IOException)
        {
            // Refused before it was all sent, as it should be.
        }

        (await client.ReadUntilAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 413");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Call_CompressedBody_IsRefusedOrUnderstood(string encoding)
    {
        var (dialect, model) = Model("chat");

        var reply = await gateway.Client.PostAsync(dialect.Path(model), [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0], ("content-encoding", encoding));

        reply.Status.ShouldBeOneOf(400, 415);
        dialect.ErrorMessage(reply).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions", 405)]
    [InlineData("PUT", "/v1/messages", 405)]
    [InlineData("POST", "/v1/no-such-path", 404)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("POST", "/v1beta/models/gpt-lane1", 404)]
    [InlineData("POST", "/v1beta/models/gemini-lane1:noSuchMethod", 404)]
    public async Task Call_UnknownPathOrMethod_SaysSo(string method, string path, int status)
    {
        var reply = await gateway.Client.SendAsync(new HttpMethod(method), path, "{}"u8.ToArray(), []);

        reply.Status.ShouldBeOneOf(status, 404);
        reply.Header("x-request-id").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Call_LengthAndChunks_ClosesTheConnection()
    {
        // Request smuggling: a front that believes one and a gateway that believes the other see different requests.
        using var client = await Sluice.TestKit.Raw.RawClient.ConnectAsync(gateway.Sluice.Address);
        await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\nauthorization: Bearer {GatewayFixture.Key}\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nhost: gateway\r\n\r\n");

        (await client.ReadToCloseAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();

        client.Received.Split("HTTP/1.1 ").Length.ShouldBe(2, client.Received);
        client.Received.ShouldStartWith("HTTP/1.1 400");
    }

    private (TestedDialect Dialect, string Model) Model(string name)
        => (TestedDialect.Of(name), TestedDialect.Of(name).ModelOf(gateway.RefusedLane()));

    private Task<GatewayReply> PostAsync(TestedDialect dialect, string model, string body)
        => gateway.Client.PostAsync(dialect.Path(model), body, GatewayCalls.Headers(dialect));

    private void ShouldBeRefused(TestedDialect dialect, GatewayReply reply)
    {
        reply.Status.ShouldBe(400, reply.Text);
        dialect.ErrorMessage(reply).ShouldNotBeEmpty();
        dialect.ErrorReason(reply).ShouldNotBeEmpty();
        reply.Header("x-request-id").ShouldNotBeNullOrEmpty();
        gateway.RefusedLane().First.Requests.ShouldBeEmpty();
    }
}
