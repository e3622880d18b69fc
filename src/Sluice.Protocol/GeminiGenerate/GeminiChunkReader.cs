using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Turns the chunks of a streamed answer into events, however the stream is framed.</summary>
internal sealed class GeminiChunkReader(Owner owner)
{
    private readonly Dictionary<int, GeminiChoiceReader> _choices = [];
    private string? _seed;

    /// <summary>Reads a chunk.</summary>
    /// <param name="chunk">One JSON document.</param>
    /// <param name="events">Takes what it says.</param>
    public void Read(ReadOnlyMemory<byte> chunk, ICollection<StreamEvent> events)
    {
        var cursor = new JsonCursor(chunk, copies: true);
        var answer = GeminiAnswer.Read(ref cursor, owner);
        cursor.End();
        if (_seed is null)
        {
            _seed = answer.Id;
            events.Add(new MessageStart
            {
                Id = answer.Id,
                Model = answer.Model,
                Created = answer.Created,
                Usage = answer.Usage,
                Extensions = answer.Extensions,
            });
        }

        foreach (var candidate in answer.Candidates)
        {
            ChoiceOf(candidate.Index).Read(candidate, _seed, events);
        }

        if (answer.Usage is { } usage)
        {
            events.Add(new UsageUpdate(usage) { Extensions = [answer.RawUsage!] });
        }
    }

    /// <summary>The body has ended, which is right once every candidate has.</summary>
    public void End(ICollection<StreamEvent> events)
    {
        if (_choices.Count > 0 && _choices.Values.All(choice => choice.IsFinished))
        {
            events.Add(new MessageStop());
        }
    }

    private GeminiChoiceReader ChoiceOf(int index)
    {
        if (!_choices.TryGetValue(index, out var choice))
        {
            _choices[index] = choice = new GeminiChoiceReader(index, owner);
        }

        return choice;
    }
}
