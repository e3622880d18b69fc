using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Canonical;

public class WholeAnswerTests
{
    private readonly List<string> _repairs = [];

    [Fact]
    public void Repair_NoCalls_IsTheSameAnswer()
    {
        var answer = Answer(FinishReason.Stop, new TextBlock("hi"));

        WholeAnswer.Repair(answer, _repairs, out var error).ShouldBeSameAs(answer);

        error.ShouldBeNull();
        _repairs.ShouldBeEmpty();
    }

    [Fact]
    public void Repair_IdsAndArgumentsThatAreMissing_AreMade()
    {
        var answer = Answer(FinishReason.ToolCalls, Call("", "{}"), Call("x", " "), Call("x", "{\"a\":1}"));

        var repaired = WholeAnswer.Repair(answer, _repairs, out var error);

        error.ShouldBeNull();
        var calls = repaired.Choices[0].Content.Cast<ToolCallBlock>().ToList();
        calls.Select(call => call.CallId).Distinct().Count().ShouldBe(3);
        calls.ShouldAllBe(call => call.CallId.Length > 0);
        calls.Select(call => call.Arguments.ToString()).ShouldBe(["{}", "{}", "{\"a\":1}"]);
        _repairs.ShouldBe([AnswerRepairs.CallIdMissing, AnswerRepairs.ArgumentsMissing, AnswerRepairs.CallIdRepeated]);
    }

    [Theory]
    [InlineData(FinishReason.ToolCalls, true)]
    [InlineData(FinishReason.Stop, true)]
    [InlineData(FinishReason.Length, false)]
    public void Repair_ArgumentsThatNeverParse_FailUnlessTheAnswerWasCut(FinishReason reason, bool fails)
    {
        WholeAnswer.Repair(Answer(reason, Call("x", "{\"a\":")), _repairs, out var error);

        error?.Code.ShouldBe(TranslationErrors.InvalidUpstreamAnswer);
        (error is not null).ShouldBe(fails);
    }

    [Fact]
    public void Repair_FreeTextOfACustomTool_IsNoJsonAndNeedsToBeNone()
    {
        WholeAnswer.Repair(Answer(FinishReason.ToolCalls, Call("x", "select 1") with { Kind = ToolCallKind.Custom }), _repairs, out var error);

        error.ShouldBeNull();
        _repairs.ShouldBeEmpty();
    }

    private static ToolCallBlock Call(string id, string arguments) => new(id, "f", RawJson.Of(arguments));

    private static ChatResponse Answer(FinishReason reason, params ContentBlock[] content) =>
        new() { Id = "r", Choices = [new ChatChoice(0, content, new Finish(reason))] };
}
