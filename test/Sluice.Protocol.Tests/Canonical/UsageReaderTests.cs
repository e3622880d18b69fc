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
    [InlineData("""{"prompt_tokens":99999999999999999999,"completion_tokens":5}""", 100_000_000, 0, 0, 5, 0)]
    [InlineData("""{"prompt_tokens":100000001,"completion_tokens":1e300}""", 100_000_000, 0, 0, 100_000_000, 0)]
    [InlineData("""{"prompt_tokens":10.7,"completion_tokens":1e1}""", 10, 0, 0, 10, 0)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":9}}""", 10, 0, 0, 5, 5)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":24,"completion_tokens_details":{"reasoning_tokens":9}}""", 10, 0, 0, 14, 9)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":6,"prompt_cache_miss_tokens":4}""", 4, 6, 0, 5, 0)]
    [InlineData("""{"prompt_tokens":10,"prompt_tokens_details":null,"completion_tokens_details":[1]}""", 10, 0, 0, 0, 0)]
    public void TryRead_Chat_GivesDisjointBuckets(string json, long input, long read, long write, long output, long reasoning) =>
        Trusted(Read(Protocol.OpenAIChat.UsageReader.TryRead, json)).ShouldBe(new TokenUsage(input, read, write, 0, output, reasoning));

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
        Trusted(Read(Protocol.AnthropicMessages.UsageReader.TryRead, json)).ShouldBe(new TokenUsage(input, read, write5m, write1h, output, 0));

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
        Trusted(Read(Protocol.GeminiGenerate.UsageReader.TryRead, json)).ShouldBe(new TokenUsage(input, read, 0, 0, output, reasoning));

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

    /// <summary>https://platform.openai.com/docs/guides/audio: audio stands inside of prompt and completion.</summary>
    [Fact]
    public void TryRead_ChatWithAudioAndImages_TakesThemOutOfText() =>
        Read(
            Protocol.OpenAIChat.UsageReader.TryRead,
            """{"prompt_tokens":100,"completion_tokens":60,"prompt_tokens_details":{"cached_tokens":10,"audio_tokens":30,"image_tokens":5},"completion_tokens_details":{"audio_tokens":40,"reasoning_tokens":7}}""")
            .ShouldBe(new TokenUsage(55, 10, 0, 0, 20, 7) { AudioInput = 30, ImageInput = 5, AudioOutput = 40 });

    [Fact]
    public void TryRead_ResponsesWithImages_TakesThemOutOfText() =>
        Read(
            Protocol.OpenAIResponses.UsageReader.TryRead,
            """{"input_tokens":50,"output_tokens":1000,"input_tokens_details":{"text_tokens":10,"image_tokens":40},"output_tokens_details":{"image_tokens":990}}""")
            .ShouldBe(new TokenUsage(10, 0, 0, 0, 10, 0) { ImageInput = 40, ImageOutput = 990 });

    [Fact]
    public void TryRead_AnthropicWithServerTools_CountsSearchesAndTier() =>
        Read(
            Protocol.AnthropicMessages.UsageReader.TryRead,
            """{"input_tokens":1,"output_tokens":2,"server_tool_use":{"web_search_requests":3,"web_fetch_requests":9},"service_tier":"priority","speed":"fast"}""")
            .ShouldBe(new TokenUsage(1, 0, 0, 0, 2, 0) { WebSearches = 3, Tier = ServiceTier.Fast });

    [Fact]
    public void TryRead_GeminiModalities_AreTakenOutOnceAndWithoutTheCached() =>
        Read(
            Protocol.GeminiGenerate.UsageReader.TryRead,
            """{"promptTokenCount":100,"cachedContentTokenCount":20,"candidatesTokenCount":1300,"thoughtsTokenCount":9,"toolUsePromptTokenCount":4,"promptTokensDetails":[{"modality":"TEXT","tokenCount":40},{"modality":"AUDIO","tokenCount":35},{"modality":"IMAGE","tokenCount":25}],"cacheTokensDetails":[{"modality":"AUDIO","tokenCount":15}],"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1290}],"trafficType":"ON_DEMAND_FLEX"}""")
            .ShouldBe(new TokenUsage(39, 20, 0, 0, 19, 9) { AudioInput = 20, ImageInput = 25, ImageOutput = 1290, Tier = ServiceTier.Flex });

    [Theory]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":5}""", true)]
    [InlineData("""{"prompt_tokens":1000000000000000000,"completion_tokens":5}""", true)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":11}}""", true)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"audio_tokens":-9}}""", true)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":10}}""", false)]
    [InlineData("""{"prompt_tokens":10}""", false)]
    public void TryRead_WhatCannotBe_IsSuspect(string json, bool suspect) =>
        Read(Protocol.OpenAIChat.UsageReader.TryRead, json).Suspect.ShouldBe(suspect);

    [Fact]
    public void ToString_OfAnyUsage_Ends() => new TokenUsage(1, 2, 3, 4, 5, 6).ToString().ShouldContain("Input = 1");

    [Fact]
    public void Total_OfAnyBuckets_IsThatOfTheFoldedOnes()
    {
        var usage = new TokenUsage(1, 2, 3, 4, 5, 5) { AudioInput = 6, ImageInput = 7, AudioOutput = 8, ImageOutput = 9, WebSearches = 10 };

        (usage.TotalInput, usage.TotalOutput, usage.Total).ShouldBe((23, 22, 45));
        usage.Fold().ShouldBe(new TokenUsage(14, 2, 3, 4, 22, 5) { WebSearches = 10 });
    }

    private static TokenUsage Read(Reader reader, string json)
    {
        reader(Encoding.UTF8.GetBytes(json), out var usage).ShouldBeTrue();
        return usage;
    }

    private static TokenUsage Trusted(TokenUsage usage) => usage with { Suspect = false };
}
