using System.Text;
using System.Text.Json.Nodes;
using Sluice.Protocol.Json;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.Tests.OpenAIChat;

public class IncludeUsageEditTests
{
    [Theory]
    [InlineData("""{"model":"m","messages":[]}""", """{"stream_options":{"include_usage":true},"model":"m","messages":[]}""")]
    [InlineData(""" { "model":"m","messages":[]}""", """ {"stream_options":{"include_usage":true}, "model":"m","messages":[]}""")]
    [InlineData("""{"model":"m","stream_options": null ,"messages":[]}""", """{"model":"m","stream_options": {"include_usage":true} ,"messages":[]}""")]
    [InlineData("""{"model":"m","stream_options": {},"messages":[]}""", """{"model":"m","stream_options": {"include_usage":true},"messages":[]}""")]
    [InlineData("""{"model":"m","stream_options":{ } ,"messages":[]}""", """{"model":"m","stream_options":{"include_usage":true } ,"messages":[]}""")]
    [InlineData("""{"model":"m","stream_options":{ "include_obfuscation":false},"messages":[]}""", """{"model":"m","stream_options":{"include_usage":true, "include_obfuscation":false},"messages":[]}""")]
    [InlineData("""{"model":"m","stream_options":{"include_usage": false },"messages":[]}""", """{"model":"m","stream_options":{"include_usage": true },"messages":[]}""")]
    [InlineData("""{"model":"m","stream_options":{"a":1,"include\u005fusage":null},"messages":[]}""", """{"model":"m","stream_options":{"a":1,"include\u005fusage":true},"messages":[]}""")]
    public void Apply_ClientDoesNotAsk_ChangesOnePlace(string json, string expected)
    {
        var (changed, edited, count) = Edit(json);

        changed.ShouldBeTrue();
        count.ShouldBe(1);
        edited.ShouldBe(expected);
        JsonNode.Parse(edited)!["stream_options"]!["include_usage"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public void Apply_ClientAsks_ChangesNothing()
    {
        const string Json = """{"stream_options":{"include_usage":true},"model":"m","messages":[]}""";

        Edit(Json).ShouldBe((false, Json, 0));
    }

    private static (bool Changed, string Edited, int Count) Edit(string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        RequestPeeker.Peek(body, Operation.Chat, 64, out var peek).ShouldBeNull();
        JsonEdit edit = default;
        var changed = IncludeUsageEdit.Apply(ref edit, body, peek);
        var destination = new byte[edit.Length(body.Length)];
        edit.Apply(body, destination);
        return (changed, Encoding.UTF8.GetString(destination), edit.Count);
    }
}
