using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>
/// A call whose arguments come in pieces, which Google's cloud sends when <c>streamFunctionCallArguments</c> is on: each piece
/// is a value and the JSON path to it, and a text may come in several. The pieces are put together, since they come in no
/// order that a JSON text could be cut into. (@google/genai 2.32, <c>PartialArg</c>.)
/// </summary>
/// <param name="head">The part that began the call, with its name, id and signature.</param>
internal sealed class GeminiPartialCall(ToolCallBlock head)
{
    private const string Pieces = GeminiNames.Call + "partialArgs";
    private const string Continues = GeminiNames.Call + "willContinue";
    private const int MostSteps = 64;

    private readonly JsonObject _arguments = [];
    private readonly StringBuilder _text = new();
    private Signature? _signature = head.Signature;
    private string _open = "";

    /// <summary>True for a part that begins such a call, or is a piece of one.</summary>
    public static bool IsPart(ToolCallBlock call) => call.Extensions.Any(extension => extension.Name is Pieces or Continues);

    /// <summary>Takes a part's pieces.</summary>
    /// <returns>True when more of the call will come.</returns>
    public bool Add(ToolCallBlock part)
    {
        _signature ??= part.Signature;
        if (part.Extensions.FirstOrDefault(extension => extension.Name == Pieces) is { } pieces)
        {
            var cursor = new JsonCursor(pieces.Value.Utf8);
            GeminiLists.Read(ref cursor, AddPiece);
        }

        return part.Extensions.Any(extension => extension.Name == Continues && extension.Value.Span.SequenceEqual("true"u8));
    }

    /// <summary>The whole call.</summary>
    public ToolCallBlock ToCall()
    {
        EndText();
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, WireWriting.Options))
        {
            _arguments.WriteTo(json);
        }

        return head with
        {
            Arguments = new RawJson(output.WrittenMemory),
            Signature = _signature,
            Extensions = [.. head.Extensions.Where(extension => extension.Name is not (Pieces or Continues))],
        };
    }

    private void AddPiece(ref JsonCursor cursor)
    {
        var (path, value) = ("", (JsonNode?)null);
        string? text = null;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "jsonPath":
                    path = cursor.ReadString();
                    break;
                case "stringValue":
                    text = cursor.ReadString();
                    break;
                case "numberValue" or "boolValue" when !cursor.IsNull:
                    value = JsonNode.Parse(cursor.ReadRaw().Span);
                    break;
                default:
                    cursor.Skip();
                    break;
            }
        }

        if (text is null || _open != path)
        {
            EndText();
            Set(path, text is null ? value : JsonValue.Create(""));
        }

        if (text is not null)
        {
            _open = path;
            _text.Append(text);
        }
    }

    /// <summary>A text is put in its place once it is whole: its pieces may be many.</summary>
    private void EndText()
    {
        if (_open.Length > 0)
        {
            Set(_open, JsonValue.Create(_text.ToString()));
            _text.Clear();
            _open = "";
        }
    }

    private void Set(string path, JsonNode? value)
    {
        var steps = StepsOf(path);
        JsonNode place = _arguments;
        for (var i = 0; i < steps.Count; i++)
        {
            var next = i == steps.Count - 1 ? value : IsIndex(steps[i + 1]) ? new JsonArray() : (JsonNode)new JsonObject();
            place = Put(place, steps[i], next, replaces: i == steps.Count - 1) ?? place;
        }
    }

    /// <summary>Puts a value at its place unless a container stands there that more is to be put into; the answer is what stands there then.</summary>
    private static JsonNode? Put(JsonNode place, string step, JsonNode? value, bool replaces)
    {
        switch (place)
        {
            case JsonObject members when !IsIndex(step):
                if (replaces || members[step] is not (JsonObject or JsonArray))
                {
                    members[step] = value;
                }

                return members[step];
            case JsonArray items when IsIndex(step) && int.TryParse(step.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= items.Count:
                if (index == items.Count)
                {
                    items.Add(value);
                }
                else if (replaces || items[index] is not (JsonObject or JsonArray))
                {
                    items[index] = value;
                }

                return items[index];
            default:
                throw new WireFormatException("a piece of a call's arguments has no place among the others", "partialArgs");
        }
    }

    private static bool IsIndex(string step) => step.StartsWith('[');

    /// <summary>The steps of a path such as <c>$.foo.bar[0]['a b']</c>: names as they are, indexes behind a bracket.</summary>
    private static List<string> StepsOf(string path)
    {
        var steps = new List<string>();
        for (var at = 1; at < path.Length && steps.Count < MostSteps;)
        {
            var isQuoted = path[at] == '[' && at + 1 < path.Length && path[at + 1] is '\'' or '"';
            var from = isQuoted ? at + 2 : at + 1;
            var end = isQuoted ? path.IndexOf($"{path[at + 1]}]", from, StringComparison.Ordinal)
                : path[at] == '[' ? path.IndexOf(']', from)
                : EndOfName(path, from);
            if (end < from || (end == from && !isQuoted) || path[0] != '$' || path[at] is not ('.' or '['))
            {
                break;
            }

            steps.Add(path[at] == '[' && !isQuoted ? $"[{path[from..end]}" : path[from..end]);
            at = end + (isQuoted ? 2 : path[at] == '[' ? 1 : 0);
            if (at == path.Length)
            {
                return steps;
            }
        }

        throw new WireFormatException("a piece of a call's arguments has a path that cannot be read", "partialArgs");
    }

    private static int EndOfName(string path, int from)
    {
        var end = path.AsSpan(from).IndexOfAny('.', '[');
        return end < 0 ? path.Length : from + end;
    }
}
