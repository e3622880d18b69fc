using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Canonical;

public class ErrorFormatTests
{
    private const string RequestId = "req_1";

    private static readonly GatewayError NotFound = new(ErrorKind.NotFound, "model_not_found", "No model \"x\".") { Param = "model" };
    private static readonly GatewayError Limited = new(ErrorKind.RateLimited, "rate_limit_exceeded", "Slow down.") { RetryAfter = TimeSpan.FromMilliseconds(1500) };

    public static TheoryData<Dialect, ErrorKind> Kinds
    {
        get
        {
            var data = new TheoryData<Dialect, ErrorKind>();
            foreach (var dialect in Enum.GetValues<Dialect>())
            {
                foreach (var kind in Enum.GetValues<ErrorKind>())
                {
                    data.Add(dialect, kind);
                }
            }

            return data;
        }
    }

    [Theory]
    [InlineData(Dialect.OpenAIChat)]
    [InlineData(Dialect.OpenAIResponses)]
    public void WriteBody_OpenAI_HasTheVendorsShape(Dialect dialect) =>
        Body(dialect, NotFound).ShouldBe("""{"error":{"message":"No model \"x\".","type":"invalid_request_error","param":"model","code":"model_not_found"}}""");

    [Fact]
    public void WriteBody_Anthropic_HasTheVendorsShape() =>
        Body(Dialect.AnthropicMessages, NotFound).ShouldBe("""{"type":"error","error":{"type":"not_found_error","message":"No model \"x\".","details":{"error_code":"model_not_found"}},"request_id":"req_1"}""");

    [Fact]
    public void WriteBody_Gemini_HasTheVendorsShape()
    {
        Body(Dialect.GeminiGenerate, NotFound).ShouldBe("""{"error":{"code":404,"message":"No model \"x\".","status":"NOT_FOUND","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"MODEL_NOT_FOUND","domain":"sluice","metadata":{"code":"model_not_found","requestId":"req_1"}},{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"model","description":"No model \"x\"."}]}]}}""");
        Body(Dialect.GeminiGenerate, Limited).ShouldContain("""{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}""");
    }

    [Fact]
    public void WriteBody_GeminiArray_IsWrapped()
    {
        var array = JsonNode.Parse(Body(Dialect.GeminiGenerate, Limited, ResponseFraming.JsonArray))!.AsArray();

        array.Single()!["error"]!["status"]!.GetValue<string>().ShouldBe("RESOURCE_EXHAUSTED");
    }

    [Theory]
    [InlineData(ErrorKind.Unauthenticated, "invalid_request_error", "authentication_error", "UNAUTHENTICATED")]
    [InlineData(ErrorKind.Forbidden, "permission_error", "permission_error", "PERMISSION_DENIED")]
    [InlineData(ErrorKind.Conflict, "invalid_request_error", "conflict_error", "ABORTED")]
    [InlineData(ErrorKind.Unprocessable, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT")]
    [InlineData(ErrorKind.TooLarge, "invalid_request_error", "request_too_large", "INVALID_ARGUMENT")]
    [InlineData(ErrorKind.RateLimited, "rate_limit_error", "rate_limit_error", "RESOURCE_EXHAUSTED")]
    [InlineData(ErrorKind.Internal, "server_error", "api_error", "INTERNAL")]
    [InlineData(ErrorKind.UpstreamFailed, "server_error", "api_error", "UNAVAILABLE")]
    [InlineData(ErrorKind.Unavailable, "server_error", "overloaded_error", "UNAVAILABLE")]
    [InlineData(ErrorKind.UpstreamTimeout, "server_error", "timeout_error", "DEADLINE_EXCEEDED")]
    public void WriteBody_Kind_HasTheDialectsType(ErrorKind kind, string openai, string anthropic, string google)
    {
        var error = new GatewayError(kind, "some_code", "Words.");

        JsonNode.Parse(Body(Dialect.OpenAIChat, error))!["error"]!["type"]!.GetValue<string>().ShouldBe(openai);
        JsonNode.Parse(Body(Dialect.AnthropicMessages, error))!["error"]!["type"]!.GetValue<string>().ShouldBe(anthropic);
        JsonNode.Parse(Body(Dialect.GeminiGenerate, error))!["error"]!["status"]!.GetValue<string>().ShouldBe(google);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WriteStreamEvent_AnyKind_IsReadBackAsAnError(Dialect dialect, ErrorKind kind)
    {
        var operation = Operation.All.First(one => one.Dialect == dialect && (one.StreamsByBody || one.AlwaysStreams));
        var text = StreamEvent(dialect, new GatewayError(kind, "some_code", "Words."), ResponseFraming.Sse, 7);
        var tap = new ResponseTap();
        tap.Start(operation, ResponseFraming.Sse);

        tap.Read(Encoding.UTF8.GetBytes(text));

        tap.HasError.ShouldBeTrue();
        tap.ErrorCode.ShouldNotBeEmpty();
        tap.AtEventBoundary.ShouldBeTrue();
        tap.Events.ShouldBe(1);
    }

    [Fact]
    public void WriteStreamEvent_EachDialect_HasTheVendorsShape()
    {
        StreamEvent(Dialect.OpenAIChat, Limited, ResponseFraming.Sse, 3)
            .ShouldBe("data: {\"error\":{\"message\":\"Slow down.\",\"type\":\"rate_limit_error\",\"param\":null,\"code\":\"rate_limit_exceeded\"}}\n\n");
        StreamEvent(Dialect.OpenAIResponses, Limited, ResponseFraming.Sse, 3)
            .ShouldBe("event: error\ndata: {\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"Slow down.\",\"param\":null,\"sequence_number\":3}\n\n");
        StreamEvent(Dialect.AnthropicMessages, Limited, ResponseFraming.Sse, 3)
            .ShouldBe("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"Slow down.\",\"details\":{\"error_code\":\"rate_limit_exceeded\"}},\"request_id\":\"req_1\"}\n\n");
        var gemini = StreamEvent(Dialect.GeminiGenerate, Limited, ResponseFraming.Sse, 3);
        gemini.ShouldStartWith("data: {\"error\":{\"code\":429,");
        gemini.ShouldEndWith("}}\r\n\r\n");
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("\n", 0)]
    [InlineData("[{\"a\":1}", 1)]
    [InlineData("[{\"a\":1}\n,\r\n{\"a\":2}\n", 2)]
    public void WriteStreamEvent_GeminiArray_CompletesTheArray(string sent, int events)
    {
        var array = JsonNode.Parse(sent + StreamEvent(Dialect.GeminiGenerate, Limited, ResponseFraming.JsonArray, events))!.AsArray();

        array.Count.ShouldBe(events + 1);
        array[events]!["error"]!["code"]!.GetValue<int>().ShouldBe(429);
    }

    [Theory]
    [InlineData(Dialect.OpenAIChat, "chat.sse")]
    [InlineData(Dialect.OpenAIResponses, "responses.sse")]
    [InlineData(Dialect.AnthropicMessages, "messages.sse")]
    [InlineData(Dialect.GeminiGenerate, "gemini.sse")]
    public void KeepAlive_BetweenEvents_ChangesNothing(Dialect dialect, string file)
    {
        var answer = Golden.GoldenAnswers.All.Single(one => one.File == file);
        var keepAlive = ErrorFormat.For(dialect).KeepAlive(ResponseFraming.Sse).ToArray();
        keepAlive.ShouldNotBeEmpty();
        var tap = new ResponseTap();
        tap.Start(answer.Operation, ResponseFraming.Sse);
        foreach (var one in answer.Bytes)
        {
            if (tap.AtEventBoundary && one != (byte)'\n')
            {
                tap.Read(keepAlive);
            }

            tap.Read([one]);
        }

        tap.Complete();
        Golden.Learnt.From(tap).ShouldBe(answer.Expected);
    }

    [Fact]
    public void KeepAlive_Anthropic_IsItsPing() =>
        Encoding.UTF8.GetString(ErrorFormat.For(Dialect.AnthropicMessages).KeepAlive(ResponseFraming.Sse)).ShouldBe("event: ping\ndata: {\"type\": \"ping\"}\n\n");

    [Fact]
    public void KeepAlive_Gemini_IsNoCommentBecauseGooglesSdksFailOnOne()
    {
        ErrorFormat.For(Dialect.GeminiGenerate).KeepAlive(ResponseFraming.Sse).SequenceEqual("\r\n\r\n"u8).ShouldBeTrue();
        ErrorFormat.For(Dialect.GeminiGenerate).KeepAlive(ResponseFraming.JsonArray).SequenceEqual("\n"u8).ShouldBeTrue();
    }

    [Fact]
    public void KeepAlive_JsonBody_IsNothing()
    {
        foreach (var dialect in Enum.GetValues<Dialect>())
        {
            ErrorFormat.For(dialect).KeepAlive(ResponseFraming.Json).IsEmpty.ShouldBeTrue();
        }
    }

    private static string Body(Dialect dialect, GatewayError error, ResponseFraming framing = ResponseFraming.Json)
    {
        var output = new ArrayBufferWriter<byte>();
        ErrorFormat.For(dialect).WriteBody(output, error, RequestId, framing);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string StreamEvent(Dialect dialect, GatewayError error, ResponseFraming framing, int eventsSent)
    {
        var output = new ArrayBufferWriter<byte>();
        ErrorFormat.For(dialect).WriteStreamEvent(output, error, RequestId, framing, eventsSent);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
