using System.Globalization;
using System.Text.Json;

namespace Sluice.Credentials.Import;

/// <summary>
/// Reads the <c>map-config.json</c> of a token-mapping proxy (wire.md 7.2): <c>clients</c> with their tokens and weighted key
/// files, and for <c>gemini</c> and <c>claude</c> the key files with models and the hosts they are served at. Members that are
/// not known are passed over. Each key file that is at hand becomes one credential; clients are named and left to the operator.
/// </summary>
internal static class MapConfigFile
{
    private static readonly string[] Services = ["gemini", "claude"];

    public static bool LooksLike(JsonElement json)
        => json.ValueKind == JsonValueKind.Object && (json.TryGetProperty("clients", out _) || Services.Any(service => json.TryGetProperty(ListOf(service), out _)));

    /// <param name="json">The document.</param>
    /// <param name="keyFiles">The key files by their names without folders.</param>
    public static IEnumerable<ImportEntry> Read(JsonElement json, IReadOnlyDictionary<string, string> keyFiles)
    {
        var files = new Dictionary<string, (List<string> Tags, int Weight)>(StringComparer.Ordinal);
        foreach (var service in Services)
        {
            foreach (var row in Rows(json, ListOf(service)))
            {
                Note(files, row, service, weight: 1);
            }
        }

        var client = 0;
        foreach (var row in Rows(json, "clients"))
        {
            client++;
            foreach (var service in Services)
            {
                foreach (var key in Rows(row, ListOf(service)))
                {
                    Note(files, key, service, key.TryGetProperty("key_weight", out var weight) && weight.TryGetInt32(out var number) ? Math.Max(0, number) : 1);
                }
            }

            yield return new ImportEntry(string.Create(CultureInfo.InvariantCulture, $"map-config client {client}"))
            {
                IsSkipped = true,
                Fault = "a client's token: make an API key or a virtual service account for it",
            };
        }

        foreach (var (file, (tags, weight)) in files)
        {
            var known = keyFiles.GetValueOrDefault(file);
            yield return new ImportEntry(file)
            {
                Name = Path.GetFileNameWithoutExtension(file),
                ServiceAccount = known ?? "",
                Tags = tags,
                Weight = weight,
                Fault = known is null ? "the key file is named in map-config.json and is not among the files" : null,
            };
        }
    }

    private static string ListOf(string service) => "key_filename_" + service;

    private static IEnumerable<JsonElement> Rows(JsonElement json, string member)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(row => row.ValueKind == JsonValueKind.Object)
            : [];

    /// <summary>Collects a file's services and regions as tags, and the largest weight that a client gives it.</summary>
    private static void Note(Dictionary<string, (List<string> Tags, int Weight)> files, JsonElement row, string service, int weight)
    {
        var name = Path.GetFileName(GoogleKeyFile.TextOf(row, "key_filename").Replace('\\', '/'));
        if (name.Length == 0)
        {
            return;
        }

        var (tags, known) = files.GetValueOrDefault(name, ([], 0));
        foreach (var tag in Rows(row, "models").Select(model => RegionOf(GoogleKeyFile.TextOf(model, "domain"))).OfType<string>().Prepend(service))
        {
            if (!tags.Contains(tag))
            {
                tags.Add(tag);
            }
        }

        files[name] = (tags, Math.Max(known, weight));
    }

    /// <summary><c>us-central1-aiplatform.googleapis.com</c> is in us-central1; the host without a region is the global one.</summary>
    private static string? RegionOf(string domain)
    {
        const string Suffix = "-aiplatform.googleapis.com";
        var host = domain.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(domain, UriKind.Absolute, out var url) ? url.Host : domain;
        return host.EndsWith(Suffix, StringComparison.Ordinal) ? "region:" + host[..^Suffix.Length] : host == Suffix[1..] ? "region:global" : null;
    }
}
