namespace Sluice.Simulator.Tests.OpenAI;

public sealed class ChatCompletionsTests(SimulatorFixture simulator) : IClassFixture<SimulatorFixture>
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task Post_PlainText_AnswersWithTheLastWords()
    {
        var answer = await simulator.PostJsonAsync(Path, """{"model":"sim-small","messages":[{"role":"user","content":"What about the green heron?"}]}""");

        answer.GetProperty("object").GetString().ShouldBe("chat.completion");
        answer.GetProperty("id").GetString()!.ShouldStartWith("chatcmpl-");
        var choice = answer.GetProperty("choices")[0];
        choice.GetProperty("finish_reason").GetString().ShouldBe("stop");
        choice.GetProperty("message").GetProperty("content").GetString()!.ShouldContain("green heron?");
    }
}
