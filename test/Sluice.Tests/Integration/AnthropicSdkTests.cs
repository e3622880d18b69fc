using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;

namespace Sluice.Tests.Integration;

/// <summary>Anthropic's own .NET SDK, unmodified, against the simulator behind the gateway.</summary>
public sealed class AnthropicSdkTests(SimulatorFixture gateway) : IClassFixture<SimulatorFixture>
{
    [Fact]
    public async Task Create_Simulated_AnswersWithUsage()
    {
        var message = await Client().Messages.Create(Ask());

        TextOf(message).ShouldNotBeEmpty();
        message.Usage.OutputTokens.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task CreateStreaming_Simulated_StreamsTheSameText()
    {
        var whole = TextOf(await Client().Messages.Create(Ask()));
        var text = "";

        await foreach (var e in Client().Messages.CreateStreaming(Ask()))
        {
            if (e.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece))
            {
                text += piece.Text;
            }
        }

        text.ShouldBe(whole);
    }

    [Fact]
    public async Task CountTokens_Simulated_Counts()
    {
        var count = await Client().Messages.CountTokens(new MessageCountTokensParams { Model = "sim-small", Messages = [new UserMessageParam("say hello")] });

        count.InputTokens.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("sk-wrong", "sim-small", typeof(AnthropicUnauthorizedException))]
    [InlineData(SimulatorFixture.Key, "no-such-model", typeof(AnthropicNotFoundException))]
    [InlineData(SimulatorFixture.NarrowKey, "sim-large", typeof(AnthropicForbiddenException))]
    public async Task Create_Refused_ThrowsTheErrorsOwnType(string key, string model, System.Type type)
    {
        var error = await Record.ExceptionAsync(() => Client(key).Messages.Create(Ask(model)));

        error.ShouldNotBeNull().ShouldBeAssignableTo(type);
    }

    private AnthropicClient Client(string key = SimulatorFixture.Key) => new() { BaseUrl = gateway.Sluice.Address.ToString().TrimEnd('/'), ApiKey = key, MaxRetries = 0 };

    private static MessageCreateParams Ask(string model = "sim-small")
        => new() { Model = model, MaxTokens = 256, Messages = [new UserMessageParam("say hello")] };

    private static string TextOf(Message message) => string.Concat(message.Content.Select(b => b.TryPickText(out var text) ? text.Text : ""));
}
