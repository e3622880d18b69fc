using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Sluice.TestKit.Gateway;

/// <summary>An answer of the gateway, read to its end.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">Headers of the answer and of its content, names in lower case.</param>
/// <param name="Body">The bytes as they came.</param>
/// <param name="EndedCleanly">False when the connection broke before the body's end.</param>
public sealed record GatewayReply(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body, bool EndedCleanly)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }

    public IReadOnlyList<SseEvent> Events => SseEvent.Parse(Text);

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    internal static Dictionary<string, string> HeadersOf(HttpResponseMessage response)
    {
        IEnumerable<KeyValuePair<string, HeaderStringValues>> all = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated);
#pragma warning disable CA1308 // Header names are compared in lower case throughout the tests.
        return all.GroupBy(h => h.Key.ToLowerInvariant()).ToDictionary(g => g.Key, g => string.Join(", ", g.Select(h => h.Value.ToString())));
#pragma warning restore CA1308
    }
}
