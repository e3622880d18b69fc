namespace Sluice.Protocol.Canonical;

/// <summary>The blocks of one choice, put in order for <see cref="BlockSequencer"/>.</summary>
/// <param name="index">The choice.</param>
/// <param name="uniqueCallId">Gives an id that no other call of the message has.</param>
/// <param name="repair">Takes a note of what was repaired.</param>
internal sealed class ChoiceSequence(int index, Func<string, string> uniqueCallId, Action<string> repair)
{
    private readonly Dictionary<int, SequencedBlock> _blocks = [];
    private readonly Queue<SequencedBlock> _waiting = [];
    private SequencedBlock? _open;
    private int _count;
    private bool _hasCalls;

    /// <summary>True once the choice has ended.</summary>
    public bool Finished { get; set; }

    /// <summary>The tool of a call whose arguments are not JSON; null when there is none.</summary>
    public string? BrokenCall { get; private set; }

    public void Begin(BlockStart start, ICollection<StreamEvent> legal)
    {
        if (_blocks.TryGetValue(start.Block, out var known) && !known.Ended)
        {
            repair(AnswerRepairs.SecondBlockStart);
            return;
        }

        Begin(start.Block, start.Content, legal);
    }

    /// <summary>Adds to a block, or begins the one that the delta belongs in; false when none can be begun for it.</summary>
    public bool TryExtend(BlockDelta delta, ICollection<StreamEvent> legal)
    {
        var content = SequencedBlock.ContentFor(delta);
        if (_blocks.TryGetValue(delta.Block, out var block) && block.Takes(delta))
        {
            content = block.Content;
            if (!block.Ended)
            {
                Extend(block, delta, legal);
                return true;
            }

            if (delta is ArgumentsDelta)
            {
                repair(AnswerRepairs.ArgumentsAfterEnd);
                return true;
            }
        }

        if (content is null)
        {
            return false;
        }

        repair(AnswerRepairs.BlockBegun);
        Begin(delta.Block, content, legal);
        Extend(_blocks[delta.Block], delta, legal);
        return true;
    }

    public void End(int number, ICollection<StreamEvent> legal)
    {
        if (!_blocks.TryGetValue(number, out var block) || block.Ended)
        {
            // The end of a block that the beginning of the next has ended already.
            return;
        }

        block.Ended = true;
        if (block == _open)
        {
            Close(legal);
            OpenWaiting(legal);
        }
    }

    public void EndAll(ICollection<StreamEvent> legal)
    {
        while (_open is not null)
        {
            _open.Ended = true;
            Close(legal);
            OpenWaiting(legal);
        }
    }

    /// <summary>The finish that agrees with the blocks: tool calls were made exactly when the reason says so.</summary>
    public Finish Agree(Finish finish) => finish.Agreeing(_hasCalls);

    private void Begin(int number, ContentBlock content, ICollection<StreamEvent> legal)
    {
        var block = new SequencedBlock(content);
        _blocks[number] = block;
        if (_open is { IsUnfinishedCall: true })
        {
            _waiting.Enqueue(block);
            return;
        }

        if (_open is not null)
        {
            _open.Ended = true;
            Close(legal);
        }

        Open(block, legal);
    }

    private void Open(SequencedBlock block, ICollection<StreamEvent> legal)
    {
        _open = block;
        block.Number = _count++;
        if (block.Content is ToolCallBlock call)
        {
            _hasCalls = true;
            block.Content = call with { CallId = uniqueCallId(call.CallId) };
        }

        legal.Add(new BlockStart(index, block.Number, block.Content));
        foreach (var delta in block.TakeHeld())
        {
            Emit(block, delta, legal);
        }
    }

    private void OpenWaiting(ICollection<StreamEvent> legal)
    {
        while (_open is null && _waiting.TryDequeue(out var next))
        {
            Open(next, legal);
            if (next.Ended || (_waiting.Count > 0 && !next.IsUnfinishedCall))
            {
                next.Ended = true;
                Close(legal);
            }
        }
    }

    private void Extend(SequencedBlock block, BlockDelta delta, ICollection<StreamEvent> legal)
    {
        if (block == _open)
        {
            Emit(block, delta, legal);
        }
        else
        {
            block.Hold(delta);
        }
    }

    private static void Emit(SequencedBlock block, BlockDelta delta, ICollection<StreamEvent> legal)
    {
        block.Note(delta);
        legal.Add(delta.Block == block.Number ? delta : delta with { Block = block.Number });
    }

    private void Close(ICollection<StreamEvent> legal)
    {
        var block = _open!;
        _open = null;
        if (block.HasNoArguments)
        {
            repair(AnswerRepairs.ArgumentsMissing);
            legal.Add(new ArgumentsDelta(index, block.Number, "{}"));
        }
        else if (block.HasBrokenArguments)
        {
            BrokenCall = ((ToolCallBlock)block.Content).Name;
        }

        legal.Add(new BlockStop(index, block.Number));
    }
}
