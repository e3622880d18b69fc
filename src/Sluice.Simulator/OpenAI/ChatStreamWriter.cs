using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>Writes the chunks of a streamed chat completion.</summary>
internal sealed class ChatStreamWriter(Call call, TokenCounts? counts)
{
    /// <summary>Argument fragments are larger than text ones, as on the wire.</summary>
    private const int TokensPerFragment = 2;

    private readonly FrameList _frames = new();
    private readonly string _id = SimulatedId.ChatCompletion(call.Ids());
    private readonly bool _wantsUsage = call.Body.Get("stream_options").Get("include_usage").IsTrue();
    private readonly bool _obfuscates = call.Body.Get("stream_options").Get("include_obfuscation").ValueKind != JsonValueKind.False;
    private readonly SeededRandom _noise = call.Ids(-1);

    public IReadOnlyList<StreamFrame> Write(IReadOnlyList<Answer> answers)
    {
        for (var i = 0; i < answers.Count; i++)
        {
            WriteChoice(answers[i], i);
        }

        if (_wantsUsage && counts is { } reported)
        {
            _frames.AddEvent(null, FrameKind.Structure, json =>
            {
                json.WriteStartObject();
                ChatCompletions.WriteHead(json, call, _id, "chat.completion.chunk");
                ChatCompletions.WriteTail(json);
                json.WriteStartArray("choices");
                json.WriteEndArray();
                ChatCompletions.WriteUsage(json, reported);
                json.WriteEndObject();
            });
        }

        _frames.AddRaw(FrameKind.Structure, "data: [DONE]\n\n"u8.ToArray());
        return _frames.Frames;
    }

    private void WriteChoice(Answer answer, int index)
    {
        var hasCalls = answer.Calls.Count > 0;
        AddDelta(index, FrameKind.Structure, json =>
        {
            json.WriteString("role", "assistant");
            json.WriteString("content", hasCalls ? null : "");
            json.WriteNull("refusal");
        });

        if (hasCalls)
        {
            WriteCalls(answer.Calls, index);
        }
        else
        {
            foreach (var piece in Tokenizer.Split(answer.Text))
            {
                AddDelta(index, FrameKind.Token, json => json.WriteString("content", piece));
            }
        }

        AddDelta(index, FrameKind.Structure, _ => { }, ChatCompletions.FinishName(answer));
    }

    private void WriteCalls(IReadOnlyList<ToolCall> calls, int choice)
    {
        var ids = call.Ids(choice + 1);
        for (var i = 0; i < calls.Count; i++)
        {
            var (at, tool, id) = (i, calls[i], SimulatedId.OpenAICall(ids));
            AddCallDelta(choice, at, json => ChatAnswerWriter.WriteCall(json, tool, id, ""));
            foreach (var fragment in Tokenizer.Split(tool.Arguments, TokensPerFragment))
            {
                AddCallDelta(choice, at, json =>
                {
                    json.WriteStartObject(tool.Tool.Freeform ? "custom" : "function");
                    json.WriteString(tool.Tool.Freeform ? "input" : "arguments", fragment);
                    json.WriteEndObject();
                });
            }
        }
    }

    private void AddCallDelta(int choice, int callIndex, Action<Utf8JsonWriter> write) => AddDelta(choice, FrameKind.Token, json =>
    {
        json.WriteStartArray("tool_calls");
        json.WriteStartObject();
        json.WriteNumber("index", callIndex);
        write(json);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private void AddDelta(int index, FrameKind kind, Action<Utf8JsonWriter> write, string? finish = null) => _frames.AddEvent(null, kind, json =>
    {
        json.WriteStartObject();
        ChatCompletions.WriteHead(json, call, _id, "chat.completion.chunk");
        ChatCompletions.WriteTail(json);
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", index);
        json.WriteStartObject("delta");
        write(json);
        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", finish);
        json.WriteEndObject();
        json.WriteEndArray();
        if (_wantsUsage)
        {
            json.WriteNull("usage");
        }

        if (_obfuscates)
        {
            json.WriteString("obfuscation", SimulatedId.Noise(_noise, 1 + _noise.Below(12)));
        }

        json.WriteEndObject();
    });
}
