using System.Buffers;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// Writes the chunks of a streamed answer. Google tells reasons of the end, groundings and usage in the last chunk, so that
/// they are kept until the message stops.
/// </summary>
internal sealed class GeminiStreamWriter : IStreamWriter
{
    private readonly WriteContext _context;
    private readonly GeminiOutput _chunks;
    private readonly GeminiAnswerParts _parts;
    private readonly SortedList<int, GeminiChoiceWriter> _choices = [];
    private MessageStart _start = new();
    private UsageUpdate? _usage;

    public GeminiStreamWriter(WriteContext context)
    {
        _context = context;
        _chunks = new GeminiOutput(context.Framing);
        _parts = new GeminiAnswerParts(_chunks.Json, context);
    }

    public void Dispose() => _chunks.Dispose();

    public void Write(IBufferWriter<byte> output, StreamEvent streamEvent)
    {
        switch (streamEvent)
        {
            case MessageStart start:
                _start = start;
                _usage = start.Usage is { } known ? new UsageUpdate(known) : null;
                break;
            case BlockEvent block:
                WriteBlock(output, block);
                break;
            case LogprobsFound found:
                WriteLogprobs(output, found);
                break;
            case GroundingFound found:
                ChoiceOf(found.Choice).Grounding = found.Grounding;
                break;
            case ChoiceFinish finish:
                ChoiceOf(finish.Choice).Finish = finish;
                break;
            case UsageUpdate usage:
                _usage = usage;
                break;
            case MessageStop:
                WriteEnd(output);
                break;
            case StreamFailure failure:
                GeminiErrorFormat.Instance.WriteStreamEvent(output, failure.Error, _context.RequestId, _context.Framing, _chunks.Chunks);
                break;
            default:
                output.Write(GeminiErrorFormat.Instance.KeepAlive(_context.Framing));
                break;
        }
    }

    private GeminiChoiceWriter ChoiceOf(int index)
    {
        if (!_choices.TryGetValue(index, out var choice))
        {
            _choices[index] = choice = new GeminiChoiceWriter(index, _chunks.Json, _context);
        }

        return choice;
    }

    private void WriteBlock(IBufferWriter<byte> output, BlockEvent block)
    {
        var choice = ChoiceOf(block.Choice);
        if (choice.Take(block) is not { } part)
        {
            return;
        }

        Begin(output);
        choice.BeginCandidate();
        _parts.Write(part);
        choice.EndContent();
        choice.EndCandidate();
        End(output);
    }

    private void WriteLogprobs(IBufferWriter<byte> output, LogprobsFound found)
    {
        var choice = ChoiceOf(found.Choice);
        Begin(output);
        choice.BeginCandidate();
        choice.WriteNothing();
        choice.EndContent();
        GeminiLogprobs.Write(_chunks.Json, found.Tokens);
        choice.EndCandidate();
        End(output);
    }

    private void WriteEnd(IBufferWriter<byte> output)
    {
        Begin(output);
        foreach (var choice in _choices.Values.Where(choice => !choice.IsBlocked))
        {
            choice.BeginCandidate();
            choice.WriteNothing();
            choice.EndContent();
            choice.WriteFinish();
            choice.EndCandidate();
        }

        End(output, withUsage: true);
        _chunks.Close(output);
    }

    private void Begin(IBufferWriter<byte> output)
    {
        _chunks.Begin(output);
        _chunks.Json.WriteStartObject();
        _chunks.Json.WriteStartArray("candidates");
    }

    private void End(IBufferWriter<byte> output, bool withUsage = false)
    {
        var json = _chunks.Json;
        json.WriteEndArray();
        if (withUsage)
        {
            GeminiUsage.Write(json, _usage?.Usage, _usage?.Extensions ?? []);
        }

        json.WriteString("modelVersion", _context.Model ?? _start.Model);
        json.WriteString("responseId", _start.Id.Length > 0 ? _start.Id : _context.ResponseId);
        json.WriteExtensions(_start.Extensions, _context.Target);
        json.WriteEndObject();
        _chunks.End(output);
    }
}
