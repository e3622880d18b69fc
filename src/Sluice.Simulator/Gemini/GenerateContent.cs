using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary><c>models/{model}:generateContent</c>, <c>:streamGenerateContent</c> and <c>:countTokens</c>.</summary>
internal static class GenerateContent
{
    private const int MostCandidates = 8;

    public static Reply Handle(Call call) => Compose(call, out var answers) is { } error
        ? new ErrorReply(error)
        : new JsonReply(
            JsonText.Bytes(json => new CandidateWriter(call, answers).WriteWhole(json), JsonText.Indented),
            answers.Sum(answer => answer.OutputTokens));

    public static Reply HandleSse(Call call) => Compose(call, out var answers) is { } error
        ? new ErrorReply(error)
        : new StreamReply(GeminiSseFormat.Instance, new GeminiStreamWriter(call, answers, sse: true).Write());

    public static Reply HandleArray(Call call) => Compose(call, out var answers) is { } error
        ? new ErrorReply(error)
        : new StreamReply(GeminiArrayFormat.Instance, new GeminiStreamWriter(call, answers, sse: false).Write());

    public static Reply CountTokens(Call call)
    {
        var wrapped = call.Body.Get("generateContentRequest", "generate_content_request");
        return GeminiPrompt.TryRead(call, wrapped.IsObject() ? wrapped : call.Body, out var prompt) is { } error
            ? new ErrorReply(error)
            : new JsonReply(JsonText.Bytes(json =>
            {
                var tokens = prompt!.Conversation.Tally.Tokens;
                json.WriteStartObject();
                json.WriteNumber("totalTokens", tokens);
                json.WriteStartArray("promptTokensDetails");
                json.WriteStartObject();
                json.WriteString("modality", "TEXT");
                json.WriteNumber("tokenCount", tokens);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }, JsonText.Indented));
    }

    private static VendorError? Compose(Call call, out IReadOnlyList<ComposedCandidate> answers)
    {
        answers = [];
        if (GeminiPrompt.TryRead(call, out var prompt) is { } error)
        {
            return error;
        }

        var config = call.Body.Get("generationConfig", "generation_config");
        var count = Math.Clamp(config.Get("candidateCount", "candidate_count").Integer() ?? 1, 1, MostCandidates);
        var promptTokens = prompt!.Conversation.Tally.Tokens;
        answers = [.. Enumerable.Range(0, count).Select(choice => new ComposedCandidate(AnswerComposer.Compose(prompt, choice), promptTokens, prompt.Reasons))];
        return null;
    }

    internal static string FinishName(Answer answer) => answer.Finish == FinishReason.Length ? "MAX_TOKENS" : "STOP";
}

/// <summary>A candidate with what its usage and signatures depend on.</summary>
internal sealed record ComposedCandidate(Answer Answer, int PromptTokens, bool Signs)
{
    public int OutputTokens => Answer.OutputTokens;
}
