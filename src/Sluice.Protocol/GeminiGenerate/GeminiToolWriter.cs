using System.Text.Json;
using Sluice.Protocol.Canonical;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Writes <c>tools</c> and <c>toolConfig</c>.</summary>
internal sealed class GeminiToolWriter(Utf8JsonWriter json, ChatRequest request, FieldSet carried, WriteContext context)
{
    private const string Mode = "mode";

    private readonly IReadOnlyList<Extension> _ownChoice = GeminiNames.Inside(request.Extensions, GeminiNames.Calling, context.Target);

    public void Write()
    {
        var tools = request.Tools.Where(IsWritten).ToList();
        if (tools.Count > 0)
        {
            json.WriteStartArray("tools");
            WriteTools(tools);
            json.WriteEndArray();
        }

        WriteConfig([.. tools.OfType<FunctionTool>().Select(function => function.Name)]);
    }

    /// <summary>Names may be told apart only where a call is demanded; elsewhere the other tools are left out.</summary>
    private bool IsWritten(ToolDefinition tool) => tool switch
    {
        FunctionTool function => carried.Contains(CanonicalField.FunctionTools) && (TellsNames || request.ToolChoice!.Allowed.Contains(function.Name)),
        ServerTool server => carried.Contains(RequestFields.FieldOf(server.Kind)) && (server.Owner.Accepts(context.Target) || HasCounterpart(server)),
        _ => false,
    };

    private bool TellsNames =>
        request.ToolChoice is not { Allowed.Count: > 0 } choice || choice.Mode != ToolChoiceMode.Auto || _ownChoice.Any(extension => extension.Name == Mode);

    private bool HasCounterpart(ServerTool tool)
    {
        var has = GeminiWords.ToolFor(tool.Kind) is not null;
        if (!has)
        {
            context.Report.Drop(tool.Type);
        }

        return has;
    }

    private void WriteTools(List<ToolDefinition> tools)
    {
        for (var from = 0; from < tools.Count;)
        {
            json.WriteStartObject();
            if (tools[from] is ServerTool server)
            {
                WriteServerTool(server);
                from++;
            }
            else
            {
                var to = tools.FindIndex(from, tool => tool is not FunctionTool);
                to = to < 0 ? tools.Count : to;
                json.WriteStartArray("functionDeclarations");
                foreach (var function in tools[from..to].OfType<FunctionTool>())
                {
                    WriteFunction(function);
                }

                json.WriteEndArray();
                from = to;
            }

            json.WriteEndObject();
        }
    }

    private void WriteFunction(FunctionTool function)
    {
        json.WriteStartObject();
        json.WriteString("name", function.Name);
        json.WriteIf("description", function.Description);
        json.WriteRaw("parametersJsonSchema", function.Schema);
        json.WriteExtensions(function.Extensions, context.Target);
        json.WriteEndObject();
    }

    private void WriteServerTool(ServerTool tool)
    {
        if (tool.Owner.Accepts(context.Target))
        {
            json.WriteRaw(tool.Type, tool.Raw);
            return;
        }

        json.WriteStartObject(GeminiWords.ToolFor(tool.Kind)!);
        if (tool.Kind == ServerToolKind.WebSearch && GeminiWords.TakesCloudMembers(context))
        {
            json.WriteIfAny("excludeDomains", tool.BlockedDomains);
        }
        else if (tool.BlockedDomains.Count > 0)
        {
            context.Report.Drop("blocked_domains");
        }

        if (tool.AllowedDomains.Count > 0)
        {
            context.Report.Drop("allowed_domains");
        }

        if (tool.MaxUses is not null)
        {
            context.Report.Drop("max_uses");
        }

        json.WriteEndObject();
    }

    private void WriteConfig(List<string> functions)
    {
        var own = GeminiNames.Inside(request.Extensions, GeminiNames.ToolConfig, context.Target);
        var hasChoice = request.ToolChoice is { } choice && carried.Contains(CanonicalField.ToolChoice) && IsPossible(choice, functions);
        if (!hasChoice && own.Count == 0)
        {
            return;
        }

        json.WriteStartObject("toolConfig");
        if (hasChoice)
        {
            WriteChoice(request.ToolChoice!);
        }

        json.WriteExtensions(own, context.Target);
        json.WriteEndObject();
    }

    /// <summary>Google refuses a mode without functions, and the name of a tool that is none of them.</summary>
    private bool IsPossible(ToolChoice choice, List<string> functions)
    {
        var isPossible = GeminiWords.IsOwnClient(context) || (choice.Mode == ToolChoiceMode.Named ? functions.Contains(choice.Name!) : functions.Count > 0);
        if (!isPossible && choice.Mode is not (ToolChoiceMode.Auto or ToolChoiceMode.None))
        {
            context.Report.Drop(CanonicalField.ToolChoice, context.Client);
        }

        return isPossible;
    }

    private void WriteChoice(ToolChoice choice)
    {
        json.WriteStartObject("functionCallingConfig");
        if (!_ownChoice.Any(extension => extension.Name == Mode))
        {
            json.WriteString(Mode, choice.Mode switch
            {
                ToolChoiceMode.None => "NONE",
                ToolChoiceMode.Required or ToolChoiceMode.Named => "ANY",
                _ => "AUTO",
            });
        }

        if (choice is { Mode: ToolChoiceMode.Named, Name: { } name })
        {
            json.WriteIfAny("allowedFunctionNames", [name]);
        }
        else if (TellsNames && carried.Contains(CanonicalField.AllowedTools))
        {
            json.WriteIfAny("allowedFunctionNames", choice.Allowed);
        }

        json.WriteExtensions(_ownChoice, context.Target);
        json.WriteEndObject();
    }
}
