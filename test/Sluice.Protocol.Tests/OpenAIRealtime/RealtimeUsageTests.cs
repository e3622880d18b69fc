using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIRealtime;

namespace Sluice.Protocol.Tests.OpenAIRealtime;

public sealed class RealtimeUsageTests
{
    [Fact]
    public void TryRead_AudioAndTextPartlyCached_GivesDisjointBuckets()
    {
        // https://community.openai.com/t/help-me-understand-the-realtime-usage-block/1060242
        var json = """{"total_tokens":821,"input_tokens":789,"output_tokens":32,"input_token_details":{"text_tokens":313,"audio_tokens":476,"cached_tokens":640,"cached_tokens_details":{"text_tokens":256,"audio_tokens":384}},"output_token_details":{"text_tokens":9,"audio_tokens":23}}"""u8;

        RealtimeUsage.TryRead(json, out var usage).ShouldBeTrue();

        usage.ShouldBe(new TokenUsage(57, 640, 0, 0, 9, 0) { AudioInput = 92, AudioOutput = 23 });
        usage.Total.ShouldBe(821);
    }

    [Fact]
    public void TryRead_CachedWithoutItsKinds_CountsNoTokenTwice()
    {
        RealtimeUsage.TryRead("""{"input_tokens":100,"output_tokens":5,"input_token_details":{"audio_tokens":80,"cached_tokens":60}}"""u8, out var usage).ShouldBeTrue();

        usage.TotalInput.ShouldBe(100);
        usage.CacheRead.ShouldBe(60);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"type":"duration","seconds":3.5}""")]
    public void TryRead_NoCounts_IsFalse(string json) => RealtimeUsage.TryRead(Encoding.UTF8.GetBytes(json), out _).ShouldBeFalse();

    [Fact]
    public void TryReadSeconds_TranscriptByLength_ReadsThem()
    {
        RealtimeUsage.TryReadSeconds("""{"type":"duration","seconds":3.5}"""u8, out var seconds).ShouldBeTrue();
        seconds.ShouldBe(3.5m);
        RealtimeUsage.TryReadSeconds("""{"type":"duration","seconds":-1}"""u8, out _).ShouldBeFalse();
    }
}
