using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static class ChatCompletions
{
    private const int MostChoices = 128;

    public static Reply Handle(Call call)
    {
        if (ChatPrompt.TryRead(call, out var prompt) is { } error)
        {
            return new ErrorReply(error);
        }

        if (OpenAIRefusal.TryInteger(call.Body, "n", 1, out var choices) is { } wrongCount)
        {
            return new ErrorReply(wrongCount);
        }

        var answers = Enumerable.Range(0, Math.Min(choices ?? 1, MostChoices))
            .Select(choice => AnswerComposer.Compose(prompt!, choice)).ToList();
        var tally = prompt!.Conversation.Tally;
        var counts = new TokenCounts(
            tally.Tokens,
            OpenAIPromptCache.CachedTokens(call, tally),
            answers.Sum(answer => answer.OutputTokens),
            answers.Sum(answer => answer.ReasoningTokens)).Reported(call.Faults.Usage);
        return call.Body.Get("stream").IsTrue()
            ? new StreamReply(ChatStreamFormat.Instance, new ChatStreamWriter(call, counts).Write(answers))
            : new JsonReply(JsonText.Bytes(json => ChatAnswerWriter.Write(json, call, answers, counts)), answers.Sum(answer => answer.OutputTokens));
    }

    internal static string FinishName(Answer answer) => answer.Finish switch
    {
        FinishReason.Length => "length",
        FinishReason.ToolCalls => "tool_calls",
        _ => "stop",
    };

    internal static void WriteHead(Utf8JsonWriter json, Call call, string id, string type)
    {
        json.WriteString("id", id);
        json.WriteString("object", type);
        json.WriteNumber("created", call.UnixSeconds);
        json.WriteString("model", call.AskedModel);
    }

    internal static void WriteTail(Utf8JsonWriter json)
    {
        json.WriteString("service_tier", "default");
        json.WriteString("system_fingerprint", "fp_simulated");
    }

    internal static void WriteUsage(Utf8JsonWriter json, TokenCounts counts)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", counts.Input);
        json.WriteNumber("completion_tokens", counts.Output);
        json.WriteNumber("total_tokens", counts.Input + counts.Output);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", counts.Cached);
        json.WriteNumber("audio_tokens", 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("reasoning_tokens", counts.Reasoning);
        json.WriteNumber("audio_tokens", 0);
        json.WriteNumber("accepted_prediction_tokens", 0);
        json.WriteNumber("rejected_prediction_tokens", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
