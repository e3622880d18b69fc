using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.Tests.Translation;

/// <summary>The order that <see cref="BlockSequencer"/> promises.</summary>
internal static class Grammar
{
    public static void ShouldBeLegal(IReadOnlyList<StreamEvent> events)
    {
        var open = new Dictionary<int, int>();
        var finished = new HashSet<int>();
        var blocks = new HashSet<(int, int)>();
        var started = false;
        var ended = false;
        foreach (var next in events.Where(next => next is not Ping))
        {
            ended.ShouldBeFalse("nothing follows the end");
            (next is MessageStart).ShouldBe(!started && next is not StreamFailure, "the start comes first and once");
            started |= next is MessageStart;
            switch (next)
            {
                case BlockStart start:
                    finished.ShouldNotContain(start.Choice);
                    open.TryAdd(start.Choice, start.Block).ShouldBeTrue("one block is open in a choice");
                    blocks.Add((start.Choice, start.Block)).ShouldBeTrue("a block begins once");
                    break;
                case BlockDelta delta:
                    open.GetValueOrDefault(delta.Choice, -1).ShouldBe(delta.Block, "a delta is of the open block");
                    break;
                case BlockStop stop:
                    open.Remove(stop.Choice, out var block).ShouldBeTrue();
                    block.ShouldBe(stop.Block);
                    break;
                case ChoiceFinish finish:
                    open.ContainsKey(finish.Choice).ShouldBeFalse();
                    finished.Add(finish.Choice).ShouldBeTrue("a choice ends once");
                    break;
                case MessageStop or StreamFailure:
                    ended = true;
                    break;
                default:
                    break;
            }
        }

        ended.ShouldBeTrue("a stream has an end");
        if (events[^1] is MessageStop)
        {
            open.ShouldBeEmpty();
        }
    }
}
