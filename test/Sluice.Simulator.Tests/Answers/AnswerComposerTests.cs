using Sluice.Simulator.Answers;

namespace Sluice.Simulator.Tests.Answers;

public sealed class AnswerComposerTests
{
    [Fact]
    public void Compose_SameSeed_SaysTheSame() => AnswerComposer.Compose(Prompt()).Text.ShouldBe(AnswerComposer.Compose(Prompt()).Text);

    [Fact]
    public void Compose_OtherSeeds_SayDifferentThings() =>
        Enumerable.Range(0, 20).Select(seed => AnswerComposer.Compose(Prompt() with { Seed = (ulong)seed }).Text).Distinct().Count().ShouldBeGreaterThan(5);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Compose_MaxTokens_CutsThere(int most)
    {
        var answer = AnswerComposer.Compose(Prompt() with { MaxTokens = most });

        answer.Finish.ShouldBe(FinishReason.Length);
        answer.OutputTokens.ShouldBe(most);
    }

    [Fact]
    public void Compose_MaxTokensWithReasoning_BoundsBothTogether()
    {
        var answer = AnswerComposer.Compose(Prompt() with { MaxTokens = 20, Reasons = true });

        answer.OutputTokens.ShouldBe(20);
        answer.ReasoningTokens.ShouldBe(10);
    }

    [Fact]
    public void Compose_StopSequences_CutsBeforeTheFirst()
    {
        var whole = AnswerComposer.Compose(Prompt()).Text;

        var answer = AnswerComposer.Compose(Prompt() with { Stop = ["simulated", "heron", "absent"] });

        answer.Text.ShouldBe(whole[..whole.IndexOf("heron", StringComparison.Ordinal)]);
        answer.Finish.ShouldBe(FinishReason.StopSequence);
        answer.StopSequence.ShouldBe("heron");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1_000)]
    public void Compose_TextTokens_SaysExactlySoMuch(int tokens)
    {
        var answer = AnswerComposer.Compose(Prompt() with { TextTokens = tokens });

        answer.OutputTokens.ShouldBe(tokens);
        answer.Finish.ShouldBe(FinishReason.Stop);
    }

    [Fact]
    public void Compose_CallLongerThanTheLimit_SendsNoHalfCall()
    {
        var prompt = Prompt() with { ToolMode = ToolMode.Always, Tools = [new OfferedTool("get_weather", default)], MaxTokens = 2 };

        var answer = AnswerComposer.Compose(prompt);

        answer.Calls.ShouldBeEmpty();
        answer.Finish.ShouldBe(FinishReason.Length);
    }

    private static Prompt Prompt()
    {
        var conversation = new Conversation();
        conversation.UserSays(["Tell me about the heron"]);
        return new Prompt { Model = "sim-small", Seed = 1, Conversation = conversation };
    }
}
