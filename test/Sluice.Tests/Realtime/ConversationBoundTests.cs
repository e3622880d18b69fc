using System.Text;
using Sluice.Pricing;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.OpenAIRealtime;
using Sluice.Providers;
using Sluice.Realtime;

namespace Sluice.Tests.Realtime;

public sealed class ConversationBoundTests
{
    private static readonly PriceList Price = PriceList.From(
        new ModelPrice { Input = 4, Output = 16, CacheRead = 0.4m, AudioInput = 32, AudioOutput = 64, ImageInput = 5 })!;

    private static readonly ModelInfo Model = new("m") { ContextTokens = 32_000, MaxOutputTokens = 4_096 };

    private readonly ConversationBound _bound = new();

    [Fact]
    public void Cost_OfAnyResponseWithinTheBound_IsNotAboveIt()
    {
        var random = new Random(11);
        for (var i = 0; i < 2_000; i++)
        {
            Add($$"""{"type":"conversation.item.create","x":"{{new string('a', random.Next(200))}}"}""");
            var input = Math.Min(_bound.Tokens, 32_000);
            var (audio, cached) = (random.NextInt64(input / 2), random.NextInt64(input / 2));
            var spoken = random.NextInt64(4_096);
            var used = new TokenUsage(input - audio - cached, cached, 0, 0, 4_096 - spoken, 0) { AudioInput = audio, AudioOutput = spoken };

            _bound.Cost(Model, Price, 0).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(Price.Cost(in used)!.Value);
        }
    }

    [Fact]
    public void Add_Audio_CountsItsLengthAndNotItsBytes()
    {
        var before = _bound.Tokens;

        // Ten seconds of PCM at 24 kHz: 100 tokens.
        Add($$"""{"type":"input_audio_buffer.append","audio":"{{new string('A', 640_000)}}"}""");

        (_bound.Tokens - before).ShouldBeInRange(100, 1_000);
    }

    [Theory]
    [InlineData("""{"type":"conversation.item.create","item":{"content":[{"type":"input_image","image_url":"https://x/y"}]}}""")]
    [InlineData("""{"type":"session.update","session":{"tools":[{"type":"mcp"}]}}""")]
    public void Add_WhatStandsElsewhere_IsAssumed(string text)
    {
        Add(text);

        _bound.Tokens.ShouldBeGreaterThan(50_000);
    }

    [Fact]
    public void Cost_WithoutAPriceOfOutput_IsUnknown()
        => _bound.Cost(Model, PriceList.From(new ModelPrice { Input = 1 })!, 0).ShouldBeNull();

    private void Add(string text)
    {
        var json = Encoding.UTF8.GetBytes(text);
        RealtimeEventReader.Read(json, 128, out var read).ShouldBeNull();
        _bound.Add(in read, json);
    }
}
