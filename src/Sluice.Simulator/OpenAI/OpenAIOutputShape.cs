using System.Text.Json;
using Sluice.Simulator.Answers;
using Sluice.Simulator.Wire;

namespace Sluice.Simulator.OpenAI;

internal static class OpenAIOutputShape
{
    /// <summary>Reads the output's format.</summary>
    /// <param name="prompt">The prompt so far.</param>
    /// <param name="format">The object with <c>type</c>.</param>
    /// <param name="definition">The object with <c>schema</c>: nested in Chat, the format itself in Responses.</param>
    public static Prompt With(Prompt prompt, JsonElement format, JsonElement definition) => format.Text("type") switch
    {
        "json_object" => prompt with { Shape = OutputShape.JsonObject },
        "json_schema" => prompt with { Shape = OutputShape.JsonSchema, Schema = definition.Get("schema") },
        _ => prompt,
    };
}
