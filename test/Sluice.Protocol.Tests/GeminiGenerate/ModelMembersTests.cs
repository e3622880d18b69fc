using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Protocol.GeminiGenerate;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Tests.GeminiGenerate;

public class ModelMembersTests
{
    private static readonly byte[] Token = ModelMembers.Token("real");

    [Theory]
    [InlineData("real", "\"models/real\"")]
    [InlineData("models/real", "\"models/real\"")]
    [InlineData("a\"b", "\"models/a\\\"b\"")]
    public void Token_AnyModel_IsAJsonStringWithThePrefix(string model, string expected)
        => Encoding.UTF8.GetString(ModelMembers.Token(model)).ShouldBe(expected);

    [Theory]
    [InlineData("embed_content", """{"model":"models/alias","content":{}}""", """{"model":"models/real","content":{}}""")]
    [InlineData("embed_content", """{ "content":{"model":"models/alias"} , "model" :\t"alias" }""", """{ "content":{"model":"models/alias"} , "model" :\t"models/real" }""")]
    [InlineData("embed_content", """{"mod\u0065l":"models/alias","content":{}}""", """{"mod\u0065l":"models/real","content":{}}""")]
    [InlineData("batch_embed_contents", """{"requests":[{"model":"models/alias","content":{}}, {"content":{},"model":"models/other"},{"content":{}}]}""", """{"requests":[{"model":"models/real","content":{}}, {"content":{},"model":"models/real"},{"content":{}}]}""")]
    [InlineData("batch_embed_contents", """{"model":"models/alias","requests":[5,"x",{"model":"models/alias"}]}""", """{"model":"models/real","requests":[5,"x",{"model":"models/real"}]}""")]
    [InlineData("gemini_count_tokens", """{"generateContentRequest":{"contents":[],"model":"models/alias"}}""", """{"generateContentRequest":{"contents":[],"model":"models/real"}}""")]
    [InlineData("gemini_count_tokens", """{"generate_content_request":{"model":"alias"}}""", """{"generate_content_request":{"model":"models/real"}}""")]
    public void FindOther_AnotherModel_IsEveryPlaceThatNamesIt(string operation, string json, string expected)
        => Apply(operation, json.Replace("\\t", "\t", StringComparison.Ordinal)).ShouldBe(expected.Replace("\\t", "\t", StringComparison.Ordinal));

    [Theory]
    [InlineData("embed_content", """{"model":"models/real","content":{}}""")]
    [InlineData("embed_content", """{"model":"real","content":{}}""")]
    [InlineData("embed_content", """{"model":"models\/re\u0061l","content":{}}""")]
    [InlineData("embed_content", """{"model":5,"content":{}}""")]
    [InlineData("embed_content", """{"requests":[{"model":"models/alias"}],"content":{}}""")]
    [InlineData("batch_embed_contents", """{"requests":[{"model":"models/real"},{"model":"real"}]}""")]
    [InlineData("batch_embed_contents", """{"requests":[]}""")]
    [InlineData("gemini_count_tokens", """{"contents":[{"model":"models/alias"}]}""")]
    public void FindOther_TheSameModelOrNone_IsNothing(string operation, string json)
        => ModelMembers.FindOther(Encoding.UTF8.GetBytes(json), Named(operation), Token).ShouldBeEmpty();

    [Fact]
    public void FindOther_AnyBatch_NamesTheModelOncePerRequest() => Prop.ForAll(
        ArbMap.Default.ArbFor<bool[]>(),
        named =>
        {
            var requests = named.Select((has, at) => has ? $"{{\"content\":{{\"n\":{at}}}, \"model\":\"models/alias{at}\"}}" : $"{{\"n\":{at}}}");
            var edited = Apply("batch_embed_contents", $"{{\"requests\":[{string.Join(" ,", requests)}]}}");

            using var document = System.Text.Json.JsonDocument.Parse(edited);
            document.RootElement.GetProperty("requests").EnumerateArray()
                .Select(request => request.TryGetProperty("model", out var model) ? model.GetString() : null)
                .ShouldBe(named.Select(has => has ? "models/real" : null));
        }).QuickCheckThrowOnFailure();

    private static string Apply(string operation, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        JsonEdit edit = default;
        edit.ReplaceEach(ModelMembers.FindOther(body, Named(operation), Token), Token);
        var destination = new byte[edit.Length(body.Length)];
        edit.Apply(body, destination);
        return Encoding.UTF8.GetString(destination);
    }

    private static Operation Named(string name) => Operation.All.Single(operation => operation.Name == name);
}
