using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Protocol.Canonical;

/// <summary>
/// The ids of one document's tool calls as the target's dialect takes them: <c>[A-Za-z0-9_-]+</c>, short enough, each once.
/// The same id always becomes the same text, and a text that fits stays as it is, so that the mapping needs no memory
/// between calls.
/// </summary>
/// <param name="longest">The most characters of an id: 40 for Chat, 64 for Responses and Anthropic.</param>
public sealed class ToolCallIds(int longest)
{
    /// <summary>The most characters of an id in Chat.</summary>
    public const int LongestInChat = 40;

    /// <summary>The most characters of an id in Responses, and of those written to Anthropic.</summary>
    public const int LongestElsewhere = 64;

    private const string Prefix = "call_";
    private const int HashDigits = 32;
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private readonly Dictionary<string, Uses> _uses = [];
    private readonly HashSet<string> _taken = [];

    /// <summary>The text for an id wherever it stands alone: itself where it fits, else a hash of it.</summary>
    public static string Fit(string id, int longest) =>
        id.Length > 0 && id.Length <= longest && !id.AsSpan().ContainsAnyExcept(Allowed)
            ? id
            : $"{Prefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..HashDigits]}";

    /// <summary>The id of the next call. A call whose id stands in the document already gets another.</summary>
    public string OfCall(string id)
    {
        if (!_uses.TryGetValue(id, out var uses))
        {
            _uses[id] = uses = new Uses();
        }

        var fitting = Fit(id, longest);
        while (!_taken.Add(fitting))
        {
            fitting = Fit($"{id}#{++uses.Repeats}", longest);
        }

        uses.Calls.Add(fitting);
        return fitting;
    }

    /// <summary>The id of the call that the next result with this id answers: of the calls that share an id, one after the other.</summary>
    public string OfResult(string id) =>
        _uses.TryGetValue(id, out var uses) ? uses.Calls[Math.Min(uses.Answered++, uses.Calls.Count - 1)] : Fit(id, longest);

    private sealed class Uses
    {
        public List<string> Calls { get; } = [];

        public int Answered { get; set; }

        public int Repeats { get; set; } = 1;
    }
}
