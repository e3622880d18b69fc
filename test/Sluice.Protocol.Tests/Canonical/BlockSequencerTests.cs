using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.Canonical;

public class BlockSequencerTests
{
    private readonly BlockSequencer _sut = new();

    [Fact]
    public void Add_LegalStream_PassesItOn()
    {
        StreamEvent[] stream =
        [
            new MessageStart { Id = "m" }, new BlockStart(0, 0, new TextBlock("")), new TextDelta(0, 0, "hi"), new BlockStop(0, 0),
            new ChoiceFinish(0, new Finish(FinishReason.Stop)), new UsageUpdate(default), new MessageStop(),
        ];

        Run(stream).ShouldBe(stream);
        _sut.Repairs.ShouldBeEmpty();
    }

    [Fact]
    public void Add_NoMessageStart_MakesOne() => Run(new TextDelta(0, 0, "hi"), Finish(), new MessageStop())[0].ShouldBeOfType<MessageStart>();

    [Fact]
    public void Add_SecondMessageStart_PassesItOver()
    {
        Run(new MessageStart { Id = "a" }, new MessageStart { Id = "b" }, Finish(), new MessageStop()).OfType<MessageStart>().Single().Id.ShouldBe("a");
        _sut.Repairs.Count.ShouldBe(1);
    }

    [Fact]
    public void Add_ThoughtsInsideATextBlock_GetABlockOfTheirOwn()
    {
        var events = Run(new BlockStart(0, 0, new TextBlock("")), new SummaryDelta(0, 0, 0, "hm"), Finish(), new MessageStop());

        events.OfType<BlockStart>().Select(start => start.Content.GetType()).ShouldBe([typeof(TextBlock), typeof(ReasoningBlock)]);
    }

    [Fact]
    public void Add_DeltaAfterStop_BeginsAnotherBlockOfThatKind()
    {
        var events = Run(
            new BlockStart(0, 3, new ReasoningBlock("")), new TextDelta(0, 3, "a"), new BlockStop(0, 3), new TextDelta(0, 3, "b"), Finish(), new MessageStop());

        events.OfType<BlockStart>().Select(start => (start.Block, start.Content.GetType())).ShouldBe([(0, typeof(ReasoningBlock)), (1, typeof(ReasoningBlock))]);
        events.OfType<TextDelta>().Select(delta => (delta.Block, delta.Text)).ShouldBe([(0, "a"), (1, "b")]);
    }

    [Fact]
    public void Add_InterleavedToolCalls_HoldsTheSecondUntilTheFirstParses()
    {
        var events = Run(
            Call(1, "a"), new ArgumentsDelta(0, 1, "{\"x\":"), Call(2, "b"), new ArgumentsDelta(0, 2, "{}"), new ArgumentsDelta(0, 1, "1}"),
            Finish(FinishReason.ToolCalls), new MessageStop());

        Wire.Assemble(events).Choices[0].Content.Cast<ToolCallBlock>().Select(call => call.Arguments.ToString()).ShouldBe(["{\"x\":1}", "{}"]);
    }

    [Fact]
    public void Add_CallsThatAllBeginBeforeTheirArguments_KeepThem()
    {
        var events = Run(
            Call(1, "a"), Call(2, "b"), Call(3, "c"), new ArgumentsDelta(0, 1, "{\"x\":"), new ArgumentsDelta(0, 2, "{\"y\":"), new ArgumentsDelta(0, 1, "1}"),
            new ArgumentsDelta(0, 2, "2}"), Finish(FinishReason.ToolCalls), new MessageStop());

        Wire.Assemble(events).Choices[0].Content.Cast<ToolCallBlock>().Select(call => call.Arguments.ToString()).ShouldBe(["{\"x\":1}", "{\"y\":2}", "{}"]);
    }

    [Fact]
    public void Add_ThirdCallWhileTwoWait_KeepsAllArguments()
    {
        var events = Run(
            Call(1, "a"), new ArgumentsDelta(0, 1, "["), Call(2, "b"), new ArgumentsDelta(0, 2, "[2"), Call(3, "c"), new ArgumentsDelta(0, 3, "[3]"),
            new ArgumentsDelta(0, 2, "]"), new ArgumentsDelta(0, 1, "1]"), Finish(FinishReason.ToolCalls), new MessageStop());

        Wire.Assemble(events).Choices[0].Content.Cast<ToolCallBlock>().Select(call => call.Arguments.ToString()).ShouldBe(["[1]", "[2]", "[3]"]);
    }

    [Fact]
    public void Add_CallWithoutArguments_GetsAnEmptyObject() =>
        Run(Call(0, "a"), Finish(), new MessageStop()).OfType<ArgumentsDelta>().Single().Fragment.ShouldBe("{}");

    [Fact]
    public void Add_ArgumentsThatNeverParse_EndInAFailure()
    {
        var failure = Run(Call(0, "a"), new ArgumentsDelta(0, 0, "{\"x\":"), Finish(FinishReason.ToolCalls), new MessageStop())[^1].ShouldBeOfType<StreamFailure>();

        failure.Error.Code.ShouldBe(TranslationErrors.InvalidUpstreamAnswer);
    }

    [Fact]
    public void Add_ArgumentsCutByTheLimit_AreTheClientsToSee() =>
        Run(Call(0, "a"), new ArgumentsDelta(0, 0, "{\"x\":"), Finish(FinishReason.Length), new MessageStop())[^1].ShouldBeOfType<MessageStop>();

    [Fact]
    public void Add_ArgumentsWithoutACall_EndInAFailure() =>
        Run(new ArgumentsDelta(0, 0, "{}"), Finish())[^1].ShouldBeOfType<StreamFailure>();

    [Fact]
    public void Add_DuplicateAndEmptyIds_BecomeUnique()
    {
        var events = Run(
            new BlockStart(0, 0, new ToolCallBlock("x", "f", default)), new BlockStart(0, 1, new ToolCallBlock("x", "f", default)),
            new BlockStart(0, 2, new ToolCallBlock("", "f", default)), Finish(), new MessageStop());

        events.OfType<BlockStart>().Select(start => ((ToolCallBlock)start.Content).CallId).Distinct().Count().ShouldBe(3);
    }

    [Theory]
    [InlineData(true, FinishReason.Stop, FinishReason.ToolCalls)]
    [InlineData(false, FinishReason.ToolCalls, FinishReason.Stop)]
    [InlineData(true, FinishReason.Length, FinishReason.Length)]
    [InlineData(true, FinishReason.ToolCalls, FinishReason.ToolCalls)]
    public void Add_FinishThatContradictsTheBlocks_Agrees(bool calls, FinishReason told, FinishReason expected) =>
        Run(calls ? Call(0, "a") : new TextDelta(0, 0, "x"), Finish(told), new MessageStop()).OfType<ChoiceFinish>().Single().Finish.Reason.ShouldBe(expected);

    [Fact]
    public void Complete_WithoutAnEnd_IsAFailure() =>
        Run(new MessageStart(), new TextDelta(0, 0, "x"))[^1].ShouldBeOfType<StreamFailure>().Error.Code.ShouldBe(TranslationErrors.IncompleteUpstreamAnswer);

    [Fact]
    public void Complete_FinishedButNoEndMark_Ends() => Run(new TextDelta(0, 0, "x"), Finish())[^1].ShouldBeOfType<MessageStop>();

    [Fact]
    public void Add_AnythingAfterTheEnd_IsPassedOver() =>
        Run(new MessageStart(), Finish(), new MessageStop(), new TextDelta(0, 0, "x"), new MessageStop()).OfType<TextDelta>().ShouldBeEmpty();

    [Fact]
    public void Add_AnyEvents_GivesALegalOrder()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var sut = new BlockSequencer();
            var legal = new List<StreamEvent>();
            for (var i = random.Next(1, 30); i > 0; i--)
            {
                sut.Add(Any(random), legal);
            }

            sut.Complete(legal);
            Grammar.ShouldBeLegal(legal);
        }
    }

    private static StreamEvent Any(Random random)
    {
        var (choice, block) = (random.Next(2), random.Next(4));
        return random.Next(16) switch
        {
            0 => new MessageStart(),
            1 => new BlockStart(choice, block, new TextBlock("")),
            2 => new BlockStart(choice, block, new ReasoningBlock("")),
            3 or 4 => new BlockStart(choice, block, new ToolCallBlock(random.Next(3) == 0 ? "" : "id", "f", default)),
            5 => new TextDelta(choice, block, "x"),
            6 => new ArgumentsDelta(choice, block, "{"),
            7 or 8 => new ArgumentsDelta(choice, block, "}"),
            9 => new SummaryDelta(choice, block, 0, "x"),
            10 or 11 => new BlockStop(choice, block),
            12 => new UsageUpdate(default),
            13 => new Ping(),
            14 => random.Next(3) == 0 ? new ChoiceFinish(choice, new Finish(FinishReason.Stop)) : new SignatureDelta(choice, block, new Signature(default, "s")),
            _ => random.Next(4) == 0 ? new MessageStop() : new BlockStart(choice, block, new OpaqueBlock(default, "x", RawJson.EmptyObject)),
        };
    }

    private static BlockStart Call(int block, string id) => new(0, block, new ToolCallBlock(id, "f", default));

    private static ChoiceFinish Finish(FinishReason reason = FinishReason.Stop) => new(0, new Finish(reason));

    private List<StreamEvent> Run(params StreamEvent[] stream)
    {
        var legal = new List<StreamEvent>();
        foreach (var next in stream)
        {
            _sut.Add(next, legal);
        }

        _sut.Complete(legal);
        Grammar.ShouldBeLegal(legal);
        return legal;
    }
}
