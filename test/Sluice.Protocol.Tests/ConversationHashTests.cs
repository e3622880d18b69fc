using System.Text;

namespace Sluice.Protocol.Tests;

/// <summary>What makes two requests turns of one conversation, and what does not.</summary>
public class ConversationHashTests
{
    private const string ChatStart = """{"role":"system","content":"Be kind."},{"role":"user","content":"Hello"}""";

    public static TheoryData<string, string, string> SameConversation => new()
    {
        { "chat", $$"""{"model":"m","messages":[{{ChatStart}}]}""", $$"""{"messages":[{{ChatStart}},{"role":"assistant","content":"Hi"},{"role":"user","content":"And?"}],"model":"n","stream":true}""" },
        { "chat", $$"""{"model":"m","messages":[{{ChatStart}}]}""", """{"model":"m","messages":[{"content":[{"type":"text","text":"Be kind."}],"role":"developer"},{"role":"user","content":[{"type":"text","text":"Hello"}]}]}""" },
        { "messages", """{"model":"m","max_tokens":1,"system":"Be kind.","messages":[{"role":"user","content":"Hello"}]}""", """{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"text","text":"Hello","cache_control":{"type":"ephemeral"}}]},{"role":"assistant","content":"Hi"}],"system":[{"type":"text","text":"Be kind.","cache_control":{"type":"ephemeral","ttl":"1h"}}]}""" },
        { "messages", """{"model":"m","max_tokens":1,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1; cch=aaaa;"},{"type":"text","text":"Be kind."}],"messages":[{"role":"user","content":"Hello"}]}""", """{"model":"m","max_tokens":1,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1; cch=bbbb;"},{"type":"text","text":"Be kind."}],"messages":[{"role":"user","content":"Hello"}]}""" },
        { "responses", """{"model":"m","instructions":"Be kind.","input":"Hello"}""", """{"model":"m","instructions":"Be kind.","input":[{"role":"user","content":[{"type":"input_text","text":"Hello"}]},{"type":"function_call_output","call_id":"c","output":"x"}]}""" },
        { "generate_content", """{"systemInstruction":{"parts":[{"text":"Be kind."}]},"contents":[{"parts":[{"text":"Hello"}]}]}""", """{"contents":[{"role":"user","parts":[{"text":"Hello"}]},{"role":"model","parts":[{"text":"Hi"}]}],"system_instruction":{"parts":[{"text":"Be kind."}]}}""" },
        { "generate_content", """{"contents":{"parts":[{"text":"Hello"}]}}""", """{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}""" },
    };

    public static TheoryData<string, string, string> OtherConversation => new()
    {
        { "chat", $$"""{"model":"m","messages":[{{ChatStart}}]}""", """{"model":"m","messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hello!"}]}""" },
        { "chat", $$"""{"model":"m","messages":[{{ChatStart}}]}""", """{"model":"m","messages":[{"role":"system","content":"Be rude."},{"role":"user","content":"Hello"}]}""" },
        { "chat", """{"model":"m","messages":[{"role":"user","content":"ab"},{"role":"user","content":"c"}]}""", """{"model":"m","messages":[{"role":"user","content":"a"},{"role":"user","content":"bc"}]}""" },
        { "chat", """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/1.png"}}]}]}""", """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/2.png"}}]}]}""" },
        { "messages", """{"model":"m","max_tokens":1,"system":"a","messages":[{"role":"user","content":"b"}]}""", """{"model":"m","max_tokens":1,"system":"ab","messages":[{"role":"user","content":""}]}""" },
        { "responses", """{"model":"m","input":"Hello"}""", """{"model":"m","instructions":"Be kind.","input":"Hello"}""" },
    };

    [Theory]
    [MemberData(nameof(SameConversation))]
    public void Of_LaterTurn_IsTheSame(string operation, string first, string later) => Of(operation, later).ShouldBe(Of(operation, first));

    [Theory]
    [MemberData(nameof(OtherConversation))]
    public void Of_OtherBeginning_IsAnother(string operation, string one, string other) => Of(operation, other).ShouldNotBe(Of(operation, one));

    [Theory]
    [InlineData("embeddings", """{"model":"m","input":"Hello"}""")]
    [InlineData("completions", """{"model":"m","prompt":"Hello"}""")]
    public void Of_NoConversation_IsZero(string operation, string body) => Of(operation, body).ShouldBe(0UL);

    [Theory]
    [InlineData("chat", """{"model":"m","messages":[]}""")]
    [InlineData("chat", """{"model":"m","messages":[1,"x",null,[{"role":"user"}],{"role":7,"content":null},{"content":{"a":[[]]}}]}""")]
    [InlineData("responses", """{"model":"m","input":null}""")]
    public void Of_OddMessages_IsSomething(string operation, string body) => Of(operation, body).ShouldNotBe(0UL);

    [Fact]
    public void Of_DeepContent_IsRead()
    {
        const int Depth = 120;
        var deep = string.Concat(Enumerable.Repeat("[", Depth)) + "\"x\"" + string.Concat(Enumerable.Repeat("]", Depth));

        Of("chat", $$"""{"model":"m","messages":[{"role":"user","content":{{deep}}}]}""").ShouldNotBe(0UL);
    }

    [Fact]
    public void Of_LongRequest_AllocatesNothing()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[{"role":"system","content":"{{new string('a', 20_000)}}"},{"role":"user","content":"Hello"}]}""");
        RequestPeeker.Peek(body, Operation.Chat, 128, out var peek).ShouldBeNull();

        Allocation.Of(() => ConversationHash.Of(body, peek)).ShouldBe(0);
    }

    private static ulong Of(string operation, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        RequestPeeker.Peek(bytes, Operation.All.Single(one => one.Name == operation), 1024, out var peek).ShouldBeNull(body);
        return ConversationHash.Of(bytes, peek);
    }
}
