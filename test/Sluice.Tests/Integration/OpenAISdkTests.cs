using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;

namespace Sluice.Tests.Integration;

/// <summary>OpenAI's own .NET SDK, unmodified, against the simulator behind the gateway.</summary>
public sealed class OpenAISdkTests(SimulatorFixture gateway) : IClassFixture<SimulatorFixture>
{
    [Fact]
    public async Task CompleteChat_Simulated_AnswersWithUsage()
    {
        var reply = await Chat().CompleteChatAsync("say hello");

        reply.Value.Content[0].Text.ShouldNotBeEmpty();
        reply.Value.FinishReason.ShouldBe(ChatFinishReason.Stop);
        reply.Value.Usage.OutputTokenCount.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task CompleteChatStreaming_Simulated_StreamsTheSameText()
    {
        var whole = (await Chat().CompleteChatAsync("say hello")).Value.Content[0].Text;
        var text = "";
        ChatTokenUsage? usage = null;

        await foreach (var update in Chat().CompleteChatStreamingAsync("say hello"))
        {
            text += string.Concat(update.ContentUpdate.Select(c => c.Text));
            usage = update.Usage ?? usage;
        }

        text.ShouldBe(whole);
        usage.ShouldNotBeNull().OutputTokenCount.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task CompleteChat_WithATool_CallsItAndTakesTheResult()
    {
        var options = new ChatCompletionOptions
        {
            Tools = { ChatTool.CreateFunctionTool("get_weather", "The weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""")) },
        };
        List<ChatMessage> messages = [new UserChatMessage("use the tool get_weather")];

        var first = (await Chat().CompleteChatAsync(messages, options)).Value;
        first.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        var call = first.ToolCalls.Single();
        call.FunctionArguments.ToObjectFromJson<Dictionary<string, string>>()!.ShouldContainKey("city");
        messages.Add(new AssistantChatMessage(first));
        messages.Add(new ToolChatMessage(call.Id, """{"degrees":21}"""));

        (await Chat().CompleteChatAsync(messages, options)).Value.FinishReason.ShouldBe(ChatFinishReason.Stop);
    }

    [Fact]
    public async Task GenerateEmbedding_Simulated_IsDecoded()
    {
        var client = new EmbeddingClient("sim-embed", new ApiKeyCredential(SimulatorFixture.Key), Options());

        var reply = await client.GenerateEmbeddingAsync("one");

        reply.Value.ToFloats().Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task GetModels_Simulated_ListsThem()
    {
        var client = new OpenAIModelClient(new ApiKeyCredential(SimulatorFixture.Key), Options());

        var models = await client.GetModelsAsync();

        models.Value.Select(m => m.Id).ShouldContain("sim-small");
    }

    [Theory]
    [InlineData("sk-wrong", "sim-small", 401)]
    [InlineData(SimulatorFixture.Key, "no-such-model", 404)]
    [InlineData(SimulatorFixture.NarrowKey, "sim-large", 403)]
    public async Task CompleteChat_Refused_ThrowsWithTheStatus(string key, string model, int status)
    {
        var error = await Should.ThrowAsync<ClientResultException>(() => Chat(key, model).CompleteChatAsync("say hello"));

        error.Status.ShouldBe(status);
        error.Message.ShouldNotBeEmpty();
    }

    private ChatClient Chat(string key = SimulatorFixture.Key, string model = "sim-small") => new(model, new ApiKeyCredential(key), Options());

    private OpenAIClientOptions Options() => new() { Endpoint = new Uri(gateway.Sluice.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(0) };
}
