using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.Gemini;

/// <summary>Writes the chunks of <c>streamGenerateContent</c>: events with <c>alt=sse</c>, elements of an array without.</summary>
internal sealed class GeminiStreamWriter(Call call, IReadOnlyList<ComposedCandidate> candidates, bool sse)
{
    /// <summary>Google sends larger pieces than others.</summary>
    private const int TokensPerChunk = 8;

    private readonly CandidateWriter _writer = new(call, candidates);
    private readonly FrameList _frames = new();
    private int _visible;
    private int _thoughts;

    public IReadOnlyList<StreamFrame> Write()
    {
        for (var i = 0; i < candidates.Count; i++)
        {
            WriteCandidate(i, candidates[i]);
        }

        if (!sse)
        {
            _frames.AddRaw(FrameKind.Structure, "\n]"u8.ToArray());
        }

        return _frames.Frames;
    }

    private void WriteCandidate(int index, ComposedCandidate candidate)
    {
        var answer = candidate.Answer;
        if (_writer.ShowsThoughts)
        {
            foreach (var piece in Tokenizer.Split(answer.Reasoning, TokensPerChunk))
            {
                _thoughts += Tokenizer.Count(piece);
                Chunk(index, null, json => _writer.WriteText(json, piece, thought: true));
            }
        }
        else
        {
            _thoughts += answer.ReasoningTokens;
        }

        if (answer.Calls.Count > 0)
        {
            _visible += answer.VisibleTokens;
            Chunk(index, null, json => _writer.WriteCalls(json, index, candidate));
        }
        else
        {
            foreach (var piece in Tokenizer.Split(answer.Text, TokensPerChunk))
            {
                _visible += Tokenizer.Count(piece);
                Chunk(index, null, json => _writer.WriteText(json, piece));
            }
        }

        // The last chunk has no words; of a text, it carries the signature.
        var signed = candidate.Signs && answer.Calls.Count == 0 ? index : (int?)null;
        Chunk(index, GenerateContent.FinishName(answer), json => _writer.WriteText(json, "", signedFor: signed), FrameKind.Structure);
    }

    private void Chunk(int index, string? finish, Action<Utf8JsonWriter> writeParts, FrameKind kind = FrameKind.Token)
    {
        var usage = new GeminiUsage(candidates[0].PromptTokens, _visible, _thoughts);
        void Write(Utf8JsonWriter json) =>
            _writer.WriteResponse(json, usage, () => CandidateWriter.WriteCandidate(json, index, finish, () => writeParts(json)));

        if (sse)
        {
            _frames.AddEvent(null, kind, Write, "\r\n");
        }
        else
        {
            _frames.AddRaw(kind, [.. _frames.Count == 0 ? "["u8 : ",\r\n"u8, .. JsonText.Bytes(Write, JsonText.Indented)]);
        }
    }
}
