using System.Globalization;
using System.Text.Json;

namespace Sluice.Credentials.Import;

/// <summary>
/// Reads what an operator has at hand: one <c>name,key</c> or bare key a line; a JSON list of keys or objects, or an object of
/// names and keys; Google key files; a <c>map-config.json</c> with its key files.
/// </summary>
internal static class ImportReader
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 };

    public static IReadOnlyList<ImportEntry> Read(IReadOnlyList<ImportSource> sources)
    {
        var entries = new List<ImportEntry>();
        var documents = sources.Select(source => (Source: source, Json: Parse(source.Text))).ToList();
        var maps = documents.Where(document => document.Json is { } json && MapConfigFile.LooksLike(json)).ToList();
        if (maps.Count > 0)
        {
            // The map says which of the files beside it are meant.
            var files = documents.Except(maps).GroupBy(document => document.Source.Name).ToDictionary(group => group.Key, group => group.First().Source.Text, StringComparer.Ordinal);
            return [.. maps.SelectMany(map => MapConfigFile.Read(map.Json!.Value, files))];
        }

        foreach (var (source, json) in documents)
        {
            entries.AddRange(json is { } document ? ReadJson(source, document) : IsJson(source.Text) ? [Broken(source)] : ReadLines(source));
        }

        return entries;
    }

    private static JsonElement? Parse(string text)
    {
        if (!IsJson(text))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsJson(string text) => text.AsSpan().TrimStart("\uFEFF \t\r\n") is ['{' or '[', ..];

    private static ImportEntry Broken(ImportSource source) => new(source.Name.Length > 0 ? source.Name : "the text") { Fault = "is no JSON document that can be read" };

    private static IEnumerable<ImportEntry> ReadLines(ImportSource source)
    {
        if (source.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            yield return new ImportEntry(source.Name) { Fault = "is not a Google key file: it is no JSON object" };
            yield break;
        }

        var number = 0;
        foreach (var line in source.Text.Split('\n'))
        {
            number++;
            var text = line.Trim('\uFEFF', ' ', '\t', '\r');
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            var comma = text.IndexOf(',', StringComparison.Ordinal);
            yield return new ImportEntry(Place(source, "line", number))
            {
                Name = comma < 0 ? "" : text[..comma].Trim(),
                ApiKey = text[(comma + 1)..].Trim(),
                Fault = comma == 0 || comma == text.Length - 1 ? "must be a key, or a name and a key with a comma between them" : null,
            };
        }
    }

    private static IEnumerable<ImportEntry> ReadJson(ImportSource source, JsonElement json)
    {
        // A file that is no list is meant to be a key file; pasted, it may be names and keys.
        if (GoogleKeyFile.LooksLike(json) || (source.Name.Length > 0 && json.ValueKind == JsonValueKind.Object && !json.EnumerateObject().All(member => member.Value.ValueKind == JsonValueKind.String && member.Name != "type")))
        {
            yield return KeyFile(source, json);
        }
        else if (json.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in json.EnumerateObject())
            {
                yield return member.Value.ValueKind == JsonValueKind.String
                    ? new ImportEntry($"'{member.Name}'") { Name = member.Name, ApiKey = member.Value.GetString()! }
                    : new ImportEntry($"'{member.Name}'") { Name = member.Name, Fault = "must be a text: the key of that name" };
            }
        }
        else
        {
            var number = 0;
            foreach (var item in json.EnumerateArray())
            {
                yield return ReadItem(Place(source, "item", ++number), item);
            }
        }
    }

    private static ImportEntry KeyFile(ImportSource source, JsonElement json) => new(source.Name.Length > 0 ? source.Name : "the text")
    {
        Name = source.Name.Length > 0 ? Path.GetFileNameWithoutExtension(source.Name) : GoogleKeyFile.TextOf(json, "client_email"),
        ServiceAccount = json.GetRawText(),
    };

    private static ImportEntry ReadItem(string where, JsonElement item)
    {
        if (item.ValueKind == JsonValueKind.String)
        {
            return new ImportEntry(where) { ApiKey = item.GetString()! };
        }

        if (item.ValueKind != JsonValueKind.Object)
        {
            return new ImportEntry(where) { Fault = "must be a key, or an object with 'api_key'" };
        }

        if (GoogleKeyFile.LooksLike(item))
        {
            return new ImportEntry(where) { Name = GoogleKeyFile.TextOf(item, "client_email"), ServiceAccount = item.GetRawText() };
        }

        var key = GoogleKeyFile.TextOf(item, "api_key") is { Length: > 0 } written ? written : GoogleKeyFile.TextOf(item, "key");
        return new ImportEntry(where)
        {
            Name = GoogleKeyFile.TextOf(item, "name"),
            ApiKey = key,
            BaseUrl = GoogleKeyFile.TextOf(item, "base_url"),
            Weight = Number(item, "weight"),
            MaxConcurrency = Number(item, "max_concurrency"),
            ImageConcurrency = Number(item, "image_concurrency"),
            VideoConcurrency = Number(item, "video_concurrency"),
            Proxy = item.TryGetProperty("proxy", out _) ? GoogleKeyFile.TextOf(item, "proxy") : null,
            Tags = item.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
                ? [.. tags.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!)]
                : [],
            Fault = key.Length == 0 ? "has no 'api_key'" : null,
        };
    }

    private static int? Number(JsonElement item, string member)
        => item.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static string Place(ImportSource source, string unit, int number)
        => string.Create(CultureInfo.InvariantCulture, $"{(source.Name.Length > 0 ? source.Name + " " : "")}{unit} {number}");
}
