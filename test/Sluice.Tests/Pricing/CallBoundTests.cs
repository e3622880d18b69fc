using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Pricing;
using Sluice.Protocol;
using Sluice.Protocol.Canonical;
using Sluice.Providers;
using Config = FsCheck.Config;

namespace Sluice.Tests.Pricing;

public class CallBoundTests
{
    private static readonly ModelInfo Known = new("m") { ContextTokens = 200_000, MaxOutputTokens = 8_000 };
    private static readonly ModelPrice Price = new() { Input = 1, Output = 10, CacheRead = 0.1m, CacheWrite5m = 1.25m, CacheWrite1h = 2 };

    [Fact]
    public void Of_PlainChat_IsItsBytesAndItsOwnBound()
    {
        const string Body = """{"model":"m","max_tokens":100,"n":3,"messages":[{"role":"user","content":"hello"}]}""";

        var bound = Of(Body, Operation.Chat);

        (bound.InputTokens, bound.OutputTokens, bound.OutputBounded).ShouldBe((Body.Length + CallBound.CallOverhead, 300, true));

        // OpenAI's dialect writes to the cache unasked: $1.25 per million is the dearest that input can cost.
        bound.NanoUsd.ShouldBe(((Body.Length + 64) * 1_250) + (300 * 10_000));
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[]}""", 8_000)]
    [InlineData("""{"model":"m","messages":[],"max_tokens":null}""", 8_000)]
    [InlineData("""{"model":"m","messages":[],"max_tokens":-1}""", 8_000)]
    [InlineData("""{"model":"m","messages":[],"max_tokens":-9223372036854775808}""", 8_000)]
    [InlineData("""{"model":"m","messages":[],"max_tokens":0}""", 8_000)]
    [InlineData("""{"model":"m","messages":[],"max_tokens":1e400}""", 8_000)]
    [InlineData("""{"model":"m","messages":[],"max_tokens":999999999999999999999999}""", 8_000)]
    [InlineData("""{"model":"m","messages":[],"max_tokens":10}""", 10)]
    [InlineData("""{"model":"m","messages":[],"max_tokens":50,"max_completion_tokens":10}""", 50)]
    [InlineData("""{"model":"m","messages":[],"max_tokens":10,"n":0}""", 10)]
    [InlineData("""{"model":"m","messages":[],"max_tokens":10,"n":-5}""", 10)]
    public void Of_AnyBoundOfTheOutput_IsNeverAboveTheModelsNorBelowZero(string body, long output) => Of(body, Operation.Chat).OutputTokens.ShouldBe(output);

    [Fact]
    public void Of_ChoicesBeyondReason_SaturatesAndIsRefused()
    {
        var body = """{"model":"m","messages":[],"max_tokens":9223372036854775807,"n":1000000000}"""u8;
        RequestPeeker.Peek(body, Operation.Chat, 64, out var peek).ShouldBeNull();

        var bound = CallBound.Of(in peek, body, Operation.Chat, null, PriceList.From(Price)!);

        (bound.OutputTokens, bound.NanoUsd).ShouldBe((long.MaxValue, long.MaxValue));
        var error = CallBound.Refuse(in peek).ShouldNotBeNull();
        (error.Status, error.Code).ShouldBe((400, "too_many_choices"));
        CallBound.Refuse(new RequestPeek { Choices = 128 }).ShouldBeNull();
    }

    [Fact]
    public void Of_NothingBoundsTheOutput_SaysSo()
    {
        var bound = Of("""{"model":"m","messages":[]}""", Operation.Chat, new ModelInfo("m"));

        (bound.OutputBounded, bound.OutputTokens).ShouldBe((false, CallBound.UnboundedOutput));
        Of("""{"model":"m","messages":[]}""", Operation.Chat, new ModelInfo("m") { ContextTokens = 5_000 }).OutputTokens.ShouldBe(5_000);
    }

    [Fact]
    public void Of_ContentFromElsewhere_IsTheContextWindow()
    {
        const string Body = """{"model":"m","max_output_tokens":1,"previous_response_id":"r"}""";

        Of(Body, Operation.Responses).InputTokens.ShouldBe(200_000);
        Of(Body, Operation.Responses, new ModelInfo("m")).InputTokens.ShouldBe(Body.Length + CallBound.CallOverhead + CallBound.OutsideTokens);
    }

    [Fact]
    public void Of_BodyAboveTheWindow_IsTheWindow() =>
        Of($$"""{"model":"m","messages":[{"role":"user","content":"{{new string('x', 300_000)}}"}]}""", Operation.Chat).InputTokens.ShouldBe(200_000);

    [Fact]
    public void Of_InlineImage_CountsAsAnImageAndNotAsItsBytes()
    {
        var data = "iVBORw0KGgo" + new string('A', 150_000);

        var bound = Of($$$"""{"model":"m","max_tokens":1,"messages":[{"content":[{"type":"image","source":{"media_type":"image/png","data":"{{{data}}}"}}]}]}""", Operation.Messages);

        bound.InputTokens.ShouldBeInRange(CallBound.ImageTokens, CallBound.ImageTokens + 500);
    }

    [Theory]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[]}""", 1_000)]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[],"system":[{"cache_control":{"type":"ephemeral"}}]}""", 1_250)]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[],"system":[{"cache_control":{"type":"ephemeral","ttl":"1h"}}]}""", 2_000)]
    public void Of_CacheMarks_DecideWhatInputMayCost(string body, long nanoPerToken) =>
        Of(body, Operation.Messages).NanoUsd.ShouldBe(((body.Length + CallBound.CallOverhead) * nanoPerToken) + 10_000);

    [Fact]
    public void Of_TierThatTheVendorMayChoose_IsReservedUnlessTheRequestRulesItOut()
    {
        var price = Price with { Priority = new TierPrice { Input = 3, Output = 30 } };

        var open = Of("""{"model":"m","max_tokens":1000,"messages":[]}""", Operation.Chat, Known, price);
        var pinned = Of("""{"model":"m","max_tokens":1000,"messages":[],"service_tier":"flex"}""", Operation.Chat, Known, price);

        open.NanoUsd!.Value.ShouldBeGreaterThan(30_000_000);
        pinned.NanoUsd!.Value.ShouldBeLessThan(10_300_000);
    }

    [Fact]
    public void Of_EmbeddingsAndFreeOperations_HaveNoOutput()
    {
        Of("""{"model":"m","input":"x"}""", Operation.Embeddings).OutputTokens.ShouldBe(0);
        Of("""{"model":"m","input":"x"}""", Operation.Moderations).ShouldBe(new CallBound(0, 0, 0, true));
    }

    [Fact]
    public void Of_UnpricedBucket_HasNoCost()
    {
        Of("""{"model":"m","messages":[]}""", Operation.Chat, Known, new ModelPrice { Input = 1 }).NanoUsd.ShouldBeNull();
        Of("""{"model":"m","messages":[]}""", Operation.Chat, Known, new ModelPrice { Image = 1 }).NanoUsd.ShouldBeNull();
        Of("""{"model":"m","input":"x"}""", Operation.Embeddings, Known, new ModelPrice { Input = 1 }).NanoUsd.ShouldNotBeNull();
    }

    [Fact]
    public void Of_AnyCallWithinTheBound_CostsNoMoreThanReserved() =>
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<NonNegativeInt, NonNegativeInt, NonNegativeInt>((a, b, c) =>
        {
            var price = PriceList.From(new ModelPrice
            {
                Input = a.Get % 97 / 10m,
                Output = b.Get % 97 / 10m,
                CacheRead = c.Get % 13 / 10m,
                CacheWrite5m = a.Get % 31 / 10m,
                Reasoning = c.Get % 97 / 10m,
                Request = b.Get % 5 / 1000m,
                LongContext = new LongContextPrice { AboveInputTokens = a.Get % 200, Input = b.Get % 50 / 10m, Output = c.Get % 200 / 10m },
                Priority = new TierPrice { Input = c.Get % 41 / 10m },
            })!;
            var body = Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":{{1 + (c.Get % 5000)}},"messages":[{"role":"user","content":"{{new string('x', b.Get % 300)}}"}]}""");
            RequestPeeker.Peek(body, Operation.Chat, 64, out var peek);
            var bound = CallBound.Of(in peek, body, Operation.Chat, Known, price);
            var input = bound.InputTokens * (a.Get % 11) / 10;
            var used = new TokenUsage(input * (b.Get % 3) / 2 % (input + 1), 0, 0, 0, bound.OutputTokens, bound.OutputTokens * (a.Get % 3) / 2 % (bound.OutputTokens + 1))
            {
                Tier = c.Get % 2 == 0 ? ServiceTier.Standard : ServiceTier.Priority,
            };
            used = used with { CacheRead = (input - used.Input) / 2, CacheWrite5m = input - used.Input - ((input - used.Input) / 2) };
            return !bound.IsExceededBy(in used) && price.Cost(in used) <= bound.NanoUsd;
        }));

    [Fact]
    public void IsExceededBy_MoreThanReserved_IsTrue()
    {
        var bound = new CallBound(10, 5, 1, true);

        bound.IsExceededBy(new TokenUsage(6, 4, 0, 0, 5, 0)).ShouldBeFalse();
        bound.IsExceededBy(new TokenUsage(6, 4, 0, 0, 5, 0) { AudioInput = 1 }).ShouldBeTrue();
        bound.IsExceededBy(new TokenUsage(6, 4, 0, 0, 6, 0)).ShouldBeTrue();
    }

    private static CallBound Of(string json, Operation operation, ModelInfo? model = null, ModelPrice? price = null)
    {
        var body = Encoding.UTF8.GetBytes(json);
        RequestPeeker.Peek(body, operation, 64, out var peek).ShouldBeNull();
        return CallBound.Of(in peek, body, operation, model ?? Known, PriceList.From(price ?? Price).ShouldNotBeNull());
    }
}
