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
    /// <summary>The most choices of one answer: as many as OpenAI gives (<c>n</c>), who gives the most.</summary>
    public const int MostChoices = 128;

    private const int LongestName = 512;

    private readonly SortedList<int, ChoiceSequence> _choices = [];
    private readonly HashSet<string> _callIds = [];
    private readonly List<string> _repairs = [];
    private string _messageId = "";
    private bool _started;
    private bool _ended;

    /// <summary>What the upstream did wrong and was repaired, for the trace: codes of <see cref="AnswerRepairs"/>, each once.</summary>
    public IReadOnlyList<string> Repairs => _repairs;

    /// <summary>True once nothing more may follow.</summary>
    public bool Ended => _ended;

    /// <summary>Takes the next event of the reader and gives those that the writer may have now.</summary>
    public void Add(StreamEvent next, ICollection<StreamEvent> legal)
    {
        if (_ended)
        {
            Repair(AnswerRepairs.EventAfterEnd);
            return;
        }

        if (next is Ping or MessageStart or StreamFailure)
        {
            AddOutside(next, legal);
            return;
        }

        if (!_started)
        {
            Repair(AnswerRepairs.StartMissing);
            Start(new MessageStart(), legal, when: true);
        }

        if (Exceeds(next))
        {
            Fail(TranslationErrors.InvalidUpstreamAnswer, $"The upstream sent more than {MostChoices} answers at once.", legal);
            return;
        }

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
            case LogprobsFound found:
                AddToChoice(found.Choice, found, legal);
                break;
            case GroundingFound found:
                AddToChoice(found.Choice, found, legal);
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
            Repair(AnswerRepairs.EndMarkMissing);
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
                Repair(AnswerRepairs.SecondStart);
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
        legal.Add(IsNamed(start) ? start : start with { Id = Cut(start.Id), Model = Cut(start.Model) });
    }

    /// <summary>Two dialects repeat both names in every event.</summary>
    private static bool IsNamed(MessageStart start) => start.Id.Length <= LongestName && start.Model.Length <= LongestName;

    private static string Cut(string name) => name.Length <= LongestName ? name : name[..LongestName];

    private void AddToBlock(BlockEvent next, ICollection<StreamEvent> legal)
    {
        var choice = ChoiceOf(next.Choice);
        if (choice.Finished)
        {
            Repair(AnswerRepairs.ContentAfterFinish);
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

    private void AddToChoice(int index, StreamEvent next, ICollection<StreamEvent> legal)
    {
        if (ChoiceOf(index).Finished)
        {
            Repair(AnswerRepairs.ContentAfterFinish);
            return;
        }

        legal.Add(next);
    }

    private void FinishChoice(ChoiceFinish next, ICollection<StreamEvent> legal)
    {
        var choice = ChoiceOf(next.Choice);
        if (choice.Finished)
        {
            Repair(AnswerRepairs.SecondFinish);
            return;
        }

        choice.EndAll(legal);
        if (choice.BrokenCall is { } name && next.Finish.Reason is (FinishReason.Stop or FinishReason.ToolCalls))
        {
            Fail(UpstreamErrors.BrokenArguments(name), legal);
            return;
        }

        choice.Finished = true;
        legal.Add(next with { Finish = choice.Agree(next.Finish) });
    }

    private void Stop(ICollection<StreamEvent> legal)
    {
        // Every answer has a first choice, though it be empty.
        _ = ChoiceOf(0);
        foreach (var (index, choice) in _choices)
        {
            if (!choice.Finished && !_ended)
            {
                Repair(AnswerRepairs.FinishMissing);
                FinishChoice(new ChoiceFinish(index, new Finish(FinishReason.Stop)), legal);
            }
        }

        if (!_ended)
        {
            _ended = true;
            legal.Add(new MessageStop());
        }
    }

    private void Fail(string code, string message, ICollection<StreamEvent> legal) =>
        Fail(new GatewayError(ErrorKind.UpstreamFailed, code, message), legal);

    private void Fail(GatewayError error, ICollection<StreamEvent> legal)
    {
        _ended = true;
        legal.Add(new StreamFailure(error));
    }

    /// <summary>True for an event of one choice too many. What comes after the sequencer keeps something for each.</summary>
    private bool Exceeds(StreamEvent next)
    {
        int? choice = next switch
        {
            BlockEvent block => block.Choice,
            ChoiceFinish finish => finish.Choice,
            LogprobsFound found => found.Choice,
            GroundingFound found => found.Choice,
            _ => null,
        };
        return choice is { } index && _choices.Count == MostChoices && !_choices.ContainsKey(index);
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

        Repair(id.Length == 0 ? AnswerRepairs.CallIdMissing : AnswerRepairs.CallIdRepeated);
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
