using System.Globalization;
using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Tests;

public class RequestPeekerTests
{
    private const int Depth = 64;

    [Fact]
    public void Peek_ChatBody_FindsEveryMember()
    {
        const string Json = """ {"model":"gpt-4o","messages":[{"role":"user","content":"a\"b"}],"stream": true,"stream_options":{"include_usage": false},"n":2,"max_tokens":7,"max_completion_tokens":9} """;

        var peek = Accept(Json, Operation.Chat);

        Text(Json, peek.Model).ShouldBe("\"gpt-4o\"");
        peek.ModelEscaped.ShouldBeFalse();
        peek.Stream.ShouldBeTrue();
        Text(Json, peek.StreamOptions).ShouldBe("""{"include_usage": false}""");
        Text(Json, peek.IncludeUsageValue).ShouldBe("false");
        peek.IncludeUsage.ShouldBeFalse();
        peek.Choices.ShouldBe(2);
        Text(Json, peek.MaxTokens).ShouldBe("9");
        peek.MaxTokensValue.ShouldBe(9);
        peek.ObjectStart.ShouldBe(1);
        peek.IsEmptyObject.ShouldBeFalse();
    }

    [Fact]
    public void Peek_ResponsesBody_FindsWhatIsKept()
    {
        const string Json = """{"model":"m","input":[{"role":"user"}],"previous_response_id":"resp_1","conversation":{"id":"conv_1"},"store":false,"background":true}""";

        var peek = Accept(Json, Operation.Responses);

        Text(Json, peek.Conversation).ShouldBe("""[{"role":"user"}]""");
        Text(Json, peek.PreviousResponse).ShouldBe("\"resp_1\"");
        Text(Json, peek.ConversationId).ShouldBe("""{"id":"conv_1"}""");
        peek.StoresNothing.ShouldBeTrue();
        peek.Background.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"model":"m","input":"x"}""")]
    [InlineData("""{"model":"m","input":"x","previous_response_id":null,"conversation":null,"store":null,"background":null}""")]
    [InlineData("""{"model":"m","input":"x","store":true,"background":false}""")]
    public void Peek_ResponsesBodyThatBeginsAnew_KeepsAndWaits(string json)
    {
        var peek = Accept(json, Operation.Responses);

        peek.PreviousResponse.Found.ShouldBeFalse();
        peek.ConversationId.Found.ShouldBeFalse();
        peek.StoresNothing.ShouldBeFalse();
        peek.Background.ShouldBeFalse();
    }

    [Fact]
    public void Peek_NothingOptional_AnswersDefaults()
    {
        var peek = Accept("""{"model":"m","messages":[]}""", Operation.Chat);

        peek.Stream.ShouldBeFalse();
        peek.StreamOptions.Found.ShouldBeFalse();
        peek.IncludeUsageValue.Found.ShouldBeFalse();
        peek.MaxTokens.Found.ShouldBeFalse();
        peek.MaxTokensValue.ShouldBe(-1);
        peek.Choices.ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"max_completion_tokens":9,"max_tokens":7,"model":"m","messages":[]}""", 9)]
    [InlineData("""{"max_tokens":7,"max_completion_tokens":9,"model":"m","messages":[]}""", 9)]
    [InlineData("""{"max_completion_tokens":null,"max_tokens":7,"model":"m","messages":[]}""", 7)]
    [InlineData("""{"max_tokens":7,"max_completion_tokens":null,"model":"m","messages":[]}""", 7)]
    [InlineData("""{"max_completion_tokens":-5,"max_tokens":7,"model":"m","messages":[]}""", -1)]
    [InlineData("""{"max_tokens":null,"model":"m","messages":[]}""", -1)]
    [InlineData("""{"max_tokens":0,"model":"m","messages":[]}""", 0)]
    [InlineData("""{"max_tokens":12.9,"model":"m","messages":[]}""", 12)]
    [InlineData("""{"max_tokens":1e3,"model":"m","messages":[]}""", 1000)]
    [InlineData("""{"max_tokens":-1,"model":"m","messages":[]}""", -1)]
    [InlineData("""{"max_tokens":123456789012345678901234567890,"model":"m","messages":[]}""", long.MaxValue)]
    public void Peek_MaxTokens_IsTheBoundThatCounts(string json, long expected) =>
        Accept(json, Operation.Chat).MaxTokensValue.ShouldBe(expected);

    [Theory]
    [InlineData("""{"model":"m","messages":[],"max_tokens":5}""", "messages", 5)]
    [InlineData("""{"model":"m","input":"x","max_output_tokens":6}""", "responses", 6)]
    [InlineData("""{"contents":[],"generationConfig":{"temperature":1,"maxOutputTokens":7}}""", "generate_content", 7)]
    [InlineData("""{"contents":[],"generation_config":{"max_output_tokens":"8"}}""", "stream_generate_content", 8)]
    [InlineData("""{"contents":[],"generationConfig":null}""", "generate_content", -1)]
    public void Peek_MaxTokensOfEachDialect_IsFound(string json, string operation, long expected)
    {
        var peek = Accept(json, Named(operation));

        peek.MaxTokensValue.ShouldBe(expected);
        peek.MaxTokens.Found.ShouldBe(expected >= 0);
        if (expected >= 0)
        {
            Text(json, peek.MaxTokens).Trim('"').ShouldBe(expected.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("0", 1)]
    [InlineData("-1", 1)]
    [InlineData("null", 1)]
    [InlineData("99999999999", int.MaxValue)]
    public void Peek_Choices_AreAtLeastOne(string n, int expected)
    {
        Accept($$"""{"model":"m","messages":[],"n":{{n}}}""", Operation.Chat).Choices.ShouldBe(expected);
        Accept($$$"""{"contents":[],"generationConfig":{"candidateCount":{{{n}}}}}""", Operation.GenerateContent).Choices.ShouldBe(expected);
    }

    [Fact]
    public void Peek_EscapedNames_AreTheNamesTheyMean()
    {
        const string Json = """{"mod\u0065l":"a\u0062c","\u006dessages":[],"stream\u005foptions":{"include\u005Fusage":true}}""";

        var peek = Accept(Json, Operation.Chat);

        Text(Json, peek.Model).ShouldBe("\"a\\u0062c\"");
        peek.ModelEscaped.ShouldBeTrue();
        peek.IncludeUsage.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"model":"a","messages":[],"model":"b"}""", "model")]
    [InlineData("""{"model":"a","messages":[],"mod\u0065l":"b"}""", "model")]
    [InlineData("""{"m\u006Fdel":"a","messages":[],"mod\u0065l":"b"}""", "model")]
    [InlineData("""{"model":"a","messages":[],"x":1,"x":1}""", "x")]
    [InlineData("""{"model":"a","messages":[],"x":1,"\u0078":1}""", "x")]
    [InlineData("""{"model":"a","messages":[],"\u0078":1,"x":1}""", "x")]
    [InlineData("""{"model":"a","messages":[],"":1,"":2}""", "")]
    [InlineData("""{"model":"a","messages":[],"😀":1,"\ud83d\ude00":2}""", "😀")]
    [InlineData("""{"model":"a","messages":[],"a\/b":1,"a/b":2}""", "a/b")]
    [InlineData("""{"model":"a","messages":[],"\ud800":1,"\uD800":2}""", "\uFFFD\uFFFD\uFFFD")]
    [InlineData("""{"model":"a","messages":[],"stream_options":{"include_usage":true,"include_usage":false}}""", "stream_options.include_usage")]
    public void Peek_DuplicateName_IsRefused(string json, string param)
    {
        var error = Refuse(json, Operation.Chat, PeekErrors.DuplicateKey);

        error.Param.ShouldBe(param);
    }

    [Theory]
    [InlineData("""{"contents":[],"generationConfig":{},"generation_config":{}}""")]
    [InlineData("""{"contents":[],"generationConfig":{"maxOutputTokens":1,"max_output_tokens":2}}""")]
    [InlineData("""{"contents":[],"generationConfig":{"candidateCount":1,"candidate_count":2}}""")]
    public void Peek_BothSpellingsOfAGeminiMember_AreADuplicate(string json) =>
        Refuse(json, Operation.GenerateContent, PeekErrors.DuplicateKey);

    [Theory]
    [InlineData("""{"model":"a","messages":[],"x":{"y":1,"y":2}}""")]
    [InlineData("""{"model":"a","messages":[{"role":"user","role":"x"}]}""")]
    [InlineData("""{"model":"a","messages":[],"xa":1,"ax":2,"a":3,"A":4,"":5," ":6}""")]
    [InlineData("""{"model":"a","messages":[],"\ud800":1,"\ud801":2}""")]
    public void Peek_DuplicatesBelowTheTopOrOtherNames_AreFine(string json) => Accept(json, Operation.Chat);

    [Theory]
    [InlineData("chat", """{"model":5,"messages":[]}""", "model")]
    [InlineData("chat", """{"model":null,"messages":[]}""", "model")]
    [InlineData("chat", """{"model":"m","messages":"hi"}""", "messages")]
    [InlineData("chat", """{"model":"m","messages":{}}""", "messages")]
    [InlineData("chat", """{"model":"m","messages":null}""", "messages")]
    [InlineData("chat", """{"model":"m","messages":[],"stream":"true"}""", "stream")]
    [InlineData("chat", """{"model":"m","messages":[],"stream":1}""", "stream")]
    [InlineData("chat", """{"model":"m","messages":[],"stream_options":true}""", "stream_options")]
    [InlineData("chat", """{"model":"m","messages":[],"stream_options":{"include_usage":1}}""", "stream_options.include_usage")]
    [InlineData("chat", """{"model":"m","messages":[],"max_tokens":"5"}""", "max_tokens")]
    [InlineData("chat", """{"model":"m","messages":[],"temperature":"hot"}""", "temperature")]
    [InlineData("chat", """{"model":"m","messages":[],"tools":{}}""", "tools")]
    [InlineData("chat", """{"model":"m","messages":[],"stop":5}""", "stop")]
    [InlineData("completions", """{"model":"m","prompt":{}}""", "prompt")]
    [InlineData("embeddings", """{"model":"m","input":5}""", "input")]
    [InlineData("moderations", """{"model":"m","input":{}}""", "input")]
    [InlineData("responses", """{"model":"m","input":true}""", "input")]
    [InlineData("messages", """{"model":"m","messages":[],"system":5}""", "system")]
    [InlineData("messages", """{"model":"m","messages":[],"max_tokens":null}""", "max_tokens")]
    [InlineData("count_tokens", """{"model":"m","messages":1}""", "messages")]
    [InlineData("generate_content", """{"contents":"hi"}""", "contents")]
    [InlineData("generate_content", """{"contents":[],"generation_config":[]}""", "generationConfig")]
    [InlineData("generate_content", """{"contents":[],"generationConfig":{"maxOutputTokens":true}}""", "generationConfig.maxOutputTokens")]
    [InlineData("gemini_count_tokens", """{"generate_content_request":[]}""", "generateContentRequest")]
    [InlineData("embed_content", """{"content":"hi"}""", "content")]
    [InlineData("batch_embed_contents", """{"requests":{}}""", "requests")]
    public void Peek_WrongType_IsRefusedWithTheMemberNamed(string operation, string json, string param)
    {
        var error = Refuse(json, Named(operation), PeekErrors.WrongType);

        error.Param.ShouldBe(param);
        error.Message.ShouldContain($"'{param}' must be");
    }

    [Theory]
    [InlineData("chat", """{"messages":[]}""", "model")]
    [InlineData("chat", """{"model":"","messages":[]}""", "model")]
    [InlineData("chat", """{"model":"m"}""", "messages")]
    [InlineData("chat", "{}", "model")]
    [InlineData("embeddings", """{"model":"m"}""", "input")]
    [InlineData("moderations", """{"model":"m"}""", "input")]
    [InlineData("messages", """{"model":"m"}""", "messages")]
    [InlineData("count_tokens", """{"messages":[]}""", "model")]
    [InlineData("generate_content", "{}", "contents")]
    [InlineData("gemini_count_tokens", "{}", "contents")]
    [InlineData("embed_content", "{}", "content")]
    [InlineData("batch_embed_contents", "{}", "requests")]
    public void Peek_RequiredMemberAbsent_IsRefused(string operation, string json, string param) =>
        Refuse(json, Named(operation), PeekErrors.MissingMember).Param.ShouldBe(param);

    [Theory]
    [InlineData("completions", """{"model":"m"}""")]
    [InlineData("responses", """{"model":"m"}""")]
    [InlineData("gemini_count_tokens", """{"generateContentRequest":{}}""")]
    [InlineData("gemini_count_tokens", """{"generate_content_request":{}}""")]
    [InlineData("gemini_count_tokens", """{"contents":[]}""")]
    [InlineData("generate_content", """{"contents":{"parts":{"text":"hi"}},"safety_settings":{"category":"x"}}""")]
    [InlineData("chat", """{"model":"m","messages":[],"stream":null,"stream_options":null,"tools":null,"stop":null,"temperature":null}""")]
    [InlineData("chat", """{"model":"m","messages":[],"unknown":{"anything":[1,2,{}]}}""")]
    public void Peek_AnotherFormThatVendorsTake_IsFine(string operation, string json) => Accept(json, Named(operation));

    [Fact]
    public void Peek_StreamOfAnOperationThatDoesNotStream_IsNotAStream() =>
        Accept("""{"model":"m","input":"x","stream":true}""", Operation.Embeddings).Stream.ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("nope")]
    [InlineData("{")]
    [InlineData("""{"model":"m","messages":[]""")]
    [InlineData("""{"model":"m","messages":[]},""")]
    [InlineData("""{"model":"m","messages":[]} {}""")]
    [InlineData("""{"model":"m","messages":[],}""")]
    [InlineData("""{"model":"m" "messages":[]}""")]
    [InlineData("""{"model":"m","messages":[1,]}""")]
    [InlineData("""{model:"m","messages":[]}""")]
    [InlineData("""{'model':'m'}""")]
    [InlineData("""{"model":"m","messages":[]/*c*/}""")]
    [InlineData("""{"model":"m","messages":[01]}""")]
    [InlineData("""{"model":"m","messages":[+1]}""")]
    [InlineData("""{"model":"m","messages":[.5]}""")]
    [InlineData("""{"model":"m","messages":[1.]}""")]
    [InlineData("""{"model":"m","messages":[1e]}""")]
    [InlineData("""{"model":"m","messages":[-]}""")]
    [InlineData("""{"model":"m","messages":[NaN]}""")]
    [InlineData("""{"model":"m","messages":[True]}""")]
    [InlineData("""{"model":"m","messages":[tru]}""")]
    [InlineData("""{"model":"m","messages":["\x"]}""")]
    [InlineData("""{"model":"m","messages":["\u12g4"]}""")]
    [InlineData("""{"model":"m","messages":["\u123"]}""")]
    [InlineData("{\"model\":\"m\",\"messages\":[\"a\nb\"]}")]
    [InlineData("{\"model\":\"m\",\"messages\":[\"a\tb and a tail that is longer than a block\"]}")]
    [InlineData("{\"model\":\"m\",\"messages\":[]}\0")]
    [InlineData("{\"model\":\"m\",\u00a0\"messages\":[]}")]
    [InlineData("\uFEFF{\"model\":\"m\",\"messages\":[]}")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("5")]
    [InlineData("null")]
    public void Peek_NotOneJsonObject_IsRefused(string json) => Refuse(json, Operation.Chat, PeekErrors.InvalidJson);

    [Theory]
    [InlineData("\uFEFF{}", "byte order mark")]
    [InlineData(" ", "empty")]
    [InlineData("[1]", "not an array")]
    [InlineData("{\"a\":1,}", "unexpected '}' at byte 7")]
    [InlineData("{\"a\":\"b", "ends too early at byte 7")]
    [InlineData("{\"a\":01}", "number is malformed at byte 6")]
    public void Peek_NotOneJsonObject_SaysWhatToChange(string json, string words) =>
        Refuse(json, Operation.Chat, PeekErrors.InvalidJson).Message.ShouldContain(words);

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE4, 0xBD })]
    public void Peek_InvalidUtf8InAString_IsRefused(byte[] bad)
    {
        foreach (var padding in new[] { 0, 50 })
        {
            byte[] body = [.. "{\"model\":\"m\",\"messages\":[\""u8, .. bad, .. Encoding.ASCII.GetBytes(new string('x', padding)), .. "\"]}"u8];

            var error = RequestPeeker.Peek(body, Operation.Chat, Depth, out _).ShouldNotBeNull();

            error.Code.ShouldBe(PeekErrors.InvalidUtf8Code);
            error.Message.ShouldContain("at byte 26");
        }
    }

    [Fact]
    public void Peek_BodyInAnotherEncoding_IsToldToUseUtf8() =>
        RequestPeeker.Peek(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("{}")).ToArray(), Operation.Chat, Depth, out _)
            .ShouldNotBeNull().Code.ShouldBe(PeekErrors.InvalidUtf8Code);

    [Fact]
    public void Peek_OddButLegalJson_IsFine()
    {
        const string Json = "\r\n\t {\n\"messages\" :\t[ { \"n\" : 12345678901234567890123456789012345678901234567890.5E+400 , \"e\":\"\\ud800 \\u0000 \\/ \\b\\f\\n\\r\\t\u007f 你好 😀\" , \"\":[[],{},[{}]] , \"z\":-0 } ]\r,\n\"model\"\r\n:\n\"m\"\t}\n\n";

        Text(Json, Accept(Json, Operation.Chat).Model).ShouldBe("\"m\"");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1023)]
    [InlineData(5000)]
    public void Peek_DepthAtTheLimit_IsFineAndOneMoreIsNot(int depth)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"x":{{new string('[', depth - 1)}}{{new string(']', depth - 1)}},"prompt":"p","model":"m"}""".Replace("\"x\":,", "", StringComparison.Ordinal));

        RequestPeeker.Peek(body, Operation.Completions, depth, out _).ShouldBeNull();
        if (depth > 1)
        {
            RequestPeeker.Peek(body, Operation.Completions, depth - 1, out _).ShouldNotBeNull().Code.ShouldBe(PeekErrors.JsonTooDeep);
        }
    }

    private static RequestPeek Accept(string json, Operation operation)
    {
        RequestPeeker.Peek(Encoding.UTF8.GetBytes(json), operation, Depth, out var peek).ShouldBeNull();
        return peek;
    }

    private static GatewayError Refuse(string json, Operation operation, string code)
    {
        var error = RequestPeeker.Peek(Encoding.UTF8.GetBytes(json), operation, Depth, out _).ShouldNotBeNull();
        error.Kind.ShouldBe(ErrorKind.InvalidRequest);
        error.Code.ShouldBe(code);
        error.Message.ShouldNotBeEmpty();
        return error;
    }

    private static Operation Named(string name) => Operation.All.Single(one => one.Name == name);

    private static string Text(string json, JsonSlice slice) => Encoding.UTF8.GetString(slice.Of(Encoding.UTF8.GetBytes(json)));
}
