using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary><c>POST /v1/completions</c>, the older form: prompts instead of messages, 16 tokens unless told otherwise.</summary>
internal static class Completions
{
    private const int DefaultMaxTokens = 16;
    private const int MostChoices = 128;

    public static Reply Handle(Call call)
    {
        var body = call.Body;
        if (Check(call, out var choices, out var most) is { } error)
        {
            return new ErrorReply(error);
        }

        var prompts = body.Get("prompt").Strings() is { Count: > 0 } texts ? texts : [body.Get("prompt").IsPresent() ? body.Get("prompt").GetRawText() : ""];
        var answers = new List<Answer>();
        var (input, output) = (0, 0);
        foreach (var text in prompts)
        {
            var prompt = Read(call, text, most ?? DefaultMaxTokens);
            input += prompt.Conversation.Tally.Tokens;
            for (var i = Math.Clamp(choices ?? 1, 1, MostChoices); i > 0; i--)
            {
                var answer = AnswerComposer.Compose(prompt, answers.Count);
                output += answer.OutputTokens;
                answers.Add(Echoed(call, text, answer));
            }
        }

        var counts = new TokenCounts(input, 0, output, 0).Reported(call.Faults.Usage);
        return body.Get("stream").IsTrue()
            ? new StreamReply(ChatStreamFormat.Instance, Stream(call, answers, counts))
            : new JsonReply(JsonText.Bytes(json => Write(json, call, counts, () => WriteChoices(json, answers))), output);
    }

    private static VendorError? Check(Call call, out int? choices, out int? most)
    {
        var wrongChoices = OpenAIRefusal.TryInteger(call.Body, "n", 1, out choices);
        var wrongMost = OpenAIRefusal.TryInteger(call.Body, "max_tokens", 0, out most);
        return call.AskedModel.Length == 0 ? OpenAIRefusal.MissingModel
            : call.Body.Get("prompt") is { ValueKind: JsonValueKind.Number or JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } prompt
                ? OpenAIRefusal.WrongType("prompt", "one of a string, array of strings, array of integers, or array of integer arrays", prompt)
            : wrongChoices ?? wrongMost ?? OpenAIRefusal.WrongStream(call.Body);
    }

    private static Prompt Read(Call call, string text, int most)
    {
        var conversation = new Conversation();
        conversation.Tally.AddText(text);
        conversation.UserSays([text]);
        return new Prompt
        {
            Model = call.Model,
            Seed = call.Seed,
            Conversation = conversation,
            MaxTokens = most,
            Stop = call.Body.Get("stop").Strings(),
            TextTokens = call.Faults.TextTokens,
        };
    }

    private static Answer Echoed(Call call, string prompt, Answer answer) =>
        call.Body.Get("echo").IsTrue() ? answer with { Text = prompt + answer.Text } : answer;

    private static IReadOnlyList<StreamFrame> Stream(Call call, List<Answer> answers, TokenCounts? counts)
    {
        var frames = new FrameList();
        for (var i = 0; i < answers.Count; i++)
        {
            var (index, answer) = (i, answers[i]);
            foreach (var piece in Tokenizer.Split(answer.Text))
            {
                frames.AddEvent(null, FrameKind.Token, json => Write(json, call, null, () => WriteChoice(json, index, piece, null)));
            }

            frames.AddEvent(null, FrameKind.Structure, json => Write(json, call, null, () => WriteChoice(json, index, "", answer)));
        }

        if (counts is not null && call.Body.Get("stream_options").Get("include_usage").IsTrue())
        {
            frames.AddEvent(null, FrameKind.Structure, json => Write(json, call, counts, () => { }));
        }

        frames.AddRaw(FrameKind.Structure, "data: [DONE]\n\n"u8.ToArray());
        return frames.Frames;
    }

    private static void Write(Utf8JsonWriter json, Call call, TokenCounts? counts, Action writeChoices)
    {
        json.WriteStartObject();
        ChatCompletions.WriteHead(json, call, SimulatedId.Completion(call.Ids()), "text_completion");
        json.WriteStartArray("choices");
        writeChoices();
        json.WriteEndArray();
        if (counts is { } reported)
        {
            ChatCompletions.WriteUsage(json, reported);
        }

        json.WriteEndObject();
    }

    private static void WriteChoices(Utf8JsonWriter json, List<Answer> answers)
    {
        for (var i = 0; i < answers.Count; i++)
        {
            WriteChoice(json, i, answers[i].Text, answers[i]);
        }
    }

    private static void WriteChoice(Utf8JsonWriter json, int index, string text, Answer? finished)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteNumber("index", index);
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", finished is null ? null : ChatCompletions.FinishName(finished));
        json.WriteEndObject();
    }
}
