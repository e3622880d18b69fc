using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Anthropic;

/// <summary><c>POST /v1/messages</c> and <c>/v1/messages/count_tokens</c>.</summary>
internal static class Messages
{
    public static Reply Handle(Call call)
    {
        if (MessagesPrompt.TryRead(call, needsLimit: true, out var prompt) is { } error)
        {
            return new ErrorReply(error);
        }

        var answer = AnswerComposer.Compose(prompt!);
        var usage = AnthropicUsage.Of(call, prompt!.Conversation.Tally, answer);
        return call.Body.Get("stream").IsTrue()
            ? new StreamReply(AnthropicStreamFormat.Instance, new MessageStreamWriter(call, answer, usage).Write())
            : new JsonReply(JsonText.Bytes(json => MessageWriter.Write(json, call, answer, usage)), answer.OutputTokens);
    }

    public static Reply CountTokens(Call call) => MessagesPrompt.TryRead(call, needsLimit: false, out var prompt) is { } error
        ? new ErrorReply(error)
        : new JsonReply(JsonText.Bytes(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("input_tokens", prompt!.Conversation.Tally.Tokens);
            json.WriteEndObject();
        }));

    internal static string StopReason(Answer answer) => answer.Finish switch
    {
        FinishReason.Length => "max_tokens",
        FinishReason.StopSequence => "stop_sequence",
        FinishReason.ToolCalls => "tool_use",
        _ => "end_turn",
    };
}
