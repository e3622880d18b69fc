using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI.Responses;
using Sluice.TestKit;

#pragma warning disable OPENAI001 // The SDK's own word for that its Responses client may still change.

namespace Sluice.Tests.Integration;

/// <summary>OpenAI's own .NET SDK, unmodified, with answers that are kept: by the vendor, and by Sluice for vendors that keep nothing.</summary>
public sealed class OpenAIResponsesSdkTests(StoredResponseFixture gateway) : IClassFixture<StoredResponseFixture>
{
    public static TheoryData<string> Models => ["vendor/sim-small", "chat/sim-small", "claude/sim-small", "gemini/sim-small"];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task PreviousResponse_ToolLoop_GoesOn(string model)
    {
        var client = Client();
        var tool = ResponseTool.CreateFunctionTool(
            "get_weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}"""), true, "The weather");
        var first = (await client.CreateResponseAsync(new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("use the tool get_weather")]) { Tools = { tool } })).Value;
        var call = first.OutputItems.OfType<FunctionCallResponseItem>().Single();

        var second = (await client.CreateResponseAsync(new CreateResponseOptions(model, [ResponseItem.CreateFunctionCallOutputItem(call.CallId, """{"degrees":21}""")])
        {
            Tools = { tool },
            PreviousResponseId = first.Id,
        })).Value;

        second.PreviousResponseId.ShouldBe(first.Id);
        second.Status.ShouldBe(ResponseStatus.Completed);
        second.GetOutputText().ShouldContain("21");
        (await client.GetResponseAsync(second.Id)).Value.GetOutputText().ShouldBe(second.GetOutputText());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task InputItemsAndDelete_OfAResponse_AreServed(string model)
    {
        var client = Client();
        var made = (await client.CreateResponseAsync(new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("list me, " + model)]))).Value;

        var items = new List<ResponseItem>();
        await foreach (var item in client.GetResponseInputItemsAsync(new ResponseItemCollectionOptions(made.Id)))
        {
            items.Add(item);
        }

        items.ShouldHaveSingleItem().ShouldBeAssignableTo<MessageResponseItem>()!.Content[0].Text.ShouldBe("list me, " + model);
        (await client.DeleteResponseAsync(made.Id)).Value.Deleted.ShouldBeTrue();
        (await Should.ThrowAsync<ClientResultException>(() => client.GetResponseAsync(made.Id))).Status.ShouldBe(404);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task BackgroundMode_PolledToItsEnd_Completes(string model)
    {
        var client = Client();
        var made = (await client.CreateResponseAsync(
            new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("in the background, " + model)]) { BackgroundModeEnabled = true })).Value;
        made.Status.ShouldBe(ResponseStatus.Queued);

        var done = await Eventually.ValueAsync("the end of " + made.Id, async () =>
            (await client.GetResponseAsync(made.Id)).Value is { Status: ResponseStatus.Completed } ended ? ended : null);

        done.GetOutputText().ShouldNotBeEmpty();
    }

    private ResponsesClient Client() => new(
        new ApiKeyCredential(StoredResponseFixture.Key), new ResponsesClientOptions { Endpoint = new Uri(gateway.Sluice.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });
}
