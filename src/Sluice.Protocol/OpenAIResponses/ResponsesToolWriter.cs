using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.OpenAIResponses;

/// <summary>Writes tools, the choice among them and the form of the answer: in requests, and in answers, which repeat them.</summary>
/// <param name="json">Where they go.</param>
/// <param name="target">Who reads them.</param>
internal sealed class ResponsesToolWriter(Utf8JsonWriter json, Owner target)
{
    /// <summary>Writes a client's function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="strict">Whether arguments must follow the schema; null to leave it to OpenAI, whose default is that they must.</param>
    public void WriteFunction(FunctionTool function, bool? strict)
    {
        json.WriteStartObject();
        json.WriteString("type", "function");
        json.WriteString("name", function.Name);
        json.WriteIf("description", function.Description);
        if (function.Schema.IsEmpty)
        {
            json.WriteNull("parameters");
        }
        else
        {
            json.WriteRaw("parameters", function.Schema);
        }

        json.WriteIf("strict", strict);
        json.WriteExtensions(function.Extensions, target);
        json.WriteEndObject();
    }

    public void WriteCustom(CustomTool custom)
    {
        json.WriteStartObject();
        json.WriteString("type", "custom");
        json.WriteString("name", custom.Name);
        json.WriteIf("description", custom.Description);
        json.WriteRaw("format", custom.Format);
        json.WriteExtensions(custom.Extensions, target);
        json.WriteEndObject();
    }

    /// <summary>Writes the value of <c>tool_choice</c>.</summary>
    /// <param name="choice">The choice.</param>
    /// <param name="tools">The request's tools, which tell what an allowed name is.</param>
    public void WriteChoice(ToolChoice choice, IReadOnlyList<ToolDefinition> tools)
    {
        if (choice.Mode != ToolChoiceMode.Named && choice.Allowed.Count == 0)
        {
            json.WriteStringValue(WordOf(choice.Mode));
            return;
        }

        json.WriteStartObject();
        if (choice.Mode == ToolChoiceMode.Named)
        {
            WriteNamed(choice.Kind, choice.Name ?? "");
        }
        else
        {
            json.WriteString("type", "allowed_tools");
            json.WriteString("mode", WordOf(choice.Mode));
            WriteAllowed(choice.Allowed, tools);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the value of <c>format</c>.</summary>
    public void WriteFormat(OutputFormat format)
    {
        json.WriteStartObject();
        json.WriteString("type", format.Kind switch
        {
            OutputFormatKind.JsonSchema => "json_schema",
            OutputFormatKind.JsonObject => "json_object",
            _ => "text",
        });
        if (format.Kind == OutputFormatKind.JsonSchema)
        {
            // OpenAI requires a name where other dialects have none.
            json.WriteString("name", format.Name ?? "answer");
            json.WriteIf("description", format.Description);
            json.WriteRaw("schema", format.Schema.IsEmpty ? RawJson.EmptyObject : format.Schema);
            json.WriteIf("strict", format.Strict);
        }

        json.WriteExtensions(format.Extensions, target);
        json.WriteEndObject();
    }

    private void WriteAllowed(IReadOnlyList<string> allowed, IReadOnlyList<ToolDefinition> tools)
    {
        json.WriteStartArray("tools");
        foreach (var name in allowed)
        {
            json.WriteStartObject();
            WriteNamed(tools.Any(tool => tool is CustomTool custom && custom.Name == name) ? ToolCallKind.Custom : ToolCallKind.Function, name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteNamed(ToolCallKind kind, string name)
    {
        json.WriteString("type", kind == ToolCallKind.Custom ? "custom" : "function");
        json.WriteString("name", name);
    }

    private static string WordOf(ToolChoiceMode mode) => mode switch
    {
        ToolChoiceMode.None => "none",
        ToolChoiceMode.Required => "required",
        _ => "auto",
    };
}
