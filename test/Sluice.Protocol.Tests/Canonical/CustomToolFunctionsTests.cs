using Sluice.Protocol.Canonical;
using Sluice.Protocol.Tests.Translation;

namespace Sluice.Protocol.Tests.Canonical;

public class CustomToolFunctionsTests
{
    private const string Patch = "*** Begin Patch\n\"größe\" \\ 😀\n";

    private readonly ChatRequest _request = Wire.Request(Wire.Chat, """
        {"model":"m","tools":[{"type":"custom","custom":{"name":"apply_patch","description":"d","format":{"type":"text"}}}],
         "tool_choice":{"type":"custom","custom":{"name":"apply_patch"}},
         "messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{"name":"apply_patch","input":"a\"b"}}]},
                     {"role":"tool","tool_call_id":"c","content":"done"}]}
        """);

    [Fact]
    public void Request_UpstreamWithoutCustomTools_GetsAFunctionWithOneText()
    {
        var context = Wire.To(Wire.Anthropic, Wire.Chat);

        var written = Wire.Write(Wire.Anthropic, new CustomToolFunctions(_request, Wire.Anthropic.Fields).Request, context);

        written["tools"]![0]!["input_schema"]!["required"]![0]!.GetValue<string>().ShouldBe("input");
        written["tool_choice"]!["name"]!.GetValue<string>().ShouldBe("apply_patch");
        written["messages"]![0]!["content"]![0]!["input"]!["input"]!.GetValue<string>().ShouldBe("a\"b");
        context.Report.Header.ShouldBeNull();
    }

    [Fact]
    public void Request_UpstreamWithCustomTools_IsLeftAlone() =>
        new CustomToolFunctions(_request, Wire.Chat.Fields).Request.ShouldBeSameAs(_request);

    [Fact]
    public void Restore_Answer_IsFreeTextAgain()
    {
        var call = new ToolCallBlock("c", "apply_patch", RawJson.Of($$"""{"input":{{System.Text.Json.JsonSerializer.Serialize(Patch)}}}"""));
        var response = new ChatResponse { Choices = [new ChatChoice(0, [call], new Finish(FinishReason.ToolCalls))] };
        var sut = new CustomToolFunctions(_request, Wire.Anthropic.Fields);

        Restored(sut.Restore(response)).ShouldBe(Patch);
        Restored(Wire.Assemble(ResponseEvents.Of(response).SelectMany(next => Restored(sut, next)))).ShouldBe(Patch);
    }

    [Theory]
    [InlineData("{\"input\":")]
    [InlineData("{\"other\":1}")]
    [InlineData("[1]")]
    public void Restore_ArgumentsOfAnotherForm_AreTakenAsTheyAre(string arguments)
    {
        var response = new ChatResponse { Choices = [new ChatChoice(0, [new ToolCallBlock("c", "apply_patch", RawJson.Of(arguments))], new Finish(FinishReason.ToolCalls))] };

        Restored(new CustomToolFunctions(_request, Wire.Anthropic.Fields).Restore(response)).ShouldBe(arguments);
    }

    private static string Restored(ChatResponse response)
    {
        var call = response.Choices[0].Content[0].ShouldBeOfType<ToolCallBlock>();
        call.Kind.ShouldBe(ToolCallKind.Custom);
        return call.Arguments.ToString();
    }

    private static List<StreamEvent> Restored(CustomToolFunctions sut, StreamEvent next)
    {
        var restored = new List<StreamEvent>();
        sut.Restore(next, restored);
        return restored;
    }
}
