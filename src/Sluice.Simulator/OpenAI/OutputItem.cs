using System.Text.Json;

namespace Sluice.Simulator.OpenAI;

/// <summary>An item of a response's <c>output</c>: how it is written whole, and which events stream it.</summary>
internal abstract class OutputItem(string id)
{
    public string Id { get; } = id;

    /// <summary>Writes the members of the item, as it begins or as it ends.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="status"><c>in_progress</c> (without content), <c>completed</c> or <c>incomplete</c>.</param>
    public abstract void Write(Utf8JsonWriter json, string status);

    /// <summary>Adds the events between <c>output_item.added</c> and <c>output_item.done</c>.</summary>
    public abstract void Stream(ResponsesStreamWriter stream);
}
