namespace Sluice.Simulator.Answers;

/// <summary>The messages of a request, boiled down to what the next answer depends on, and counted on the way.</summary>
internal sealed class Conversation
{
    private readonly List<string> _toolResults = [];

    public PromptTally Tally { get; } = new();

    /// <summary>What the user said last.</summary>
    public string UserText { get; private set; } = "";

    /// <summary>The last part of it: coding agents put reminders of their own in parts before.</summary>
    public string LastUserPart { get; private set; } = "";

    /// <summary>The results of tool calls since then.</summary>
    public IReadOnlyList<string> ToolResults => _toolResults;

    /// <summary>How often the model has called tools since then.</summary>
    public int StepsDone { get; private set; }

    /// <summary>Tokens of instructions that are not the user's.</summary>
    public int SystemTokens { get; private set; }

    /// <summary>Instructions; already counted by the tally.</summary>
    public void Instructs(string text) => SystemTokens += Tokenizer.Count(text);

    public void UserSays(IReadOnlyList<string> parts)
    {
        UserText = string.Join('\n', parts);
        LastUserPart = parts.Count > 0 ? parts[^1] : "";
        StepsDone = 0;
        _toolResults.Clear();
    }

    public void ModelCallsTools() => StepsDone++;

    public void ToolAnswers(string result) => _toolResults.Add(result);
}
