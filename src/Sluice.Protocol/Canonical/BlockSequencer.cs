namespace Sluice.Protocol.Canonical;

/// <summary>
/// Puts the events of a stream reader into the order that <see cref="StreamEvent"/> promises to stream writers: one message,
/// one open block in each choice, no delta outside its block, unique ids and arguments that parse. What can be repaired is,
/// and is noted; what can not ends the stream with a <see cref="StreamFailure"/>.
/// </summary>
/// <remarks>
/// A block that begins while another is open ends that one, since several dialects never say that a block has ended. Only a
/// tool call whose arguments are not complete stays open: the blocks after it wait, because its fragments may still come.
/// </remarks>
public sealed class BlockSequencer
{
    private readonly SortedList<int, ChoiceSequence> _choices = [];
    private readonly HashSet<string> _callIds = [];
    private readonly List<string> _repairs = [];
    private string _messageId = "";
    private bool _started;
    private bool _ended;

    /// <summary>What the upstream did wrong and was repaired, for the trace.</summary>
    public IReadOnlyList<string> Repairs => _repairs;

    /// <summary>True once nothing more may follow.</summary>
    public bool Ended => _ended;

    /// <summary>Takes the next event of the reader and gives those that the writer may have now.</summary>
    public void Add(StreamEvent next, ICollection<StreamEvent> legal)
    {
        if (_ended)
        {
            Repair("an event after the end was passed over");
            return;
        }

        if (next is Ping or MessageStart or StreamFailure)
        {
            AddOutside(next, legal);
            return;
        }

        Start(new MessageStart(), legal, when: !_started);
        switch (next)
        {
            case BlockEvent block:
                AddToBlock(block, legal);
                break;
            case ChoiceFinish finish:
                FinishChoice(finish, legal);
                break;
            case MessageStop:
                Stop(legal);
                break;
            default:
                legal.Add(next);
                break;
        }
    }

    /// <summary>The upstream's body has ended. Without the mark of its end the answer must at least have finished.</summary>
    public void Complete(ICollection<StreamEvent> legal)
    {
        if (_ended)
        {
            return;
        }

        if (_choices.Count > 0 && _choices.Values.All(choice => choice.Finished))
        {
            Repair("the stream ended without its end mark");
            Stop(legal);
            return;
        }

        Fail(TranslationErrors.IncompleteUpstreamAnswer, "The upstream's stream ended before its answer was complete.", legal);
    }

    private void AddOutside(StreamEvent next, ICollection<StreamEvent> legal)
    {
        switch (next)
        {
            case MessageStart when _started:
                Repair("a second start of the message was passed over");
                break;
            case MessageStart start:
                Start(start, legal, when: true);
                break;
            case StreamFailure:
                _ended = true;
                legal.Add(next);
                break;
            default:
                legal.Add(next);
                break;
        }
    }

    private void Start(MessageStart start, ICollection<StreamEvent> legal, bool when)
    {
        if (!when)
        {
            return;
        }

        _started = true;
        _messageId = start.Id;
        legal.Add(start);
    }

    private void AddToBlock(BlockEvent next, ICollection<StreamEvent> legal)
    {
        var choice = ChoiceOf(next.Choice);
        if (choice.Finished)
        {
            Repair("content after the end of a choice was passed over");
            return;
        }

        switch (next)
        {
            case BlockStart start:
                choice.Begin(start, legal);
                break;
            case BlockStop stop:
                choice.End(stop.Block, legal);
                break;
            case BlockDelta delta when !choice.TryExtend(delta, legal):
                Fail(TranslationErrors.InvalidUpstreamAnswer, "The upstream sent arguments of a tool call that never began.", legal);
                break;
            default:
                break;
        }
    }

    private void FinishChoice(ChoiceFinish next, ICollection<StreamEvent> legal)
    {
        var choice = ChoiceOf(next.Choice);
        if (choice.Finished)
        {
            Repair("a second end of a choice was passed over");
            return;
        }

        choice.EndAll(legal);
        if (choice.BrokenCall is { } name && next.Finish.Reason is (FinishReason.Stop or FinishReason.ToolCalls))
        {
            Fail(TranslationErrors.InvalidUpstreamAnswer, $"The upstream's arguments for the tool '{name}' are not JSON.", legal);
            return;
        }

        choice.Finished = true;
        legal.Add(next with { Finish = choice.Agree(next.Finish) });
    }

    private void Stop(ICollection<StreamEvent> legal)
    {
        foreach (var (index, choice) in _choices)
        {
            if (!choice.Finished && !_ended)
            {
                Repair("a choice that had no end was ended");
                FinishChoice(new ChoiceFinish(index, new Finish(FinishReason.Stop)), legal);
            }
        }

        if (!_ended)
        {
            _ended = true;
            legal.Add(new MessageStop());
        }
    }

    private void Fail(string code, string message, ICollection<StreamEvent> legal)
    {
        _ended = true;
        legal.Add(new StreamFailure(new GatewayError(ErrorKind.UpstreamFailed, code, message)));
    }

    private ChoiceSequence ChoiceOf(int index)
    {
        if (!_choices.TryGetValue(index, out var choice))
        {
            _choices[index] = choice = new ChoiceSequence(index, UniqueCallId, Repair);
        }

        return choice;
    }

    private string UniqueCallId(string id)
    {
        if (id.Length > 0 && _callIds.Add(id))
        {
            return id;
        }

        Repair(id.Length == 0 ? "a tool call without an id was given one" : "a tool call with the id of another was given its own");
        var made = ToolCallIds.Fit($"{_messageId}#{id}#{_callIds.Count}", 0);
        _callIds.Add(made);
        return made;
    }

    private void Repair(string what)
    {
        if (!_repairs.Contains(what))
        {
            _repairs.Add(what);
        }
    }
}
