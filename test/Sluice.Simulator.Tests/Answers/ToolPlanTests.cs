using System.Text.Json;
using Sluice.Simulator.Answers;

namespace Sluice.Simulator.Tests.Answers;

public sealed class ToolPlanTests
{
    private static readonly OfferedTool[] Tools = [new("get_weather", default), new("get_time", default), new("get", default)];

    [Theory]
    [InlineData("What is up?", "")]
    [InlineData("Please use a tool", "get_weather")]
    [InlineData("stool and toolbox", "")]
    [InlineData("call GET_TIME now", "get_time")]
    [InlineData("get_time and get_weather and get_time", "get_time,get_weather")]
    [InlineData("get_times", "")]
    [InlineData("use the tool get_weather", "get_weather")]
    [InlineData("use the tool `get`.", "get")]
    [InlineData("get_time, then get_weather", "get_time")]
    [InlineData("first authenticate get_time", "get_time")]
    public void CallsNow_UserText_NamesTheTools(string text, string expected) =>
        string.Join(',', ToolPlan.CallsNow(Prompt(text)).Select(call => call.Tool.Name)).ShouldBe(expected);

    [Fact]
    public void CallsNow_ArgumentsInTheText_AreTakenAsTheyStand()
    {
        var call = ToolPlan.CallsNow(Prompt("use the tool get_time { \"then\": 12345678901234567890, \"z\": \"é}\" } and answer"))[0];

        call.Arguments.ShouldBe("{ \"then\": 12345678901234567890, \"z\": \"é}\" }");
    }

    [Fact]
    public void CallsNow_SecondRound_TakesTheNextStep()
    {
        var prompt = Prompt("get_time then get_weather");
        prompt.Conversation.ModelCallsTools();
        prompt.Conversation.ToolAnswers("noon");
        ToolPlan.CallsNow(prompt)[0].Tool.Name.ShouldBe("get_weather");

        prompt.Conversation.ModelCallsTools();
        ToolPlan.CallsNow(prompt).ShouldBeEmpty();
    }

    [Fact]
    public void CallsNow_NoParallelCalls_TakesOne() =>
        ToolPlan.CallsNow(Prompt("get_time and get_weather") with { ParallelCalls = false }).Count.ShouldBe(1);

    [Fact]
    public void CallsNow_ModeNever_CallsNothing() =>
        ToolPlan.CallsNow(Prompt("use the tool get_time") with { ToolMode = ToolMode.Never }).ShouldBeEmpty();

    [Fact]
    public void CallsNow_ModeAlways_CallsTheAllowedTool() =>
        ToolPlan.CallsNow(Prompt("hello") with { ToolMode = ToolMode.Always, AllowedTools = ["get_time"] })[0].Tool.Name.ShouldBe("get_time");

    [Theory]
    [InlineData("read get_time with a tool", 0)]
    [InlineData("use the tool get_time", 1)]
    public void CallsNow_RequestOfACodingAgent_NeedsTheExplicitForm(string text, int calls)
    {
        var many = Tools.Concat(Enumerable.Range(0, 10).Select(i => new OfferedTool($"other{i}", default))).ToList();
        ToolPlan.CallsNow(Prompt(text) with { Tools = many }).Count.ShouldBe(calls);

        var instructed = Prompt(text);
        instructed.Conversation.Instructs(new string('x', 10_000));
        ToolPlan.CallsNow(instructed).Count.ShouldBe(calls);
    }

    private static Prompt Prompt(string text)
    {
        var conversation = new Conversation();
        conversation.UserSays([text]);
        return new Prompt { Model = "sim-small", Seed = 1, Conversation = conversation, Tools = Tools, Schema = default(JsonElement) };
    }
}
