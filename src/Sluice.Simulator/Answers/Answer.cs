namespace Sluice.Simulator.Answers;

internal enum FinishReason
{
    Stop,

    /// <summary>One of the request's stop sequences; <see cref="Answer.StopSequence"/> says which.</summary>
    StopSequence,
    Length,
    ToolCalls,
}

/// <summary>A call of a tool: arguments as JSON text, or free text for a freeform tool.</summary>
internal sealed record ToolCall(OfferedTool Tool, string Arguments)
{
    public int Tokens => Tokenizer.Count(Tool.Name) + Tokenizer.Count(Arguments);
}

/// <summary>What the simulator says, before any dialect.</summary>
internal sealed record Answer
{
    /// <summary>Empty when the model does not reason.</summary>
    public string Reasoning { get; init; } = "";

    public string Text { get; init; } = "";

    public IReadOnlyList<ToolCall> Calls { get; init; } = [];

    public FinishReason Finish { get; init; }

    public string? StopSequence { get; init; }

    public int ReasoningTokens => Tokenizer.Count(Reasoning);

    /// <summary>Tokens of text and calls, without reasoning.</summary>
    public int VisibleTokens => Tokenizer.Count(Text) + Calls.Sum(call => call.Tokens);

    public int OutputTokens => ReasoningTokens + VisibleTokens;
}
