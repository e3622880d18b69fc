using System.Text;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Golden;

namespace Sluice.Protocol.Tests;

public class ResponseTapTests
{
    private readonly ResponseTap _tap = new();

    public static TheoryData<GoldenAnswer> Answers => GoldenAnswers.Data;

    [Theory]
    [MemberData(nameof(Answers))]
    public void Read_GoldenAnswerAtOnce_LearnsWhatItSays(GoldenAnswer answer) =>
        Learn(answer, [answer.Bytes]).ShouldBe(answer.Expected);

    [Theory]
    [MemberData(nameof(Answers))]
    public void Read_GoldenAnswerInTwoPieces_LearnsTheSameAtEverySplit(GoldenAnswer answer)
    {
        for (var split = 0; split <= answer.Bytes.Length; split++)
        {
            Learn(answer, [answer.Bytes[..split], answer.Bytes[split..]])
                .ShouldBe(answer.Expected, $"split at {split}");
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Read_GoldenAnswerInManyPieces_LearnsTheSame(GoldenAnswer answer)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            Learn(answer, Pieces.Random(answer.Bytes, new Random(seed), seed % 4 == 0 ? 3 : 200))
                .ShouldBe(answer.Expected, $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Read_GoldenAnswerByteByByte_LearnsTheSame(GoldenAnswer answer) =>
        Learn(answer, answer.Bytes.Select(one => new[] { one })).ShouldBe(answer.Expected);

    [Theory]
    [MemberData(nameof(Answers))]
    public void Read_GoldenAnswerAfterWarmUp_AllocatesNothing(GoldenAnswer answer)
    {
        var whole = answer.Bytes;
        var allocated = Allocation.Of(() =>
        {
            _tap.Start(answer.Operation, answer.Framing);
            _tap.Read(whole);
            _tap.Complete();
        });

        // An error's code becomes a string.
        allocated.ShouldBeLessThanOrEqualTo(answer.Expected.HasError ? 128 : 0);
    }

    [Fact]
    public void Read_ChatStreamInPieces_AllocatesNothing()
    {
        var answer = GoldenAnswers.All.Single(one => one.File == "chat.sse");
        var pieces = Pieces.Random(answer.Bytes, new Random(1), 100).ToArray();

        Allocation.Of(() =>
        {
            _tap.Start(answer.Operation, answer.Framing);
            foreach (var piece in pieces)
            {
                _tap.Read(piece);
            }

            _tap.Complete();
        }).ShouldBe(0);
    }

    [Fact]
    public void Read_EventCutInTheMiddle_StandsAtNoBoundary()
    {
        _tap.Start(Operation.Chat, ResponseFraming.Sse);

        _tap.AtEventBoundary.ShouldBeTrue();
        _tap.Read("data: {}\n"u8);
        _tap.AtEventBoundary.ShouldBeFalse();
        _tap.Read("\n"u8);
        _tap.AtEventBoundary.ShouldBeTrue();
        _tap.Read(": comment\n"u8);
        _tap.AtEventBoundary.ShouldBeTrue();
        _tap.Read("d"u8);
        _tap.AtEventBoundary.ShouldBeFalse();
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("\n", true)]
    [InlineData("[", false)]
    [InlineData("[{\"a\":[1]", false)]
    [InlineData("[{\"a\":[1]}", true)]
    [InlineData("[{\"a\":[1]}\n", true)]
    [InlineData("[{\"a\":[1]}\n,", false)]
    [InlineData("[{},{}", true)]
    [InlineData("[{}]", false)]
    public void AtEventBoundary_InAJsonArray_IsBetweenAnElementAndItsComma(string sent, bool expected)
    {
        _tap.Start(Operation.StreamGenerateContent, ResponseFraming.JsonArray);

        _tap.Read(Encoding.UTF8.GetBytes(sent));

        _tap.AtEventBoundary.ShouldBe(expected);
    }

    [Fact]
    public void Complete_LastEventWithoutItsEmptyLine_IsLookedAt()
    {
        _tap.Start(Operation.Chat, ResponseFraming.Sse);
        _tap.Read("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}"u8);
        _tap.HasUsage.ShouldBeFalse();

        _tap.Complete();

        _tap.Usage.ShouldBe(new TokenUsage(1, 0, 0, 0, 2, 0));
    }

    [Fact]
    public void Complete_UsageCutInTheMiddleOfANumber_IsNotBelieved()
    {
        _tap.Start(Operation.Chat, ResponseFraming.Sse);
        _tap.Read("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":2"u8);

        _tap.Complete();

        _tap.HasUsage.ShouldBeFalse();
    }

    [Fact]
    public void Start_AfterAnotherAnswer_ForgetsIt()
    {
        var first = GoldenAnswers.All.Single(one => one.File == "messages-error.sse");
        Learn(first, [first.Bytes[..^40]]);

        foreach (var answer in GoldenAnswers.All)
        {
            Learn(answer, [answer.Bytes]).ShouldBe(answer.Expected, answer.File);
        }
    }

    [Fact]
    public void Read_UsageInsideModelWrittenArguments_IsNotTheUsage()
    {
        _tap.Start(Operation.GenerateContent, ResponseFraming.Json);
        _tap.Read("""{"candidates":[{"content":{"parts":[{"functionCall":{"args":{"usageMetadata":{"promptTokenCount":5}}}}]}}]}"""u8);

        _tap.HasUsage.ShouldBeFalse();
        _tap.Ended.ShouldBeTrue();
    }

    [Fact]
    public void Read_UsageValueOverTheLimit_IsPassedOver()
    {
        _tap.Start(Operation.Chat, ResponseFraming.Json);
        var padding = new string('x', 70_000);
        foreach (var piece in Pieces.Random(Encoding.UTF8.GetBytes($$"""{"usage":{"prompt_tokens":5,"note":"{{padding}}"},"id":1}"""), new Random(3), 5000))
        {
            _tap.Read(piece);
        }

        _tap.HasUsage.ShouldBeFalse();
        _tap.Ended.ShouldBeTrue();
    }

    [Theory]
    [InlineData("responses.sse")]
    [InlineData("gemini.sse")]
    [InlineData("chat.sse")]
    public void Read_EventWithAnImage_StillGivesItsUsage(string file)
    {
        var answer = GoldenAnswers.All.Single(one => one.File == file);
        var text = Encoding.UTF8.GetString(answer.Bytes);
        var last = text.LastIndexOf("data: {", StringComparison.Ordinal) + "data: {".Length;
        var image = $"\"text_of_image\":\"{new string('A', 3_000_000)}\\\"\",";
        var bytes = Encoding.UTF8.GetBytes(file == "responses.sse"
            ? text.Insert(text.LastIndexOf("\"output\":[", StringComparison.Ordinal), image)
            : text.Insert(last, image));
        foreach (var piece in new[] { 1000, 65_536, bytes.Length })
        {
            var learnt = Learn(answer, bytes.Chunk(piece));

            learnt.ShouldBe(answer.Expected with { OutputTextBytes = learnt.OutputTextBytes });
            _tap.Oversized.ShouldBeTrue();
        }
    }

    [Fact]
    public void Read_MutatedAnswers_NeverThrow()
    {
        var random = new Random(20261121);
        for (var i = 0; i < 30_000; i++)
        {
            var answer = GoldenAnswers.All[random.Next(GoldenAnswers.All.Count)];
            var bytes = Mutation.Of(answer.Bytes.AsSpan(0, Math.Min(answer.Bytes.Length, 1500)), random);

            var learnt = Learn(answer, Pieces.Random(bytes, random, 400));

            learnt.Usage.ShouldSatisfyAllConditions(
                usage => usage.Input.ShouldBeGreaterThanOrEqualTo(0),
                usage => usage.CacheRead.ShouldBeGreaterThanOrEqualTo(0),
                usage => usage.CacheWrite5m.ShouldBeGreaterThanOrEqualTo(0),
                usage => usage.CacheWrite1h.ShouldBeGreaterThanOrEqualTo(0),
                usage => usage.Reasoning.ShouldBeInRange(0, usage.Output));
        }
    }

    private Learnt Learn(GoldenAnswer answer, IEnumerable<byte[]> pieces)
    {
        _tap.Start(answer.Operation, answer.Framing);
        foreach (var piece in pieces)
        {
            _tap.Read(piece);
        }

        _tap.Complete();
        return Learnt.From(_tap);
    }

    [Fact]
    public void Read_ServiceTierBesideTheUsage_IsPartOfIt()
    {
        TierOf(Operation.Chat, ResponseFraming.Sse, "data: {\"service_tier\":\"flex\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n").ShouldBe(ServiceTier.Flex);
        TierOf(Operation.Responses, ResponseFraming.Sse, "event: response.completed\ndata: {\"response\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":2},\"service_tier\":\"priority\"}}\n\n").ShouldBe(ServiceTier.Priority);
        TierOf(Operation.Chat, ResponseFraming.Json, """{"choices":[{"message":{"content":"\"service_tier\":\"flex\""}}],"usage":{"prompt_tokens":1},"service_tier" : "priority" }""").ShouldBe(ServiceTier.Priority);
        TierOf(Operation.Chat, ResponseFraming.Json, """{"nested":{"service_tier":"priority"},"usage":{"prompt_tokens":1},"service_tier":null}""").ShouldBe(ServiceTier.Standard);
        TierOf(Operation.Chat, ResponseFraming.Json, """{"service_tier":"default","usage":{"prompt_tokens":1}}""").ShouldBe(ServiceTier.Standard);
    }

    private static ServiceTier TierOf(Operation operation, ResponseFraming framing, string answer)
    {
        var whole = new ResponseTap();
        whole.Start(operation, framing);
        whole.Read(Encoding.UTF8.GetBytes(answer));
        var byByte = new ResponseTap();
        byByte.Start(operation, framing);
        foreach (var one in Encoding.UTF8.GetBytes(answer))
        {
            byByte.Read([one]);
        }

        whole.HasUsage.ShouldBeTrue();
        byByte.Usage.ShouldBe(whole.Usage);
        return whole.Usage.Tier;
    }
}
