using System.Text;
using Sluice.Protocol.AnthropicMessages;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Tests.AnthropicMessages;

public class VertexEnvelopeTests
{
    [Theory]
    [InlineData("""{"model":"m","messages":[]}""", false, """{"anthropic_version":"v","messages":[]}""")]
    [InlineData("""{"messages":[], "model" : "m"}""", false, """{"anthropic_version":"v","messages":[]}""")]
    [InlineData("""{"model":"m","messages":[]}""", true, """{"anthropic_version":"v","model":"m","messages":[]}""")]
    [InlineData("""{"model":"m","messages":[],"anthropic_version":"mine"}""", false, """{"messages":[],"anthropic_version":"mine"}""")]
    [InlineData("""{"messages":[{"model":"m","anthropic_version":"x"}],"model":"m"}""", false, """{"anthropic_version":"v","messages":[{"model":"m","anthropic_version":"x"}]}""")]
    public void Wrap_TakesTheModelAndAddsTheVersion(string body, bool keepsModel, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var edit = new JsonEdit();

        VertexEnvelope.Wrap(ref edit, bytes, 0, VertexEnvelope.VersionMember("v"), keepsModel);

        Applied(edit, bytes).ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"anthropic_version":"vertex-2023-10-16","messages":[]}""", """{"messages":[]}""", null, null)]
    [InlineData("""{"messages":[],"anthropic_version":"2026-10-21"}""", """{"messages":[]}""", "2026-10-21", null)]
    [InlineData("""{"messages":[],"anthropic_version":"2026-10-21","anthropic_beta":["a","b"]}""", """{"messages":[]}""", "2026-10-21", "a,b")]
    [InlineData("""{"anthropic_beta":["a\r\nx: 1","b"],"messages":[]}""", """{"messages":[]}""", null, "b")]
    [InlineData("""{"anthropic_version":7,"messages":[]}""", """{"messages":[]}""", null, null)]
    [InlineData("""{"messages":[]}""", """{"messages":[]}""", null, null)]
    public void Unwrap_MakesMembersHeaders(string body, string expected, string? version, string? betas)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var edit = new JsonEdit();

        var said = VertexEnvelope.Unwrap(ref edit, bytes);

        Applied(edit, bytes).ShouldBe(expected);
        said.ShouldBe((version, betas));
    }

    [Theory]
    [InlineData("""{"messages":[]}""", """{"model":"a\"b","messages":[]}""")]
    [InlineData(" { } ", """ {"model":"a\"b" } """)]
    [InlineData("[]", "[]")]
    [InlineData("", "")]
    public void PathModel_IsPutFirst(string body, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var edit = new JsonEdit();

        PathModelEdit.Apply(ref edit, bytes, "a\"b");

        Applied(edit, bytes).ShouldBe(expected);
    }

    private static string Applied(in JsonEdit edit, byte[] bytes)
    {
        var edited = new byte[edit.Length(bytes.Length)];
        edit.Apply(bytes, edited);
        return Encoding.UTF8.GetString(edited);
    }
}
