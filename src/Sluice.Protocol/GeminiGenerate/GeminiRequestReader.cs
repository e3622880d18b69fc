using Sluice.Protocol.Canonical;
using Sluice.Protocol.Json;

namespace Sluice.Protocol.GeminiGenerate;

/// <summary>Reads the members of a request. Whether it wants a stream stands in its path.</summary>
internal static class GeminiRequestReader
{
    private const string ModelPrefix = "models/";

    public static ChatRequest Read(ref JsonCursor cursor)
    {
        var request = new ChatRequest();
        var extensions = new List<Extension>();
        ChatMessage? system = null;
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            switch (GeminiNames.Camel(name))
            {
                case "systemInstruction" when !cursor.IsNull:
                    system = GeminiContentReader.Read(ref cursor, GeminiWords.Owner) with { Role = Role.System };
                    break;
                case "generationConfig" when !cursor.IsNull:
                    request = GeminiConfigReader.Read(ref cursor, request, extensions);
                    break;
                case "toolConfig" when !cursor.IsNull:
                    request = GeminiToolReader.ReadConfig(ref cursor, request, extensions);
                    break;
                case "serviceTier" when cursor.IsString && GeminiWords.ToTier(cursor.ReadString()) is { } tier:
                    request = request with { ServiceTier = tier };
                    break;
                case var known:
                    request = ReadPlain(ref cursor, request, known) ?? Keep(ref cursor, request, extensions, name);
                    break;
            }
        }

        return request with
        {
            Extensions = extensions,
            Messages = system is null ? request.Messages : [system, .. request.Messages],
        };
    }

    private static ChatRequest? ReadPlain(ref JsonCursor cursor, ChatRequest request, string name) => name switch
    {
        "contents" => request with { Messages = GeminiContentReader.ReadTurns(ref cursor) },
        "tools" => request with { Tools = GeminiToolReader.ReadTools(ref cursor) },
        "labels" when cursor.IsObject => request with { Metadata = ReadLabels(ref cursor) },
        "store" => request with { State = request.State with { Store = cursor.ReadFlagOrNull() } },
        "model" when cursor.IsString => request with { Model = NameOf(cursor.ReadString()) },
        _ => null,
    };

    private static ChatRequest Keep(ref JsonCursor cursor, ChatRequest request, List<Extension> extensions, string name)
    {
        GeminiNames.Keep(ref cursor, extensions, name);
        return request;
    }

    private static string NameOf(string model) => model.StartsWith(ModelPrefix, StringComparison.Ordinal) ? model[ModelPrefix.Length..] : model;

    private static List<KeyValuePair<string, string>> ReadLabels(ref JsonCursor cursor)
    {
        var labels = new List<KeyValuePair<string, string>>();
        cursor.BeginObject();
        while (cursor.NextMember(out var name))
        {
            labels.Add(new KeyValuePair<string, string>(name, cursor.ReadString()));
        }

        return labels;
    }
}
