using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Protocol.Json;
using Sluice.Protocol.OpenAIChat;

namespace Sluice.Protocol.Tests;

public class ModelEditTests
{
    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("")]
    [InlineData("meta-llama/Llama-3.3:free@eu+x")]
    [InlineData("a\"b\\c\n\u0001")]
    [InlineData("模型😀")]
    public void Token_AnyName_IsItsJsonString(string model) =>
        JsonSerializer.Deserialize<string>(ModelEdit.Token(model)).ShouldBe(model);

    [Fact]
    public void Token_LoneSurrogate_IsTheReplacementCharacter() =>
        JsonSerializer.Deserialize<string>(ModelEdit.Token("a\ud800")).ShouldBe("a\uFFFD");

    [Fact]
    public void Apply_WithIncludeUsage_LeavesEveryOtherByte()
    {
        const string Json = "{ \"messages\":[{\"role\":\"user\",\"content\":\"12345678901234567890.10 \\u00e9\"}] ,\n\"n\" : 123456789012345678901234567890,\"model\" : \"a\\u0062c\" , \"stream\":true}  ";
        var body = Encoding.UTF8.GetBytes(Json);
        RequestPeeker.Peek(body, Operation.Chat, 64, out var peek).ShouldBeNull();
        JsonEdit edit = default;
        IncludeUsageEdit.Apply(ref edit, body, peek);
        ModelEdit.Apply(ref edit, peek, ModelEdit.Token("o\"k"));
        var destination = new byte[edit.Length(body.Length)];

        edit.Apply(body, destination);

        var text = Encoding.UTF8.GetString(destination);
        text.ShouldBe(Json.Replace("\"a\\u0062c\"", "\"o\\\"k\"", StringComparison.Ordinal).Insert(1, "\"stream_options\":{\"include_usage\":true},"));
        var node = JsonNode.Parse(text)!;
        node["model"]!.GetValue<string>().ShouldBe("o\"k");
    }

    [Fact]
    public void Apply_ModelInThePath_ChangesNothing()
    {
        JsonEdit edit = default;

        ModelEdit.Apply(ref edit, default, "\"x\""u8);

        edit.Count.ShouldBe(0);
    }

    [Fact]
    public void Apply_RandomDocuments_ChangeOnlyTheModel()
    {
        var random = new Random(11);
        for (var i = 0; i < 2000; i++)
        {
            var members = new List<string> { "\"model\":\"old\"", "\"messages\":[]", "\"x\":{\"model\":\"inner\"}", $"\"s\":\"{new string('é', random.Next(70))}\\\"\"" };
            var json = "{" + string.Join(random.Next(2) == 0 ? "," : " ,\n ", members.OrderBy(_ => random.Next())) + "}";
            var body = Encoding.UTF8.GetBytes(json);
            RequestPeeker.Peek(body, Operation.Chat, 64, out var peek).ShouldBeNull();
            JsonEdit edit = default;
            ModelEdit.Apply(ref edit, peek, ModelEdit.Token("new"));
            var destination = new byte[edit.Length(body.Length)];

            edit.Apply(body, destination);

            Encoding.UTF8.GetString(destination).ShouldBe(json.Replace("\"old\"", "\"new\"", StringComparison.Ordinal));
        }
    }
}
