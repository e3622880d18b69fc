// The SDK calls its Responses client experimental.
#pragma warning disable OPENAI001

using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using Anthropic;
using Anthropic.Models.Messages;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Sluice.Tests.Integration;

/// <summary>The vendors' own .NET SDKs, unmodified, each before the vendors of the other dialects.</summary>
public sealed class TranslatedSdkTests(TranslatedSimulatorFixture gateway) : IClassFixture<TranslatedSimulatorFixture>
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";
    private const string AskForTool = "use the tool get_weather";

    [Theory]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("gemini")]
    public async Task Chat_TextAndStream_AreTheSame(string vendor)
    {
        var client = Chat(vendor);
        var whole = (await client.CompleteChatAsync("say hello")).Value;
        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        ChatFinishReason? finish = null;

        await foreach (var update in client.CompleteChatStreamingAsync("say hello"))
        {
            text.AppendJoin("", update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
            finish = update.FinishReason ?? finish;
        }

        whole.FinishReason.ShouldBe(ChatFinishReason.Stop);
        text.ToString().ShouldBe(whole.Content[0].Text);
        finish.ShouldBe(ChatFinishReason.Stop);
        usage.ShouldNotBeNull().OutputTokenCount.ShouldBe(whole.Usage.OutputTokenCount);
    }

    [Theory]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("gemini")]
    public async Task Chat_Tool_IsCalledStreamedAndAnswered(string vendor)
    {
        var client = Chat(vendor);
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_weather", "The weather", BinaryData.FromString(Schema)) } };
        List<ChatMessage> messages = [new UserChatMessage(AskForTool)];
        var arguments = new StringBuilder();

        await foreach (var update in client.CompleteChatStreamingAsync(messages, options))
        {
            arguments.AppendJoin("", update.ToolCallUpdates.Select(part => part.FunctionArgumentsUpdate?.ToString()));
        }

        var first = (await client.CompleteChatAsync(messages, options)).Value;
        var call = first.ToolCalls.ShouldHaveSingleItem();
        messages.Add(new AssistantChatMessage(first));
        messages.Add(new ToolChatMessage(call.Id, """{"degrees":21}"""));
        var second = (await client.CompleteChatAsync(messages, options)).Value;

        first.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        CityOf(call.FunctionArguments.ToString()).ShouldBe(CityOf(arguments.ToString()));
        second.FinishReason.ShouldBe(ChatFinishReason.Stop);
        second.Content[0].Text.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("gemini")]
    public async Task Responses_TextAndStream_AreTheSame(string vendor)
    {
        var client = Responses();
        var whole = (await client.CreateResponseAsync(TranslatedSimulatorFixture.ModelOf(vendor), "say hello")).Value;
        var text = new StringBuilder();
        ResponseResult? last = null;

        await foreach (var update in await client.CreateResponseStreamingAsync(TranslatedSimulatorFixture.ModelOf(vendor), "say hello"))
        {
            text.Append((update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
            last = (update as StreamingResponseCompletedUpdate)?.Response ?? last;
        }

        whole.GetOutputText().ShouldNotBeEmpty();
        text.ToString().ShouldBe(whole.GetOutputText());
        last.ShouldNotBeNull().GetOutputText().ShouldBe(whole.GetOutputText());
        last.Usage.OutputTokenCount.ShouldBe(whole.Usage.OutputTokenCount);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("gemini")]
    public async Task Responses_Tool_IsCalledStreamedAndAnswered(string vendor)
    {
        var client = Responses();
        var options = new CreateResponseOptions(TranslatedSimulatorFixture.ModelOf(vendor), [ResponseItem.CreateUserMessageItem(AskForTool)])
        {
            Tools = { ResponseTool.CreateFunctionTool("get_weather", BinaryData.FromString(Schema), false, "The weather") },
        };
        var first = (await client.CreateResponseAsync(options)).Value;
        options.StreamingEnabled = true;
        FunctionCallResponseItem? streamed = null;

        await foreach (var update in await client.CreateResponseStreamingAsync(options))
        {
            streamed = (update as StreamingResponseOutputItemDoneUpdate)?.Item as FunctionCallResponseItem ?? streamed;
        }

        var call = first.OutputItems.OfType<FunctionCallResponseItem>().ShouldHaveSingleItem();
        first.OutputItems.ToList().ForEach(options.InputItems.Add);
        options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, """{"degrees":21}"""));
        options.StreamingEnabled = null;
        var second = (await client.CreateResponseAsync(options)).Value;

        CityOf(streamed.ShouldNotBeNull().FunctionArguments.ToString()).ShouldBe(CityOf(call.FunctionArguments.ToString()));
        second.GetOutputText().ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("gemini")]
    public async Task Anthropic_TextAndStream_AreTheSame(string vendor)
    {
        var client = Messages();
        var whole = await client.Messages.Create(Ask(vendor, "say hello"));
        var text = new StringBuilder();

        await foreach (var next in client.Messages.CreateStreaming(Ask(vendor, "say hello")))
        {
            if (next.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece))
            {
                text.Append(piece.Text);
            }
        }

        TextOf(whole).ShouldNotBeEmpty();
        text.ToString().ShouldBe(TextOf(whole));
        whole.Usage.OutputTokens.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("gemini")]
    public async Task Anthropic_Tool_IsCalledStreamedAndAnswered(string vendor)
    {
        var client = Messages();
        var ask = Ask(vendor, AskForTool);
        var arguments = new StringBuilder();

        await foreach (var next in client.Messages.CreateStreaming(ask))
        {
            if (next.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickInputJson(out var piece))
            {
                arguments.Append(piece.PartialJson);
            }
        }

        var first = await client.Messages.Create(ask);
        var call = first.Content.Select(block => block.TryPickToolUse(out var use) ? use : null).OfType<ToolUseBlock>().ShouldHaveSingleItem();
        var asked = new ToolUseBlockParam { ID = call.ID, Name = call.Name, Input = call.Input };
        var second = await client.Messages.Create(ask with
        {
            Messages =
            [
                .. ask.Messages,
                new AssistantMessageParam(new List<ContentBlockParam> { asked }),
                new UserMessageParam(new List<ContentBlockParam> { new ToolResultBlockParam(call.ID) { Content = """{"degrees":21}""" } }),
            ],
        });

        call.Input["city"].GetString().ShouldBe(CityOf(arguments.ToString()));
        TextOf(second).ShouldNotBeEmpty();
    }

    private static string CityOf(string arguments) => JsonDocument.Parse(arguments).RootElement.GetProperty("city").GetString().ShouldNotBeNull();

    private static string TextOf(Message message) => string.Concat(message.Content.Select(block => block.TryPickText(out var text) ? text.Text : ""));

    private static MessageCreateParams Ask(string vendor, string text) => new()
    {
        Model = TranslatedSimulatorFixture.ModelOf(vendor),
        MaxTokens = 256,
        Messages = [new UserMessageParam(text)],
        Tools = text == AskForTool ? [new Tool { Name = "get_weather", InputSchema = InputSchemaOf() }] : null,
    };

    private static InputSchema InputSchemaOf() => new(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Schema)!);

    private ChatClient Chat(string vendor) => new(
        TranslatedSimulatorFixture.ModelOf(vendor), new ApiKeyCredential(TranslatedSimulatorFixture.Key),
        new OpenAIClientOptions { Endpoint = new Uri(gateway.Sluice.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });

    private ResponsesClient Responses() => new(
        new ApiKeyCredential(TranslatedSimulatorFixture.Key),
        new ResponsesClientOptions { Endpoint = new Uri(gateway.Sluice.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });

    private AnthropicClient Messages() => new() { BaseUrl = gateway.Sluice.Address.ToString().TrimEnd('/'), ApiKey = TranslatedSimulatorFixture.Key, MaxRetries = 0 };
}
