using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

/// <summary>Writes the events of a streamed response.</summary>
internal sealed class ResponsesStreamWriter(Call call, ResponseWriter response)
{
    private readonly FrameList _frames = new();
    private readonly bool _obfuscates = call.Body.Get("stream_options").Get("include_obfuscation").ValueKind != JsonValueKind.False;
    private readonly SeededRandom _noise = call.Ids(-2);
    private int _outputIndex;
    private string _itemId = "";

    public IReadOnlyList<StreamFrame> Write()
    {
        ResponseEvent("response.created", "in_progress");
        ResponseEvent("response.in_progress", "in_progress");
        foreach (var item in response.Items)
        {
            _itemId = item.Id;
            WholeItemEvent("response.output_item.added", item, "in_progress");
            item.Stream(this);
            WholeItemEvent("response.output_item.done", item, item == response.Items[^1] ? response.FinalStatus : "completed");
            _outputIndex++;
        }

        ResponseEvent($"response.{response.FinalStatus}", response.FinalStatus);
        return _frames.Frames;
    }

    /// <summary>An event of the current item.</summary>
    public void ItemEvent(string type, Action<Utf8JsonWriter> write, bool paced = false) => Event(type, json =>
    {
        json.WriteString("item_id", _itemId);
        json.WriteNumber("output_index", _outputIndex);
        write(json);
        if (paced && _obfuscates)
        {
            json.WriteString("obfuscation", SimulatedId.Noise(_noise, 1 + _noise.Below(16)));
        }
    }, paced ? FrameKind.Token : FrameKind.Structure);

    /// <summary>An event of the only content part of the current item.</summary>
    public void ContentEvent(string type, Action<Utf8JsonWriter> write, bool paced = false) => PartEvent(type, "content_index", write, paced);

    /// <summary>An event of the only summary part of the current item.</summary>
    public void SummaryEvent(string type, Action<Utf8JsonWriter> write, bool paced = false) => PartEvent(type, "summary_index", write, paced);

    private void PartEvent(string type, string index, Action<Utf8JsonWriter> write, bool paced) => ItemEvent(type, json =>
    {
        json.WriteNumber(index, 0);
        write(json);
    }, paced);

    private void WholeItemEvent(string type, OutputItem item, string status) => Event(type, json =>
    {
        json.WriteNumber("output_index", _outputIndex);
        json.WriteStartObject("item");
        item.Write(json, status);
        json.WriteEndObject();
    }, FrameKind.Structure);

    private void ResponseEvent(string type, string status) => Event(type, json =>
    {
        json.WritePropertyName("response");
        response.Write(json, status);
    }, FrameKind.Structure);

    private void Event(string type, Action<Utf8JsonWriter> write, FrameKind kind) => _frames.AddEvent(type, kind, json =>
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteNumber("sequence_number", _frames.Count);
        write(json);
        json.WriteEndObject();
    });
}
