using System.Text;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Canonical;

public class SignatureMarksTests
{
    [Theory]
    [InlineData(Dialect.AnthropicMessages, """{"signature":"sluice.gemini-generate/gemini:CiQ="}""", true)]
    [InlineData(Dialect.OpenAIResponses, """{"encrypted_content":"sluice.anthropic-messages:c2ln"}""", true)]
    [InlineData(Dialect.OpenAIResponses, """{"encrypted_content":"redacted.sluice.anthropic-messages/anthropic:c2ln"}""", true)]
    [InlineData(Dialect.GeminiGenerate, """{"thoughtSignature":"c2x1aWNlLmFudGhyb3BpYy1tZXNzYWdlcy9hbnRocm9waWM6"}""", true)]
    [InlineData(Dialect.AnthropicMessages, """{"text":"say \"sluice.gemini-generate:x\" twice"}""", false)]
    [InlineData(Dialect.AnthropicMessages, """{"text":"see sluice.gemini-generate:x"}""", false)]
    [InlineData(Dialect.AnthropicMessages, """{"text":"sluice.yaml"}""", false)]
    [InlineData(Dialect.AnthropicMessages, """{"signature":"EqQBsigned"}""", false)]
    [InlineData(Dialect.GeminiGenerate, """{"thoughtSignature":"CiQB+/=="}""", false)]
    [InlineData(Dialect.GeminiGenerate, """{"text":"\"c2x1aWNlLmFudGhyb3BpYy1tZXNzYWdlcw"}""", false)]
    [InlineData(Dialect.OpenAIChat, """{"extra_content":{"google":{"thought_signature":"sluice.gemini-generate/gemini:CiQ="}}}""", true)]
    [InlineData(Dialect.OpenAIChat, """{"extra_content":{"google":{"thought_signature":"CiQ="}}}""", false)]
    [InlineData(Dialect.AnthropicMessages, "sluice.openai-chat", false)]
    public void In_Body_TellsMarksFromTextsThatSpeakOfThem(Dialect dialect, string body, bool marked) =>
        SignatureMarks.In(Encoding.UTF8.GetBytes(body), dialect).ShouldBe(marked);

    [Fact]
    public void In_MarkBehindOneThatIsNone_IsFound() =>
        SignatureMarks.In("""{"text":"sluice.yaml and \"sluice.openai-chat\"","signature":"sluice.openai-chat:"}"""u8, Dialect.AnthropicMessages).ShouldBeTrue();
}
