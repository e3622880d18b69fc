using System.Buffers;
using System.Text;
using Sluice.Protocol.OpenAIResponses;

namespace Sluice.Protocol.Tests.OpenAIResponses;

public sealed class ResponsesConversationTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("null", new string[0])]
    [InlineData("[]", new string[0])]
    [InlineData("\"say \\\"hi\\\"\"", new[] { """{"type":"message","role":"user","content":[{"type":"input_text","text":"say \"hi\""}]}""" })]
    [InlineData("""[ {"a":[1,2]} , {"b":"]"} ]""", new[] { """{"a":[1,2]}""", """{"b":"]"}""" })]
    public void ItemsOf_AnyInput_AreItsItems(string input, string[] items)
        => ResponsesConversation.ItemsOf(Bytes(input)).Select(Text).ShouldBe(items);

    [Fact]
    public void WithInput_ARequest_KeepsEverythingElseAsItWas()
    {
        const string Body = """{ "model" : "m", "previous_response_id":"resp_1", "in\u0070ut":"x", "temperature": 1.00, "metadata":{"input":"y"} }""";

        var changed = ResponsesConversation.WithInput(Bytes(Body), [Bytes("""{"n":1}"""), Bytes("""{"n":2}""")]);

        Encoding.UTF8.GetString(changed).ShouldBe("""{"input":[{"n":1},{"n":2}],"model":"m","temperature":1.00,"metadata":{"input":"y"}}""");
    }

    [Theory]
    [InlineData("""{"a":1,"id":"resp_1"}""", "resp_1")]
    [InlineData("""{"\u0069d":"r\u00e9sp"}""", "résp")]
    [InlineData("""{"x":{"id":"inner"}}""", null)]
    [InlineData("""{"id":5}""", null)]
    [InlineData("""{"id":"resp_1","output":[{"cut of""", "resp_1")]
    [InlineData("", null)]
    public void TextOf_AMember_IsItsText(string document, string? text)
        => ResponsesConversation.TextOf(Bytes(document), "id"u8).ShouldBe(text);

    [Theory]
    [InlineData("""{"role":"user","content":"hi"}""", """{"id":"msg_1","type":"message","status":"completed","role":"user","content":[{"type":"input_text","text":"hi"}]}""")]
    [InlineData("""{"role":"assistant","content":"ho"}""", """{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","annotations":[],"text":"ho"}]}""")]
    [InlineData("""{"type":"message","id":"own","status":"incomplete","role":"user","content":[]}""", """{"id":"msg_1","type":"message","status":"incomplete","role":"user","content":[]}""")]
    [InlineData("""{"type":"function_call_output","call_id":"c","output":"o"}""", """{"id":"msg_1","type":"function_call_output","call_id":"c","output":"o"}""")]
    public void WriteListed_AnItem_IsAsOpenAIListsIt(string item, string listed)
    {
        var output = new ArrayBufferWriter<byte>();

        ResponsesConversation.WriteListed(output, Bytes(item), "msg_1");

        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(listed);
    }

    [Fact]
    public void WithStatus_AResponse_ChangesNothingElse()
    {
        var changed = ResponsesConversation.WithStatus(Bytes("""{"id":"resp_1","status":"queued","error":null,"temperature":1.0}"""), "failed", "server_error", "It \"broke\".");

        Encoding.UTF8.GetString(changed).ShouldBe("""{"id":"resp_1","status":"failed","error":{"code":"server_error","message":"It \"broke\"."},"temperature":1.0}""");
    }

    [Fact]
    public void ResponseOfLast_SomeEvents_IsTheResponseOfTheLast()
    {
        var events = Bytes("event: a\ndata: {\"item\":1}\n\nevent: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\"}}\n\n");

        Encoding.UTF8.GetString(ResponsesConversation.ResponseOfLast(events)).ShouldBe("""{"id":"r"}""");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
