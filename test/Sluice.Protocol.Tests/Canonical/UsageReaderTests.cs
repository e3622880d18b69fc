using System.Text;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Canonical;

/// <summary>The usage readers of the four dialects beyond what the golden answers hold.</summary>
public class UsageReaderTests
{
    private delegate bool Reader(ReadOnlySpan<byte> json, out TokenUsage usage);

    [Theory]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":3}}""", 3, 4, 3, 5, 0)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":99}}""", 0, 10, 0, 5, 0)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":8}}""", 0, 8, 2, 5, 0)]
    [InlineData("""{"prompt_tokens":-10,"completion_tokens":5}""", 0, 0, 0, 5, 0)]
    [InlineData("""{"prompt_tokens":99999999999999999999,"completion_tokens":5}""", 0, 0, 0, 5, 0)]
    [InlineData("""{"prompt_tokens":1000000001,"completion_tokens":5}""", 0, 0, 0, 5, 0)]
    [InlineData("""{"prompt_tokens":10.7,"completion_tokens":1e1}""", 10, 0, 0, 10, 0)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":9}}""", 10, 0, 0, 5, 5)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":24,"completion_tokens_details":{"reasoning_tokens":9}}""", 10, 0, 0, 14, 9)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":6,"prompt_cache_miss_tokens":4}""", 4, 6, 0, 5, 0)]
    [InlineData("""{"prompt_tokens":10,"prompt_tokens_details":null,"completion_tokens_details":[1]}""", 10, 0, 0, 0, 0)]
    public void TryRead_Chat_GivesDisjointBuckets(string json, long input, long read, long write, long output, long reasoning) =>
        Read(Protocol.OpenAIChat.UsageReader.TryRead, json).ShouldBe(new TokenUsage(input, read, write, 0, output, reasoning));

    [Theory]
    [InlineData("""{"input_tokens":10,"output_tokens":5,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":3},"output_tokens_details":{"reasoning_tokens":2}}""", 3, 4, 3, 5, 2)]
    [InlineData("""{"output_tokens":5}""", 0, 0, 0, 5, 0)]
    public void TryRead_Responses_GivesDisjointBuckets(string json, long input, long read, long write, long output, long reasoning) =>
        Read(Protocol.OpenAIResponses.UsageReader.TryRead, json).ShouldBe(new TokenUsage(input, read, write, 0, output, reasoning));

    [Theory]
    [InlineData("""{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":10,"cache_read_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":4,"ephemeral_1h_input_tokens":6}}""", 1, 7, 4, 6, 2)]
    [InlineData("""{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":15,"cache_creation":{"ephemeral_5m_input_tokens":4,"ephemeral_1h_input_tokens":6}}""", 1, 0, 9, 6, 2)]
    [InlineData("""{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":3,"cache_creation":{"ephemeral_5m_input_tokens":4,"ephemeral_1h_input_tokens":6}}""", 1, 0, 4, 6, 2)]
    [InlineData("""{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":10,"cache_creation":null}""", 1, 0, 10, 0, 2)]
    [InlineData("""{"input_tokens":null,"output_tokens":2,"cache_read_input_tokens":-3}""", 0, 0, 0, 0, 2)]
    public void TryRead_Anthropic_GivesDisjointBuckets(string json, long input, long read, long write5m, long write1h, long output) =>
        Read(Protocol.AnthropicMessages.UsageReader.TryRead, json).ShouldBe(new TokenUsage(input, read, write5m, write1h, output, 0));

    [Fact]
    public void Merge_CumulativeDelta_KeepsTheSplitOfTheStart()
    {
        var start = new TokenUsage(10, 5, 20, 30, 1, 0);

        Protocol.AnthropicMessages.UsageReader.Merge(start, new TokenUsage(0, 0, 0, 0, 15, 3)).ShouldBe(new TokenUsage(10, 5, 20, 30, 15, 3));
        Protocol.AnthropicMessages.UsageReader.Merge(start, new TokenUsage(12, 6, 70, 0, 15, 0)).ShouldBe(new TokenUsage(12, 6, 40, 30, 15, 0));
    }

    [Theory]
    [InlineData("""{"promptTokenCount":10,"candidatesTokenCount":5,"thoughtsTokenCount":3,"cachedContentTokenCount":4,"toolUsePromptTokenCount":2}""", 8, 4, 8, 3)]
    [InlineData("""{"promptTokenCount":10,"cachedContentTokenCount":40}""", 0, 10, 0, 0)]
    [InlineData("""{"candidatesTokenCount":5,"thoughtsTokenCount":-3}""", 0, 0, 5, 0)]
    public void TryRead_Gemini_GivesDisjointBuckets(string json, long input, long read, long output, long reasoning) =>
        Read(Protocol.GeminiGenerate.UsageReader.TryRead, json).ShouldBe(new TokenUsage(input, read, 0, 0, output, reasoning));

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"prompt_tokens":"10"}""")]
    [InlineData("""{"input_tokens":{}}""")]
    [InlineData("")]
    public void TryRead_NothingKnown_IsFalse(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Protocol.OpenAIChat.UsageReader.TryRead(bytes, out _).ShouldBeFalse();
        Protocol.OpenAIResponses.UsageReader.TryRead(bytes, out _).ShouldBeFalse();
        Protocol.AnthropicMessages.UsageReader.TryRead(bytes, out _).ShouldBeFalse();
        Protocol.GeminiGenerate.UsageReader.TryRead(bytes, out _).ShouldBeFalse();
    }

    private static TokenUsage Read(Reader reader, string json)
    {
        reader(Encoding.UTF8.GetBytes(json), out var usage).ShouldBeTrue();
        return usage;
    }
}
