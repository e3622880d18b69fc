using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary>Writes <c>GenerateContentResponse</c>, whole or in pieces.</summary>
internal sealed class CandidateWriter(Call call, IReadOnlyList<ComposedCandidate> candidates)
{
    private readonly string _id = SimulatedId.GeminiResponse(call.Ids());

    /// <summary>True when the client wants to see thoughts.</summary>
    public bool ShowsThoughts { get; } = GeminiPrompt.IncludesThoughts(call.Body);

    public GeminiUsage Total => new(
        candidates[0].PromptTokens,
        candidates.Sum(candidate => candidate.Answer.VisibleTokens),
        candidates.Sum(candidate => candidate.Answer.ReasoningTokens));

    public void WriteWhole(Utf8JsonWriter json) => WriteResponse(json, Total, () =>
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            var (index, candidate) = (i, candidates[i]);
            WriteCandidate(json, index, GenerateContent.FinishName(candidate.Answer), () => WriteParts(json, index, candidate));
        }
    });

    public void WriteResponse(Utf8JsonWriter json, GeminiUsage usage, Action writeCandidates)
    {
        json.WriteStartObject();
        json.WriteStartArray("candidates");
        writeCandidates();
        json.WriteEndArray();
        usage.Reported(call.Faults.Usage)?.Write(json);
        json.WriteString("modelVersion", call.AskedModel);
        json.WriteString("responseId", _id);
        json.WriteEndObject();
    }

    public static void WriteCandidate(Utf8JsonWriter json, int index, string? finish, Action writeParts)
    {
        json.WriteStartObject();
        json.WriteStartObject("content");
        json.WriteStartArray("parts");
        writeParts();
        json.WriteEndArray();
        json.WriteString("role", "model");
        json.WriteEndObject();
        if (finish is not null)
        {
            json.WriteString("finishReason", finish);
        }

        json.WriteNumber("index", index);
        json.WriteEndObject();
    }

    public void WriteCalls(Utf8JsonWriter json, int index, ComposedCandidate candidate)
    {
        var ids = call.Ids(index + 1);
        for (var i = 0; i < candidate.Answer.Calls.Count; i++)
        {
            var tool = candidate.Answer.Calls[i];
            json.WriteStartObject();
            json.WriteStartObject("functionCall");
            json.WriteString("id", SimulatedId.GeminiCall(ids));
            json.WriteString("name", tool.Tool.Name);
            json.WritePropertyName("args");
            json.WriteRawValue(tool.Arguments);
            json.WriteEndObject();

            // Of parallel calls only the first is signed.
            if (i == 0 && candidate.Signs)
            {
                WriteSignature(json, GeminiSignature.CallPurpose(call.Model, tool.Tool.Name), index);
            }

            json.WriteEndObject();
        }
    }

    public void WriteText(Utf8JsonWriter json, string text, bool thought = false, int? signedFor = null)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        if (thought)
        {
            json.WriteBoolean("thought", true);
        }

        if (signedFor is { } index)
        {
            WriteSignature(json, GeminiSignature.TextPurpose(call.Model), index);
        }

        json.WriteEndObject();
    }

    private void WriteParts(Utf8JsonWriter json, int index, ComposedCandidate candidate)
    {
        var answer = candidate.Answer;
        if (ShowsThoughts && answer.Reasoning.Length > 0)
        {
            WriteText(json, answer.Reasoning, thought: true);
        }

        if (answer.Calls.Count > 0)
        {
            WriteCalls(json, index, candidate);
        }
        else if (answer.Text.Length > 0)
        {
            WriteText(json, answer.Text, signedFor: candidate.Signs ? index : null);
        }
    }

    private void WriteSignature(Utf8JsonWriter json, string purpose, int index) =>
        json.WriteString("thoughtSignature", call.Simulation.Signatures.Sign(purpose, "", call.Ids(-1 - index)));
}
