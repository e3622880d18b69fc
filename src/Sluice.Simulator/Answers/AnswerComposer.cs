namespace Sluice.Simulator.Answers;

/// <summary>Turns a prompt into an answer: calls where they are asked for, an instance where a schema asks, text otherwise.</summary>
internal static class AnswerComposer
{
    /// <summary>Composes one choice.</summary>
    /// <param name="prompt">What was asked.</param>
    /// <param name="choice">Which of <c>n</c> answers, from 0.</param>
    public static Answer Compose(Prompt prompt, int choice = 0)
    {
        var random = new SeededRandom(prompt.Seed + (ulong)choice);
        var room = prompt.MaxTokens ?? int.MaxValue;
        var reasoning = prompt.Reasons ? Reason(prompt, random, room) : "";
        room -= Tokenizer.Count(reasoning);

        var planned = ToolPlan.CallsNow(prompt);
        if (planned.Count > 0)
        {
            var calls = planned.Select(call => Call(call, random)).ToList();
            var narration = $"I will use {string.Join(" and ", calls.Select(call => call.Tool.Name))}.";
            var said = prompt.NarratesCalls ? narration : "";
            if (Tokenizer.Count(said) + calls.Sum(call => call.Tokens) <= room)
            {
                return new Answer { Reasoning = reasoning, Text = said, Calls = calls, Finish = FinishReason.ToolCalls };
            }

            // No vendor sends half a call that a client could run: what is left is the sentence before it.
            return new Answer { Reasoning = reasoning, Text = Tokenizer.Take(narration, room), Finish = FinishReason.Length };
        }

        return Bound(prompt, reasoning, AnswerText.Write(prompt, random), room);
    }

    private static ToolCall Call(PlannedCall planned, SeededRandom random)
    {
        var arguments = planned.Arguments
            ?? (planned.Tool.Freeform
                ? $"simulated input {random.Below(1000)}"
                : SchemaInstance.Write(planned.Tool.Schema, random));
        return new ToolCall(planned.Tool, arguments);
    }

    private static string Reason(Prompt prompt, SeededRandom random, int room) =>
        // Half of a small limit is kept for the answer itself.
        Tokenizer.Take(AnswerText.Reason(prompt, random), room == int.MaxValue ? room : room / 2);

    private static Answer Bound(Prompt prompt, string reasoning, string text, int room)
    {
        var (cut, sequence) = FirstStop(text, prompt.Stop);
        var kept = Tokenizer.Take(cut, room);
        return kept.Length < cut.Length
            ? new Answer { Reasoning = reasoning, Text = kept, Finish = FinishReason.Length }
            : new Answer
            {
                Reasoning = reasoning,
                Text = cut,
                Finish = sequence is null ? FinishReason.Stop : FinishReason.StopSequence,
                StopSequence = sequence,
            };
    }

    private static (string Text, string? Sequence) FirstStop(string text, IReadOnlyList<string> stop)
    {
        var (at, found) = (text.Length, (string?)null);
        foreach (var sequence in stop)
        {
            var index = sequence.Length == 0 ? -1 : text.IndexOf(sequence, StringComparison.Ordinal);
            if (index >= 0 && index < at)
            {
                (at, found) = (index, sequence);
            }
        }

        return (text[..at], found);
    }

}
