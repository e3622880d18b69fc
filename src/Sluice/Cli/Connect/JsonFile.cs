using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.Cli.Connect;

/// <summary>Sets texts in a JSON file and leaves the rest.</summary>
internal static class JsonFile
{
    private static readonly JsonWriterOptions Style = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file with the values set; null when it is not a plain JSON object (comments would be lost, so they count).</summary>
    public static string? Set(string text, IEnumerable<(string[] Path, string Value)> values)
    {
        JsonObject? root;
        try
        {
            root = string.IsNullOrWhiteSpace(text) ? [] : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }

        if (root is null)
        {
            return null;
        }

        foreach (var (path, value) in values)
        {
            var at = root;
            foreach (var step in path[..^1])
            {
                if (at[step] is not JsonObject next)
                {
                    if (at[step] is not null)
                    {
                        return null;
                    }

                    at[step] = next = [];
                }

                at = next;
            }

            at[path[^1]] = value;
        }

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Style))
        {
            root.WriteTo(writer);
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
