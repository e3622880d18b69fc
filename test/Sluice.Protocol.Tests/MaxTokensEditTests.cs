using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Protocol.Json;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.Tests;

public class MaxTokensEditTests
{
    [Theory]
    [InlineData("""{ "model":"m", "max_tokens" : 9.5e3 , "messages":[]}""", """{ "model":"m", "max_tokens" : 7 , "messages":[]}""")]
    [InlineData("""{"model":"m","max_completion_tokens":null,"messages":[]}""", """{"model":"m","max_completion_tokens":7,"messages":[]}""")]
    [InlineData("""{"max_tokens":50,"model":"m","max_completion_tokens":60,"messages":[]}""", """{"max_tokens":7,"model":"m","max_completion_tokens":7,"messages":[]}""")]
    [InlineData("""{"max_completion_tokens":60,"max_tokens":5,"model":"m","messages":[]}""", """{"max_completion_tokens":7,"max_tokens":5,"model":"m","messages":[]}""")]
    [InlineData(""" {"model":"m","messages":[]} """, """ {"max_completion_tokens":7,"model":"m","messages":[]} """)]
    public void Apply_Chat_SetsWhatIsThereAndInsertsWhatIsNot(string body, string expected) =>
        Edited(body, Operation.Chat, 7, completionTokens: true).ShouldBe(expected);

    [Fact]
    public void Apply_ChatOfACompatibleVendor_InsertsTheOlderName() =>
        Edited("""{"model":"m","messages":[]}""", Operation.Chat, 7, completionTokens: false).ShouldBe("""{"max_tokens":7,"model":"m","messages":[]}""");

    [Fact]
    public void Apply_OtherDialects_UseTheirOwnMember()
    {
        Edited("""{"model":"m","prompt":"x"}""", Operation.Completions, 7).ShouldBe("""{"max_tokens":7,"model":"m","prompt":"x"}""");
        Edited("""{"model":"m","input":"x"}""", Operation.Responses, 7).ShouldBe("""{"max_output_tokens":7,"model":"m","input":"x"}""");
        Edited("""{"model":"m","max_output_tokens":8,"input":"x"}""", Operation.Responses, 7).ShouldBe("""{"model":"m","max_output_tokens":7,"input":"x"}""");
        Edited("""{"model":"m","messages":[],"max_tokens":64000}""", Operation.Messages, long.MaxValue).ShouldBe("""{"model":"m","messages":[],"max_tokens":9223372036854775807}""");
    }

    [Theory]
    [InlineData("""{"contents":[]}""", """{"generationConfig":{"maxOutputTokens":7},"contents":[]}""")]
    [InlineData("""{"contents":[],"generationConfig":null}""", """{"contents":[],"generationConfig":{"maxOutputTokens":7}}""")]
    [InlineData("""{"contents":[],"generationConfig": { } }""", """{"contents":[],"generationConfig": {"maxOutputTokens":7 } }""")]
    [InlineData("""{"contents":[],"generation_config":{"topK":1}}""", """{"contents":[],"generation_config":{"maxOutputTokens":7,"topK":1}}""")]
    [InlineData("""{"contents":[],"generationConfig":{"topK":1,"max_output_tokens":"99"}}""", """{"contents":[],"generationConfig":{"topK":1,"max_output_tokens":7}}""")]
    public void Apply_Gemini_FindsOrMakesTheConfig(string body, string expected) =>
        Edited(body, Operation.StreamGenerateContent, 7).ShouldBe(expected);

    [Fact]
    public void Apply_OperationWithoutOutput_ChangesNothing()
    {
        const string Body = """{"model":"m","input":"x"}""";

        Edited(Body, Operation.Embeddings, 7).ShouldBe(Body);
    }

    [Fact]
    public void Apply_BoundBelowOne_Throws() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Edited("""{"model":"m","messages":[]}""", Operation.Chat, 0));

    [Fact]
    public void Apply_WithModelAndIncludeUsage_MakesOneDocument()
    {
        var body = "{\"max_tokens\":50,\"model\":\"a\",\"max_completion_tokens\":60,\"messages\":[],\"stream\":true}"u8.ToArray();
        RequestPeeker.Peek(body, Operation.Chat, 64, out var peek).ShouldBeNull();
        Span<byte> scratch = stackalloc byte[MaxTokensEdit.Scratch];
        scoped JsonEdit edit = default;
        ModelEdit.Apply(ref edit, peek, ModelEdit.Token("b"));
        IncludeUsageEdit.Apply(ref edit, body, peek);
        MaxTokensEdit.Apply(ref edit, body, in peek, Operation.Chat, 7, true, scratch);
        var destination = new byte[edit.Length(body.Length)];

        edit.Apply(body, destination);

        Encoding.UTF8.GetString(destination).ShouldBe(
            "{\"stream_options\":{\"include_usage\":true},\"max_tokens\":7,\"model\":\"b\",\"max_completion_tokens\":7,\"messages\":[],\"stream\":true}");
    }

    [Fact]
    public void Apply_AnyBound_IsReadBackAndNothingElseChanges() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<PositiveInt, bool, bool>((bound, hasBound, completionTokens) =>
        {
            var body = hasBound ? """{"model":"m","max_tokens":1e9,"messages":[{"role":"user"}]}""" : """{"model":"m","messages":[{"role":"user"}]}""";
            var edited = Edited(body, Operation.Chat, bound.Get, completionTokens);
            RequestPeeker.Peek(Encoding.UTF8.GetBytes(edited), Operation.Chat, 64, out var peek);
            return peek.MaxTokensValue == bound.Get && edited.EndsWith(""","messages":[{"role":"user"}]}""", StringComparison.Ordinal);
        }));

    private static string Edited(string json, Operation operation, long maxTokens, bool completionTokens = true)
    {
        var body = Encoding.UTF8.GetBytes(json);
        RequestPeeker.Peek(body, operation, 64, out var peek).ShouldBeNull();
        Span<byte> scratch = stackalloc byte[MaxTokensEdit.Scratch];
        scoped JsonEdit edit = default;
        MaxTokensEdit.Apply(ref edit, body, in peek, operation, maxTokens, completionTokens, scratch);
        var destination = new byte[edit.Length(body.Length)];
        edit.Apply(body, destination);
        return Encoding.UTF8.GetString(destination);
    }
}
