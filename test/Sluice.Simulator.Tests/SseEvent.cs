using System.Text.Json;

namespace Sluice.Simulator.Tests;

/// <summary>A server-sent event as it stands on the wire.</summary>
public sealed record SseEvent(string? Name, string Data)
{
    private JsonElement? _json;

    public JsonElement Json => _json ??= JsonDocument.Parse(Data).RootElement;

    /// <summary>Splits a whole stream strictly: every event is ended by an empty line and has only the lines it may have.</summary>
    public static IReadOnlyList<SseEvent> Parse(string stream)
    {
        var events = new List<SseEvent>();
        var text = stream.Replace("\r\n", "\n");
        text.ShouldEndWith("\n\n");
        foreach (var block in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = block.Split('\n');
            var name = lines.Length == 2 ? lines[0]["event: ".Length..] : null;
            lines.Length.ShouldBeLessThanOrEqualTo(2);
            lines[^1].ShouldStartWith("data: ");
            events.Add(new SseEvent(name, lines[^1]["data: ".Length..]));
        }

        return events;
    }
}
