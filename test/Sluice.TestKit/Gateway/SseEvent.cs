using System.Text.Json;

namespace Sluice.TestKit.Gateway;

/// <summary>One server-sent event.</summary>
/// <param name="Type">The <c>event</c> line; empty where there is none.</param>
/// <param name="Data">The <c>data</c> lines, joined by a line feed.</param>
public sealed record SseEvent(string Type, string Data)
{
    public bool IsDone => Data == "[DONE]";

    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Data);
            return document.RootElement.Clone();
        }
    }

    /// <summary>Events of a whole stream; comments are left out.</summary>
    public static IReadOnlyList<SseEvent> Parse(string text)
        => [.. text.ReplaceLineEndings("\n")
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(ParseBlock)
            .Where(e => e.Data.Length > 0 || e.Type.Length > 0)];

    private static SseEvent ParseBlock(string block)
    {
        var lines = block.Split('\n');
        return new SseEvent(
            lines.LastOrDefault(l => l.StartsWith("event:", StringComparison.Ordinal))?["event:".Length..].Trim() ?? "",
            string.Join('\n', lines.Where(l => l.StartsWith("data:", StringComparison.Ordinal)).Select(l => l["data:".Length..].TrimStart(' '))));
    }
}
