using System.Text;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>A document costs memory in proportion to its length, however hostile it is.</summary>
public class AllocationTests
{
    private const int Repeats = 5000;
    private const int Factor = 20;

    [Theory]
    [InlineData(Dialect.OpenAIChat, """{"model":"m","messages":[§]}""", """{"role":"user"}""")]
    [InlineData(Dialect.OpenAIChat, """{"model":"m","messages":[{"role":"user","content":[§]}]}""", "{}")]
    [InlineData(Dialect.OpenAIChat, """{"model":"m","messages":[{"role":"user","content":[§]}]}""", """{"type":"x"}""")]
    [InlineData(Dialect.OpenAIChat, """{"model":"m","messages":[{"role":"user","content":[§]}]}""", """{"type":"text"}""")]
    [InlineData(Dialect.OpenAIChat, """{"model":"m","messages":[{"role":"assistant","tool_calls":[§]}]}""", "{}")]
    [InlineData(Dialect.OpenAIChat, """{"model":"m","messages":[{"role":"assistant","annotations":[§]}]}""", """{"type":"x"}""")]
    [InlineData(Dialect.OpenAIChat, """{"model":"m","stop":[§]}""", "\"\"")]
    [InlineData(Dialect.OpenAIChat, """{"model":"m","messages":[],§}""", "\"a\":0")]
    [InlineData(Dialect.OpenAIChat, """{"model":"m","tools":[§]}""", "{}")]
    [InlineData(Dialect.AnthropicMessages, """{"model":"m","tools":[§]}""", "{}")]
    [InlineData(Dialect.AnthropicMessages, """{"model":"m","system":[§]}""", """{"type":"x"}""")]
    [InlineData(Dialect.AnthropicMessages, """{"model":"m","messages":[§]}""", """{"role":"user"}""")]
    [InlineData(Dialect.AnthropicMessages, """{"model":"m","system":[{"type":"text","text":"x","citations":[§]}]}""", """{"type":"x"}""")]
    [InlineData(Dialect.AnthropicMessages, """{"model":"m","stop_sequences":[[[[§]]]]}""", "[[[[[[]]]]]]")]
    public void TryReadRequest_ManySmallParts_AllocatesInProportion(Dialect dialect, string document, string part)
    {
        var body = Encoding.UTF8.GetBytes(document.Replace("§", string.Join(',', Enumerable.Repeat(part, Repeats)), StringComparison.Ordinal));
        var reader = DialectCodec.For(dialect).Reader;

        Allocation.Of(() => reader.TryReadRequest(body, out _, out _)).ShouldBeLessThan(body.Length * Factor);
    }

    [Fact]
    public void TryReadRequest_LargeImage_IsNotCopied()
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{new string('A', 1_000_000)}}}"}}]}]}""");

        Allocation.Of(() => Wire.Chat.Reader.TryReadRequest(body, out _, out _)).ShouldBeLessThan(20_000);
    }
}
