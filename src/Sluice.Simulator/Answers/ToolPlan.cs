using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sluice.Simulator.Answers;

/// <summary>A call that the text asks for; <paramref name="Arguments"/> only where the text gives them.</summary>
internal sealed record PlannedCall(OfferedTool Tool, string? Arguments);

/// <summary>
/// Decides whether the model calls tools now, and which. The user's text asks by <c>use the tool NAME</c> (optionally followed by
/// a JSON object: the arguments, taken as they stand), by a tool's name, or by the word "tool"; "then" between two names makes
/// a step of its own, so that a turn of several rounds can be asked for. Coding agents send instructions that name their
/// tools all over: for requests of their size only the explicit form counts, so that a plain prompt ends with a text.
/// </summary>
internal static partial class ToolPlan
{
    private const int AgentTools = 9;
    private const int AgentSystemTokens = 1_500;

    public static IReadOnlyList<PlannedCall> CallsNow(Prompt prompt)
    {
        var tools = prompt.AllowedTools is { } allowed ? [.. prompt.Tools.Where(tool => allowed.Contains(tool.Name))] : prompt.Tools;
        if (tools.Count == 0 || prompt.ToolMode == ToolMode.Never)
        {
            return [];
        }

        var steps = Steps(prompt, tools);
        var done = prompt.Conversation.StepsDone;
        var now = done < steps.Count ? steps[done] : [];
        if (now.Count == 0 && prompt.ToolMode == ToolMode.Always)
        {
            now = [new PlannedCall(tools[0], null)];
        }

        return prompt.ParallelCalls || now.Count < 2 ? now : [now[0]];
    }

    private static List<List<PlannedCall>> Steps(Prompt prompt, IReadOnlyList<OfferedTool> tools)
    {
        var agent = prompt.Tools.Count >= AgentTools || prompt.Conversation.SystemTokens >= AgentSystemTokens;
        var text = prompt.Conversation.UserText;
        var mentions = ExplicitMentions(text, tools);
        if (!agent)
        {
            AddPlainMentions(text, tools, mentions);
        }

        if (mentions.Count == 0)
        {
            return !agent && ToolWord().IsMatch(text) ? [[new PlannedCall(tools[0], null)]] : [];
        }

        mentions.Sort((left, right) => left.Start.CompareTo(right.Start));
        var separators = ThenWord().Matches(text).Select(match => match.Index)
            .Where(at => !mentions.Exists(mention => mention.Covers(at))).ToList();
        return [.. mentions
            .GroupBy(mention => separators.Count(at => at < mention.Start))
            .Select(step => step.Select(mention => mention.Call).ToList())];
    }

    private static List<Mention> ExplicitMentions(string text, IReadOnlyList<OfferedTool> tools)
    {
        var mentions = new List<Mention>();
        foreach (Match match in UseTheTool().Matches(text))
        {
            var start = match.Index + match.Length;
            var tool = tools.Where(tool => IsWordAt(text, start, tool.Name)).MaxBy(tool => tool.Name.Length);
            if (tool is not null && !mentions.Exists(mention => mention.Covers(match.Index)))
            {
                var end = start + tool.Name.Length;
                var arguments = tool.Freeform ? null : ObjectAfter(text, ref end);
                mentions.Add(new Mention(match.Index, end, new PlannedCall(tool, arguments)));
            }
        }

        return mentions;
    }

    private static void AddPlainMentions(string text, IReadOnlyList<OfferedTool> tools, List<Mention> mentions)
    {
        foreach (var tool in tools.Where(tool => tool.Name.Length > 0))
        {
            // Once is enough: a text that names a tool twice still means one call.
            for (var at = text.IndexOf(tool.Name, StringComparison.OrdinalIgnoreCase); at >= 0;
                at = text.IndexOf(tool.Name, at + 1, StringComparison.OrdinalIgnoreCase))
            {
                if (IsWordAt(text, at, tool.Name) && !mentions.Exists(mention => mention.Covers(at)))
                {
                    mentions.Add(new Mention(at, at + tool.Name.Length, new PlannedCall(tool, null)));
                    break;
                }
            }
        }
    }

    private static bool IsWordAt(string text, int at, string name) =>
        at + name.Length <= text.Length
        && string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0
        && (at == 0 || !IsNameCharacter(text[at - 1]))
        && (at + name.Length == text.Length || !IsNameCharacter(text[at + name.Length]));

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    /// <summary>The JSON object that follows, quotes and spaces skipped; null when there is none.</summary>
    private static string? ObjectAfter(string text, ref int end)
    {
        var start = end;
        while (start < text.Length && (char.IsWhiteSpace(text[start]) || text[start] is '`' or '"' or '\'' or ':'))
        {
            start++;
        }

        if (start == text.Length || text[start] != '{')
        {
            return null;
        }

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text[start..]), isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || !reader.TrySkip())
            {
                return null;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        var json = text[start..];
        var length = Encoding.UTF8.GetCharCount(Encoding.UTF8.GetBytes(json), 0, (int)reader.BytesConsumed);
        end = start + length;
        return json[..length];
    }

    [GeneratedRegex(@"\buse the tool\s+[`""']?", RegexOptions.IgnoreCase)]
    private static partial Regex UseTheTool();

    [GeneratedRegex(@"\btools?\b", RegexOptions.IgnoreCase)]
    private static partial Regex ToolWord();

    [GeneratedRegex(@"\bthen\b", RegexOptions.IgnoreCase)]
    private static partial Regex ThenWord();

    private readonly record struct Mention(int Start, int End, PlannedCall Call)
    {
        public bool Covers(int at) => at >= Start && at < End;
    }
}
