using System.Text;
using System.Text.Json;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.Canonical;

/// <summary>
/// Lets tools that take free text (OpenAI custom tools, on which Codex depends) work with models that only know functions:
/// each becomes a function with one text, <c>input</c>, and its calls become free text again on the way back.
/// </summary>
/// <remarks>The grammar of a tool's text can not be enforced this way; it stands in the description for the model to follow.</remarks>
public sealed class CustomToolFunctions
{
    private static readonly RawJson Schema = RawJson.Of("""{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}""");

    private readonly HashSet<string> _names;
    private readonly Dictionary<(int Choice, int Block), StringBuilder> _open = [];

    /// <param name="request">The client's request.</param>
    /// <param name="upstream">What the upstream's dialect has a place for; nothing is changed where that includes custom tools.</param>
    public CustomToolFunctions(ChatRequest request, FieldNames upstream)
    {
        _names = upstream.Supported.Contains(CanonicalField.CustomTools) ? [] : [.. request.Tools.OfType<CustomTool>().Select(tool => tool.Name)];
        Request = _names.Count == 0 ? request : request with
        {
            Tools = [.. request.Tools.Select(tool => tool is CustomTool custom ? ToFunction(custom) : tool)],
            Messages = [.. request.Messages.Select(message => message with { Content = [.. message.Content.Select(ToFunction)] })],
        };
    }

    /// <summary>The request as the upstream may have it.</summary>
    public ChatRequest Request { get; }

    /// <summary>The answer as the client expects it.</summary>
    public ChatResponse Restore(ChatResponse response) => _names.Count == 0 ? response : response with
    {
        Choices = [.. response.Choices.Select(choice => choice with { Content = [.. choice.Content.Select(Restore)] })],
    };

    /// <summary>
    /// The events as the client expects them, from events in the legal order. The text of a call comes in one piece, since it
    /// stands in JSON that has to be complete to be read.
    /// </summary>
    public void Restore(StreamEvent next, ICollection<StreamEvent> restored)
    {
        switch (next)
        {
            case BlockStart { Content: ToolCallBlock call } start when _names.Contains(call.Name):
                _open[(start.Choice, start.Block)] = new StringBuilder();
                restored.Add(start with { Content = call with { Kind = ToolCallKind.Custom } });
                break;
            case ArgumentsDelta delta when _open.TryGetValue((delta.Choice, delta.Block), out var text):
                text.Append(delta.Fragment);
                break;
            case BlockStop stop when _open.Remove((stop.Choice, stop.Block), out var text):
                restored.Add(new ArgumentsDelta(stop.Choice, stop.Block, TextOf(Encoding.UTF8.GetBytes(text.ToString()))));
                restored.Add(stop);
                break;
            default:
                restored.Add(next);
                break;
        }
    }

    private static FunctionTool ToFunction(CustomTool tool) => new(tool.Name)
    {
        Description = tool.Format.IsEmpty ? tool.Description : $"{tool.Description}\nThe input has this format: {tool.Format}",
        Schema = Schema,
        Cache = tool.Cache,
        Extensions = tool.Extensions,
    };

    private static ContentBlock ToFunction(ContentBlock block) => block switch
    {
        ToolCallBlock { Kind: ToolCallKind.Custom } call => call with { Kind = ToolCallKind.Function, Arguments = ToArguments(call.Arguments) },
        ToolResultBlock { Kind: ToolCallKind.Custom } result => result with { Kind = ToolCallKind.Function },
        _ => block,
    };

    private static RawJson ToArguments(RawJson text) =>
        RawJson.Of($$"""{"input":{{WireWriting.ToRaw(text.ToString())}}}""");

    private ContentBlock Restore(ContentBlock block) => block is ToolCallBlock { Kind: ToolCallKind.Function } call && _names.Contains(call.Name)
        ? call with { Kind = ToolCallKind.Custom, Arguments = RawJson.Of(TextOf(call.Arguments.Utf8)) }
        : block;

    /// <summary>The text of a call; a model that did not keep to the schema is taken at its word.</summary>
    private static string TextOf(ReadOnlyMemory<byte> arguments)
    {
        try
        {
            var cursor = new JsonCursor(arguments);
            return cursor.IsObject && cursor.Find("input"u8) && cursor.IsString ? cursor.ReadString() : Encoding.UTF8.GetString(arguments.Span);
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(arguments.Span);
        }
    }
}
